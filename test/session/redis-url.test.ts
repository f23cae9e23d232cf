import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl } from '../../src/session/redis-url.ts';

describe('the forms of REDIS_URL', () => {
  it.each([
    ['redis://cache', { tls: false, kind: 'single', node: { host: 'cache', port: 6379 }, db: 0 }],
    ['redis://cache:6380/3', { tls: false, kind: 'single', node: { host: 'cache', port: 6380 }, db: 3 }],
    ['redis://cache/', { tls: false, kind: 'single', node: { host: 'cache', port: 6379 }, db: 0 }],
    ['redis://[::1]:6380', { tls: false, kind: 'single', node: { host: '::1', port: 6380 }, db: 0 }],
    [
      'rediss://app:p%40ss%2Fword@cache.example:6380',
      {
        tls: true,
        username: 'app',
        password: 'p@ss/word',
        kind: 'single',
        node: { host: 'cache.example', port: 6380 },
        db: 0,
      },
    ],
    [
      'redis://:secret@cache',
      { tls: false, password: 'secret', kind: 'single', node: { host: 'cache', port: 6379 }, db: 0 },
    ],
    [
      'redis+sentinel://h1:26380,h2,[fd00::3]:26381/mymaster/2',
      {
        tls: false,
        kind: 'sentinel',
        nodes: [
          { host: 'h1', port: 26380 },
          { host: 'h2', port: 26379 },
          { host: 'fd00::3', port: 26381 },
        ],
        master: 'mymaster',
        db: 2,
      },
    ],
    [
      'rediss+cluster://app:secret@h1:7000,h2:7001',
      {
        tls: true,
        username: 'app',
        password: 'secret',
        kind: 'cluster',
        nodes: [
          { host: 'h1', port: 7000 },
          { host: 'h2', port: 7001 },
        ],
      },
    ],
  ])('%s', (url, target) => {
    expect(parseRedisUrl(url)).toEqual(target);
  });

  it.each([
    'cache:6379',
    'http://cache',
    'redis://',
    'redis://cache:0',
    'redis://cache:65536',
    'redis://cache:x',
    'redis://cache/x',
    'redis://cache/0/1',
    'redis://cache?db=1',
    'redis://h1,h2',
    'redis://a b',
    'redis://::1',
    'redis://app:%zz@cache',
    'redis+sentinel://h1,h2',
    'redis+sentinel://h1,,h2/mymaster',
    'redis+cluster://h1/1',
    'redis+cluster://h1/0/1',
    'redis+socket://h1',
    'redis://cache\n',
  ])('are not %j', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(TypeError);
  });

  it('are told about without the password', () => {
    expect(() => parseRedisUrl('redis://app:hunter2@cache:x')).toThrow(/^(?!.*hunter2)/s);
  });
});
