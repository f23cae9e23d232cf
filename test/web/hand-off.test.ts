import { describe, expect, it } from '@jest/globals';
import { createHandOff } from '../../src/web/hand-off.ts';
import { unseal } from '../../src/shotgrid/authenticator/sealed-user.ts';
import { jwt } from '../shotgrid/local-site.ts';

const key = 'a key that the farm and the server share';
const now = (): Date => new Date('2026-05-01T12:00:00Z');
const siteUrl = 'https://studio.example';
const lent = { accessToken: jwt({ sudo_as_login: 'artist' }), lifetimeSeconds: 600 };

describe('a hand-off', () => {
  it('is sealed until the lent token ends, and says where to go and as whom', async () => {
    const handOff = createHandOff({ key, siteUrl, now })!;
    const order: string[] = [];
    const { sealed, expiresAt } = await handOff({
      login: 'artist',
      record: () => Promise.resolve(void order.push('recorded')),
      lend: () => Promise.resolve(lent).finally(() => order.push('lent')),
    });
    expect(order).toEqual(['recorded', 'lent']);
    expect(expiresAt).toEqual(new Date('2026-05-01T12:10:00Z'));
    const { accessToken } = lent;
    expect(await unseal(sealed, { key, now })).toEqual({
      is: 'lent',
      host: siteUrl,
      httpProxy: undefined,
      login: 'artist',
      accessToken,
      expiresAt,
    });
  });

  it('is not made when it cannot be recorded: no token is even asked for', async () => {
    const handOff = createHandOff({ key, siteUrl, now })!;
    const full = (): Promise<never> => Promise.reject(new Error('the disk is full'));
    const never = (): Promise<never> => Promise.reject(new Error('not to be asked'));
    await expect(handOff({ login: 'artist', record: full, lend: never })).rejects.toThrow('the disk is full');
  });

  it('is not offered without a key', () => expect(createHandOff({ key: undefined, siteUrl, now })).toBeUndefined());
});
