/** Templates are not type-checked: what they ask for, and what nobody asks for any more, is found by reading them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { ENGLISH } from '../../src/texts/english.ts';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));
const FILES = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(eta|ts)$/.test(file) && !file.startsWith('texts/'))
  .map((file) => ({ file, text: readFileSync(`${SOURCES}${file}`, 'utf8') }));
const PAGES = FILES.filter(({ file }) => file.endsWith('.eta'));

const FAMILIES: Readonly<Record<string, Readonly<Record<string, string>>>> = ENGLISH;
const TEXTS = Object.entries(FAMILIES).flatMap(([family, texts]) =>
  Object.entries(texts).map(([name, text]) => ({ key: `${family}.${name}`, text })),
);

describe('page texts', () => {
  it('are there, wherever a page asks for one', () => {
    const keys = new Set(TEXTS.map(({ key }) => key));
    const asked = PAGES.flatMap(({ file, text }) =>
      [...text.matchAll(/it\.(?:t|html)\(([^,)]*)/g)].flatMap(([, argument = '']) =>
        [...argument.matchAll(/'([^']*)'/g)].map(([, key = '']) => ({ file, key })),
      ),
    );
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter(({ key }) => !keys.has(key))).toEqual([]);
  });

  it('are asked for, wherever there is one', () => {
    const all = FILES.map(({ text }) => text).join('\n');
    // A refusal's heading is found by its code.
    const unused = TEXTS.filter(({ key }) => !key.startsWith('refusal.') && !all.includes(`'${key}'`));
    expect(unused.map(({ key }) => key)).toEqual([]);
  });

  it('have a heading for every refusal, and for no other', () => {
    const declared = FILES.flatMap(({ text }) => text.match(/readonly code(?: =|:) '[a-z_' |]+;/g) ?? []);
    const codes = new Set(declared.flatMap((one) => one.match(/(?<=')[a-z_]+(?=')/g) ?? []));
    expect(codes.size).toBeGreaterThan(60);
    expect([...codes].sort()).toEqual(Object.keys(ENGLISH.refusal).sort());
  });

  it('hold no markup but a few plain elements', () => {
    expect(TEXTS.flatMap(({ key, text }) => strangeMarkup(text).map((tag) => `${key}: ${tag}`))).toEqual([]);
  });
});

function strangeMarkup(text: string): readonly string[] {
  const open: string[] = [];
  const strange: string[] = [];
  for (const [tag] of text.matchAll(/<[^>]*>?/g)) {
    const [, end = '', name = ''] =
      /^<(\/?)(strong|em|b|code|span|time|a)(?: (?:class="[a-z -]+"|href="\{\w+\}"|datetime="\{\w+\}"|lang="en"|data-[a-z-]+|download))*>$/.exec(
        tag,
      ) ?? [];
    if (name === '' || (end !== '' && open.pop() !== name)) strange.push(tag);
    else if (end === '') open.push(name);
  }
  return [...strange, ...open];
}

it('lets nothing into a page unescaped but its parts and its texts', () => {
  const raw = PAGES.flatMap(({ file, text }) =>
    [...text.matchAll(/<%~(.*?)%>/gs)].map(([, what = '']) => ({ file, what: what.trim() })),
  );
  expect(raw.length).toBeGreaterThan(10);
  expect(
    raw.filter(({ what }) => !/^(include\('[./\w-]+'(, \{[^}]*\})?\)|it\.(html|say)\(.*\)|it\.body)$/s.test(what)),
  ).toEqual([]);
});

it('gives the words of comboboxes to every page that has one', () => {
  const textOf = (file: string): string => PAGES.find((page) => page.file === `web/pages/${file}.eta`)?.text ?? '';
  const withComboboxes = PAGES.filter(({ text }) => text.includes('data-combobox="')).map(({ file }) => file);
  // A field of a form is a part of the form's page.
  expect(withComboboxes.sort()).toEqual(['web/pages/admin-who.eta', 'web/pages/form-field.eta']);
  for (const file of ['admin-who', 'form']) expect(textOf(file)).toContain("include('./combobox-texts')");
});
