/** Secrets that come in files: `<NAME>_FILE` instead of `<NAME>`. */

/** The environment with blank values absent and each `<NAME>_FILE` read into `<NAME>`. */
export function withSecretFiles(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
  readFile: (path: string) => string,
  problems: string[],
): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && value !== '') given[name] = value;
  for (const name of names) {
    const path = given[`${name}_FILE`];
    if (path === undefined) continue;
    if (given[name] !== undefined) {
      problems.push(`${name}: set either ${name} or ${name}_FILE, not both`);
      continue;
    }
    try {
      given[name] = readFile(path).trim();
    } catch {
      problems.push(`${name}_FILE: the file cannot be read`);
      given[name] = '';
    }
  }
  return given;
}
