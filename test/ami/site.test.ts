import { describe, expect, it } from '@jest/globals';
import { AmiMalformedError, AmiWrongSiteError } from '../../src/ami/errors.ts';
import { verifySite } from '../../src/ami/site.ts';

const STUDIO = 'https://studio.shotgrid.autodesk.com';

describe('the site of a click', () => {
  it.each([
    [STUDIO, 'studio.shotgrid.autodesk.com'],
    [STUDIO, 'Studio.ShotGrid.Autodesk.com'],
    [STUDIO, 'studio.shotgrid.autodesk.com.'],
    [STUDIO, 'studio.shotgrid.autodesk.com:443'],
    [`${STUDIO}.:443/`, 'studio.shotgrid.autodesk.com'],
    ['http://127.0.0.1:8081', '127.0.0.1:8081'],
    ['http://localhost:80', 'localhost'],
    ['http://[::1]:8081', '[::1]:8081'],
  ])('is %s when the form says %s', (siteUrl, hostname) => {
    expect(() => verifySite(hostname, new URL(siteUrl))).not.toThrow();
  });

  it.each([
    [STUDIO, 'other.shotgrid.autodesk.com'],
    [STUDIO, 'shotgrid.autodesk.com'],
    [STUDIO, 'studio.shotgrid.autodesk.com.evil.example'],
    [STUDIO, 'evil-studio.shotgrid.autodesk.com'],
    [STUDIO, 'studio.shotgrid.autodesk.com..'],
    [STUDIO, 'studio.shotgrid.autodesk.com:8443'],
    [STUDIO, 'https://studio.shotgrid.autodesk.com'],
    [STUDIO, 'studio.shotgrid.autodesk.com/'],
    [STUDIO, 'user@studio.shotgrid.autodesk.com'],
    [STUDIO, '.studio.shotgrid.autodesk.com'],
    ['http://127.0.0.1:8081', '127.0.0.1'],
    ['http://127.0.0.1:8081', '127.0.0.1:8082'],
    ['http://127.0.0.1:8081', '0x7f.1:8081'],
    ['http://localhost', 'localhost:443'],
  ])('is not %s when the form says %s', (siteUrl, hostname) => {
    expect(() => verifySite(hostname, new URL(siteUrl))).toThrow(AmiWrongSiteError);
  });

  it.each([undefined, '', 'studio .example', 'studio\r\n', '\u212Aey.example', 'x'.repeat(301)])(
    'cannot be told from %j',
    (hostname) => {
      expect(() => verifySite(hostname, new URL('https://key.example'))).toThrow(AmiMalformedError);
    },
  );
});
