/**
 * What is wrong with a TypeScript action, as `line N: where: what to write instead`. Node says where code breaks; where a key of
 * the definition stands is looked for in the text, since nothing else remembers it. Pure.
 */
import type { z } from 'zod';
import { didYouMean } from '../../spelling.ts';

/** @param path - Of the file; the stack names it, with or without the version that was imported. */
export function loadProblem(error: unknown, path: string): string {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  const said = `cannot be loaded: ${message.split('\n', 1)[0] ?? message}`;
  const at = stack?.split(path).slice(1).join(path);
  const line = at === undefined ? undefined : /^(?:\?v=[^:\s]*)?:(\d+)/.exec(at)?.[1];
  return line === undefined ? said : `line ${line}: ${said}`;
}

/**
 * @param text - The file's.
 * @param knownKeys - Keys that may stand beside an unknown one, for its right spelling.
 */
export function definitionProblems(
  issue: z.core.$ZodIssue,
  text: string,
  knownKeys: (path: readonly PropertyKey[]) => readonly string[],
): readonly string[] {
  const { path } = issue;
  if (issue.code !== 'unrecognized_keys') return [sentence(text, path, issue.message)];
  return issue.keys.map((key) =>
    sentence(text, [...path, key], `is not known here${didYouMean(key, knownKeys(path))}`),
  );
}

function sentence(text: string, path: readonly PropertyKey[], message: string): string {
  return `line ${lineOf(text, path)}: ${path.length === 0 ? '' : `${path.join('.')}: `}${message}`;
}

/** The line of the last key of the path that is found, each behind the one before it. */
function lineOf(text: string, path: readonly PropertyKey[]): number {
  let at = Math.max(0, text.indexOf('defineAction('));
  for (const key of path) {
    if (typeof key !== 'string') continue;
    const found = new RegExp(`(?<![\\w.$])['"]?${key.replaceAll(/[^\w]/g, '\\$&')}['"]?\\s*[:,(}]`).exec(
      text.slice(at),
    );
    if (found === null) break;
    at += found.index;
  }
  return text.slice(0, at).split('\n').length;
}
