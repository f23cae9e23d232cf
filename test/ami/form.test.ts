import { describe, expect, it } from '@jest/globals';
import { AmiMalformedError } from '../../src/ami/errors.ts';
import { parseFormBody, parseQuery } from '../../src/ami/form.ts';

const parse = (text: string) => parseFormBody(Buffer.from(text, 'latin1'));

describe('reading a form body', () => {
  it('decodes plus signs, percent escapes and UTF-8 in names and values', () => {
    const form = parse('project_name=Caf%C3%A9+%26+S%C3%B8n+%3D+100%25&a%20key=%e6%97%A5&raw=\xc3\xa9');
    expect([...form]).toEqual([
      ['project_name', 'Café & Søn = 100%'],
      ['a key', '日'],
      ['raw', 'é'],
    ]);
  });

  it('keeps blank values, values with an equals sign, and a key without one', () => {
    expect([...parse('selected_ids=&a=b=c&bare&&last=1&')]).toEqual([
      ['selected_ids', ''],
      ['a', 'b=c'],
      ['bare', ''],
      ['last', '1'],
    ]);
  });

  it('keeps a byte order mark, since it was signed', () => {
    expect(parse('title=%EF%BB%BFx').get('title')).toBe('\ufeffx');
  });

  it('takes no semicolon for a separator', () => {
    expect([...parse('a=1;b=2')]).toEqual([['a', '1;b=2']]);
  });

  it('reads nothing from nothing', () => {
    expect(parse('').size).toBe(0);
  });

  it.each([
    ['a percent sign at the end', 'title=50%', 'broken percent escape in field "title"'],
    ['a half escape', 'title=%4', 'broken percent escape in field "title"'],
    ['an escape that is not hex', 'title=%zz', 'broken percent escape in field "title"'],
    ['an escape of digits beside the letters', 'title=%4@', 'broken percent escape in field "title"'],
    ['a broken escape in a name', 'ti%tle=1', 'broken percent escape in the name of a field'],
    ['a stray continuation byte', 'title=%80', 'invalid UTF-8 in field "title"'],
    ['an overlong encoding', 'title=%C0%AF', 'invalid UTF-8 in field "title"'],
    ['half a surrogate pair', 'title=%ED%A0%80', 'invalid UTF-8 in field "title"'],
    ['raw Latin-1', 'title=\xe9', 'invalid UTF-8 in field "title"'],
    ['an escaped NUL', 'title=a%00b', 'NUL byte in field "title"'],
    ['a raw NUL', 'ti\0tle=a', 'NUL byte in the name of a field'],
    ['a repeated key', 'ids=1&title=x&ids=2', 'Field "ids" is repeated'],
    ['a key repeated under another spelling', 'ids=1&%69ds=2', 'Field "ids" is repeated'],
    ['a key repeated with no value', 'ids&ids', 'Field "ids" is repeated'],
    ['a field without a name', '=1', 'no name'],
    ['an overlong name', `${'k'.repeat(101)}=1`, 'overlong name'],
    ['a very long name', `${'k'.repeat(1_000_000)}=1`, 'overlong name'],
    ['more than 200 keys', Array.from({ length: 201 }, (_, i) => `k${i}=1`).join('&'), 'more than 200 fields'],
  ])('refuses %s', (_, body, message) => {
    expect(() => parse(body)).toThrow(AmiMalformedError);
    expect(() => parse(body)).toThrow(message);
  });

  it('names a hostile key without repeating what is hostile in it', () => {
    const key = encodeURIComponent(`<b>"\r\n\u202e${'x'.repeat(60)}`);
    expect(() => parse(`${key}=1&${key}=2`)).toThrow(`Field "<b>????${'x'.repeat(33)}…" is repeated.`);
  });

  it('takes names that pollute prototypes as plain text', () => {
    const form = parse('__proto__=1&constructor=2&toString=3&hasOwnProperty=4');
    expect(form.get('__proto__')).toBe('1');
    expect(form.size).toBe(4);
    expect(Object.hasOwn(Object.prototype, '1')).toBe(false);
    expect(parse('a=1').get('toString')).toBeUndefined();
  });

  it('reads a name and a value of the greatest length, and 200 keys', () => {
    const ids = Array.from({ length: 100_000 }, (_, i) => i + 1).join(',');
    const body = [`${encodeURIComponent('é'.repeat(100))}=1`, `ids=${encodeURIComponent(ids)}`];
    for (let i = body.length; i < 200; i++) body.push(`k${i}=1`);
    const form = parse(body.join('&'));
    expect(form.get('ids')).toBe(ids);
    expect(form.size).toBe(200);
  });
});

describe('reading a query string', () => {
  it('reads a light payload, with and without the question mark', () => {
    expect([...parseQuery('?event_log_entry_id=77')]).toEqual([['event_log_entry_id', '77']]);
    expect([...parseQuery('event_log_entry_id=77')]).toEqual([['event_log_entry_id', '77']]);
  });

  it('joins the lists that a custom-protocol URL repeats', () => {
    const form = parseQuery('cols=code&cols=image&column_display_names=Version%20Name&column_display_names=Thumbnail');
    expect(form.get('cols')).toBe('code,image');
    expect(form.get('column_display_names')).toBe('Version Name,Thumbnail');
  });

  it('refuses any other key that is repeated', () => {
    expect(() => parseQuery('user_id=24&user_id=25')).toThrow('Field "user_id" is repeated');
  });
});
