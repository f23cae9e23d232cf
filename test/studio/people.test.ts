import { describe, expect, it } from '@jest/globals';
import { DEMO_PEOPLE as AT_IDP } from '../../infra/studio/idp/people.ts';
import { DEMO_PEOPLE as AT_SITE } from '../../infra/studio/site/people.ts';

describe('the demo people', () => {
  it.each(AT_SITE.map(({ login, firstname, lastname }) => [login, `${firstname} ${lastname}`]))(
    '%s is called %s at the site and at the identity provider',
    (login, name) => {
      expect(AT_IDP.find((person) => person.login === login)?.name).toBe(name);
    },
  );

  it('are the same on both sides, but for the stranger, whom the site does not know', () => {
    const atSite = new Set(AT_SITE.map(({ login }) => login));
    expect(AT_IDP.map(({ login }) => login).filter((login) => !atSite.has(login))).toEqual(['stranger']);
  });
});
