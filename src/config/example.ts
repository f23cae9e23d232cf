/** The configuration as a file to start from: every variable with its meaning, required ones filled in. Pure. */
import { VARIABLES } from './variables.ts';
import { MEANINGS } from './meanings.ts';

const INTRODUCTION = `Every variable of Understudy, made by "understudy check --example" from what the server itself reads.
What is required stands ready to be filled in; what begins with "#" is optional and shows its default, if it has one.
A secret may stand here, or in a file of its own that <NAME>_FILE names; "openssl rand -base64 48" makes a good one.`;

/** Lines of an environment file, as `node --env-file` and containers read it. */
export function exampleEnvironment(): string {
  return `${[comment(INTRODUCTION), ...VARIABLES.map(section), comment(LISTS)].join('\n\n')}\n`;
}

const LISTS = `── Lists that action files name ──
AMI_SECRET_TOKENS_<NAME>: secret tokens of one menu item, each at least 8 characters, newest first.
REMOTE_SECRET_<NAME>: secrets shared with one service, each at least 32 characters, newest first.`;

function section({ name, isSecret, isRequired, defaultValue }: (typeof VARIABLES)[number]): string {
  const { heading, meaning, example = '' } = MEANINGS[name];
  const lines = heading === undefined ? [] : [`# ── ${heading} ──`, ''];
  lines.push(comment(inWords(meaning)));
  if (!isRequired) lines.push(`#${name}=${defaultValue ?? ''}`);
  else if (isSecret) lines.push(`${name}_FILE=/etc/understudy/${name.toLowerCase().replaceAll('_', '-')}`);
  else lines.push(`${name}=${example}`);
  return lines.join('\n');
}

/** Without the marks of Markdown; a sentence. */
function inWords(meaning: string): string {
  const text = meaning.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
  // A value keeps its own spelling, first or not.
  const first = meaning.startsWith('`') ? text.charAt(0) : text.charAt(0).toUpperCase();
  return `${first}${text.slice(1)}.`;
}

const WIDTH = 118;

function comment(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => wrap(line))
    .map((line) => `# ${line}`)
    .join('\n');
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
