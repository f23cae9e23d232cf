import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  currentOf,
  findUser,
  formatRemembered,
  parseRemembered,
  withCurrent,
  withoutUser,
  withUser,
  type Remembered,
} from '../../../src/shotgrid/authenticator/remembered.ts';

/** The fixtures were written by PyYAML's `safe_dump`, as the toolkit writes them: 6.0, and the style of before 5.1. */
const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}.yml`, import.meta.url), 'utf8');
const TOKEN = '0123456789abcdef0123456789abcdef';

function parsed(text: string, kind: 'global' | 'site' = 'site'): Remembered {
  const content = parseRemembered(text, kind);
  if (typeof content === 'string') throw new Error(content);
  return content;
}

describe('a file of the toolkit', () => {
  it.each(['site', 'site-flow-style'])('names its people in either style of its writer (%s)', (name) => {
    const content = parsed(fixture(name));
    expect(currentOf(content, 'site')).toBe('artist');
    expect(findUser(content, 'artist')).toEqual({ login: 'artist', sessionToken: TOKEN });
    expect(findUser(content, ' RENÉE@Studio.example')).toEqual({ login: 'renée@studio.example', sessionToken: '0x1F' });
  });

  it('has tokens that look like numbers, and they are texts', () => {
    const content = parsed(fixture('site'));
    expect(findUser(content, '1234')).toEqual({
      login: '1234',
      sessionToken: '1e5',
      sessionMetadata: 'Zm9vPWJhcjsgUGF0aD0v\r\nYmF6PXF1eA==',
    });
    expect(findUser(content, 'no')?.sessionToken).toBe('12345678901234567890123456789012');
  });

  it('names the current site', () => {
    expect(currentOf(parsed(fixture('global'), 'global'), 'global')).toBe('https://studio.shotgrid.autodesk.com');
  });

  it('is the same after being written here: keys that we do not know, order and all', () => {
    for (const name of ['site', 'site-flow-style']) {
      const content = parsed(fixture(name));
      expect(parsed(formatRemembered(content))).toEqual(content);
      expect(parsed(formatRemembered(content))).toHaveProperty('method', 'app_session_launcher');
    }
  });
});

describe('a file that is written here', () => {
  // Known to load in PyYAML as the very same texts.
  it('quotes every text, so that the toolkit takes none for a number, a date or nothing', () => {
    const content = withUser(withCurrent({}, 'site', 'no'), { login: 'no', sessionToken: '190:20:30' });
    expect(formatRemembered(content)).toBe(
      'current_user: "no"\nrecent_users:\n- "no"\nusers:\n- login: "no"\n  session_token: "190:20:30"\n',
    );
    expect(formatRemembered(withCurrent({}, 'global', 'https://s.example'))).toBe(
      'current_host: "https://s.example"\nrecent_hosts:\n- "https://s.example"\n',
    );
  });

  it('remembers one session a person, however the login is spelt, and what else their entry holds', () => {
    const before = parsed('users:\n- {login: Artist, session_token: old, session_metadata: of-old, colour: red}\n');
    const after = withUser(before, { login: ' artist ', sessionToken: 'new' });
    expect(after['users']).toEqual([{ login: 'Artist', session_token: 'new', colour: 'red' }]);
    expect(before['users']).toHaveLength(1);
  });

  it('remembers the eight newest, the newest first, each once', () => {
    let content: Remembered = {};
    for (const login of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'a'])
      content = withCurrent(content, 'site', login);
    expect(content['recent_users']).toEqual(['a', 'i', 'h', 'g', 'f', 'e', 'd', 'c']);
  });

  it('forgets a session and nothing else', () => {
    const content = withoutUser(parsed(fixture('site')), 'ARTIST ');
    expect(findUser(content, 'artist')).toBeUndefined();
    expect(findUser(content, 'no')).toBeDefined();
    expect(currentOf(content, 'site')).toBe('artist');
  });
});

describe('somebody else’s file', () => {
  it.each([
    ['a list', '- a\n- b\n'],
    ['a sentence', 'hello\n'],
    ['no YAML', 'users: [\n'],
    ['a key twice', 'users: []\nusers: []\n'],
    ['people that are no list', 'users: {login: artist, session_token: abc}\n'],
    ['a person without a session', 'users:\n- login: artist\n'],
    ['a session that is a number', 'users:\n- {login: artist, session_token: 12}\n'],
    ['logins of earlier that are a text', 'recent_users: artist\n'],
    ['a current user that is a list', 'current_user: [artist]\n'],
    ['aliases', 'users:\n- &a {login: artist, session_token: abc}\n- *a\n'],
    ['a tag of a program', 'users: !!python/object:os.system {}\n'],
  ])('is told from the toolkit’s: %s', (_, text) => {
    expect(parseRemembered(text, 'site')).toEqual(expect.any(String));
  });

  it('is not one that is empty', () => {
    for (const text of ['', '\n', '---\n', '# nobody\n']) expect(parseRemembered(text, 'site')).toEqual({});
  });
});
