/** A text whose value is forgotten cannot be said: every place that names a text gives it all that stands in it. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { IntlMessageFormat } from 'intl-messageformat';
import ts from 'typescript';
import { ENGLISH } from '../../src/texts/english.ts';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

type Message = ReturnType<IntlMessageFormat['getAst']>;

/** Its `value` is words, not a name. */
const LITERAL = 0;

/** Names in an ICU message, those in its cases included. */
function argumentsOf(message: Message): readonly string[] {
  return message.flatMap((element) => {
    const own = 'value' in element && (element.type as number) !== LITERAL ? [element.value] : [];
    const cases = 'options' in element ? Object.values(element.options).flatMap(({ value }) => argumentsOf(value)) : [];
    return [...own, ...cases];
  });
}

const NEEDED: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(ENGLISH as Readonly<Record<string, Readonly<Record<string, string>>>>).flatMap(([family, texts]) =>
    Object.entries(texts).map(
      ([name, text]) =>
        [
          `${family}.${name}`,
          [...new Set(argumentsOf(new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst()))],
        ] as const,
    ),
  ),
);

type Use = { readonly where: string; readonly key: string; readonly lacks: readonly string[] };

/** Calls with the key of a text first, and after it an object with its values or nothing. */
function usesIn(file: string, code: string): readonly Use[] {
  const uses: Use[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [first, second] = node.arguments;
      const given = namesOf(second);
      if (first !== undefined && given !== undefined) {
        for (const key of keysIn(first)) {
          const lacks = (NEEDED.get(key) ?? []).filter((name) => !given.includes(name));
          uses.push({ where: file, key, lacks });
        }
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true));
  return uses;
}

/** `'a.b'`, or both of `condition ? 'a.b' : 'a.c'`. */
function keysIn(expression: ts.Expression): readonly string[] {
  if (ts.isStringLiteral(expression)) return NEEDED.has(expression.text) ? [expression.text] : [];
  if (!ts.isConditionalExpression(expression)) return [];
  return [...keysIn(expression.whenTrue), ...keysIn(expression.whenFalse)];
}

/** Undefined where it cannot be told from here. */
function namesOf(values: ts.Expression | undefined): readonly string[] | undefined {
  if (values === undefined) return [];
  if (!ts.isObjectLiteralExpression(values) || values.properties.some(ts.isSpreadAssignment)) return undefined;
  return values.properties.map((property) => property.name?.getText() ?? '');
}

/** The calls of a template, as a program of their own. */
function callsOf(template: string): string {
  const calls = [...template.matchAll(/it\.(?:t|html)\(/g)].map(({ index }) => {
    let open = 0;
    for (let at = index; at < template.length; at += 1) {
      if (template[at] === '(') open += 1;
      if (template[at] === ')' && (open -= 1) === 0) return template.slice(index, at + 1);
    }
    return '';
  });
  return calls.join(';\n');
}

describe('the values of texts', () => {
  const uses = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(eta|ts)$/.test(file))
    .flatMap((file) => {
      const code = readFileSync(`${SOURCES}${file}`, 'utf8');
      return usesIn(file, file.endsWith('.eta') ? callsOf(code) : code);
    });

  it('are given wherever the text is named', () => {
    expect(uses.length).toBeGreaterThan(600);
    expect(uses.some(({ where }) => where.endsWith('.eta'))).toBe(true);
    expect(uses.filter(({ lacks }) => lacks.length > 0)).toEqual([]);
  });

  it('would be missed', () => {
    const code =
      "said('explanation.formLacksField'); t(x ? 'common.skip' : 'common.rows', { counts: 1 }); f('no.text')";
    expect(usesIn('here', code)).toEqual([
      { where: 'here', key: 'explanation.formLacksField', lacks: ['field'] },
      { where: 'here', key: 'common.skip', lacks: [] },
      { where: 'here', key: 'common.rows', lacks: ['count'] },
    ]);
  });
});
