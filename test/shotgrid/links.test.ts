import { describe, expect, it } from '@jest/globals';
import { detailUrl, pageUrl } from '../../src/shotgrid/links.ts';

const SITE = 'https://studio.shotgrid.autodesk.com';

describe('links back to the site', () => {
  it('lead to the page of a row', () => {
    expect(detailUrl(SITE, 'Version', 12)).toBe(`${SITE}/detail/Version/12`);
  });

  it.each([
    ['Version/../../x', 1],
    ['', 1],
    ['version', 1],
    ['Version\n', 1],
    ['Version', 0],
    ['Version', -1],
    ['Version', 1.5],
    ['Version', Number.NaN],
  ])('are not made of %j %j', (type, id) => {
    expect(() => detailUrl(SITE, type, id)).toThrow();
  });

  it.each([
    ['/page/4606', `${SITE}/page/4606`],
    ['/detail/HumanUser/24#tab', `${SITE}/detail/HumanUser/24#tab`],
    ['/page/1?x=a b', `${SITE}/page/1?x=a%20b`],
    ['//evil.example/page', undefined],
    ['/\\evil.example', undefined],
    ['/\t/evil.example', undefined],
    ['https://evil.example/', undefined],
    ['javascript:alert(1)', undefined],
    ['page/1', undefined],
    ['', undefined],
    [undefined, undefined],
    [`/${'a'.repeat(3000)}`, undefined],
  ])('take %j to %j', (path, url) => {
    expect(pageUrl(SITE, path)).toBe(url);
  });
});
