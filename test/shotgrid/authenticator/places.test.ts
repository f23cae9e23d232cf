import { describe, expect, it } from '@jest/globals';
import {
  isSameLogin,
  parseHost,
  proxyPlace,
  proxyUrl,
  toolkitProxy,
} from '../../../src/shotgrid/authenticator/host.ts';
import { globalFile, siteFile, type Machine } from '../../../src/shotgrid/authenticator/places.ts';

const linux: Machine = { platform: 'linux', env: {}, home: '/home/ann', uid: 1000 };
const mac: Machine = { platform: 'darwin', env: {}, home: '/Users/ann', uid: 501 };
const windows: Machine = {
  platform: 'win32',
  env: { APPDATA: 'C:\\Users\\ann\\AppData\\Roaming' },
  home: 'C:\\Users\\ann',
  uid: undefined,
};

describe('the toolkit’s files', () => {
  it('are where it keeps them on each system', () => {
    expect(globalFile(linux)).toBe('/home/ann/.shotgun/authentication.yml');
    expect(globalFile(mac)).toBe('/Users/ann/Library/Caches/Shotgun/authentication.yml');
    expect(globalFile(windows)).toBe('C:\\Users\\ann\\AppData\\Roaming\\Shotgun\\authentication.yml');
  });

  it('have a folder for each site, named as the toolkit names it', () => {
    const at = (host: string): string => siteFile(linux, host);
    expect(at('https://studio.shotgrid.autodesk.com')).toBe(
      '/home/ann/.shotgun/studio.shotgrid.autodesk.com/authentication.yml',
    );
    expect(at('https://old.shotgunstudio.com')).toBe('/home/ann/.shotgun/old/authentication.yml');
    expect(at('http://127.0.0.1:8081')).toBe('/home/ann/.shotgun/127.0.0.1/authentication.yml');
  });

  it('are all in SHOTGUN_HOME where that is set', () => {
    expect(globalFile({ ...linux, env: { SHOTGUN_HOME: '/show/cache' } })).toBe('/show/cache/authentication.yml');
    expect(globalFile({ ...mac, env: { SHOTGUN_HOME: '~/sg' } })).toBe('/Users/ann/sg/authentication.yml');
    expect(globalFile({ ...linux, env: { SHOTGUN_HOME: '' } })).toBe('/home/ann/.shotgun/authentication.yml');
    expect(() => globalFile({ ...linux, env: { SHOTGUN_HOME: 'relative' } })).toThrow('SHOTGUN_HOME');
  });

  it('are never outside their folder, whatever a site is called', () => {
    for (const host of ['http://[::1]:8081', 'https://..']) expect(() => siteFile(linux, host)).toThrow();
  });
});

describe('a host', () => {
  it.each([
    ['studio.shotgrid.autodesk.com', 'https://studio.shotgrid.autodesk.com'],
    [' https://Studio.shotgrid.autodesk.com/page/4606?x#y ', 'https://studio.shotgrid.autodesk.com'],
    ['localhost:8081', 'https://localhost:8081'],
    ['http://127.0.0.1:8081/', 'http://127.0.0.1:8081'],
  ])('%s is %s', (text, origin) => expect(parseHost(text)).toBe(origin));

  it.each([
    '',
    '  ',
    'http://studio.shotgrid.autodesk.com',
    'ftp://studio',
    'https://',
    'javascript:alert(1)',
    'https://a b',
  ])('is not %p', (text) => expect(() => parseHost(text)).toThrow(expect.objectContaining({ code: 'host_invalid' })));
});

describe('a proxy', () => {
  it.each([
    ['proxy:3128', 'http://proxy:3128'],
    ['http://proxy:3128', 'http://proxy:3128'],
    ['ann:p@ss:w/rd@proxy:3128', 'http://ann:p%40ss%3Aw%2Frd@proxy:3128'],
    ['http://ann:p%40ss@proxy:3128/', 'http://ann:p%40ss@proxy:3128'],
  ])('%s is the address %s', (text, url) => expect(proxyUrl(text)).toBe(url));

  it('is written as the toolkit reads it, whichever way it was given', () => {
    expect(toolkitProxy('http://ann:p%40ss@proxy:3128')).toBe('ann:p@ss@proxy:3128');
    expect(toolkitProxy('ann:p@ss@proxy:3128')).toBe('ann:p@ss@proxy:3128');
    expect(toolkitProxy('  ')).toBeUndefined();
  });

  it('is shown without its password', () => {
    expect(proxyPlace('ann:s3cret@proxy:3128')).toBe('proxy:3128');
    expect(() => proxyUrl('ann:s3cret@')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('s3cret') }),
    );
  });
});

it('a login is the same in another case and with spaces around it', () => {
  expect(isSameLogin(' Ann@Studio.example ', 'ann@studio.example')).toBe(true);
  expect(isSameLogin('ann', 'anna')).toBe(false);
});
