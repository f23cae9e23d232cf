import { describe, expect, it } from '@jest/globals';
import { createTokens, type MintedToken, type TokenFor } from '../../src/shotgrid/tokens.ts';

const ann: TokenFor = { login: 'ann', sessionUuid: undefined };

function setUp(options: { maxTokens?: number; mint?: (wanted: TokenFor) => Promise<MintedToken> } = {}) {
  const clock = { at: 0 };
  const minted: TokenFor[] = [];
  const tokens = createTokens({
    now: () => new Date(clock.at),
    maxTokens: options.maxTokens ?? 500,
    mint: async (wanted) => {
      minted.push(wanted);
      return options.mint === undefined
        ? { accessToken: `t${minted.length}`, lifetimeSeconds: 600 }
        : options.mint(wanted);
    },
  });
  return { tokens, minted, clock };
}

describe('tokens', () => {
  it('are minted once, however many ask at the same time', async () => {
    const { tokens, minted } = setUp();
    const all = await Promise.all(Array.from({ length: 50 }, () => tokens.get(ann)));
    expect(new Set(all)).toEqual(new Set(['t1']));
    expect(minted).toHaveLength(1);
  });

  it('belong to one person and one browser window', async () => {
    const { tokens } = setUp();
    const windows = [
      ann,
      { ...ann, sessionUuid: 'w1' },
      { ...ann, sessionUuid: 'w2' },
      { login: 'bob', sessionUuid: 'w1' },
    ];
    const all = await Promise.all([...windows, { login: null, sessionUuid: undefined }].map((one) => tokens.get(one)));
    expect(new Set(all).size).toBe(5);
  });

  it('are not mixed up by logins that look like the key of another', async () => {
    const { tokens } = setUp();
    const one = await tokens.get({ login: 'ann","w1', sessionUuid: undefined });
    const other = await tokens.get({ login: 'ann', sessionUuid: 'w1' });
    const script = await tokens.get({ login: null, sessionUuid: undefined });
    const calledNull = await tokens.get({ login: 'null', sessionUuid: undefined });
    expect(new Set([one, other, script, calledNull]).size).toBe(4);
  });

  it('are renewed when four fifths of their life are over, not sooner', async () => {
    const { tokens, clock } = setUp();
    await tokens.get(ann);
    clock.at = 479_999;
    expect(await tokens.get(ann)).toBe('t1');
    clock.at = 480_000;
    expect(await tokens.get(ann)).toBe('t2');
  });

  it('forget what the site rejected, but not the newer one', async () => {
    const { tokens } = setUp();
    const first = await tokens.get(ann);
    tokens.reject(ann, first);
    const second = await tokens.get(ann);
    tokens.reject(ann, first);
    expect(await tokens.get(ann)).toBe(second);
    expect(second).not.toBe(first);
  });

  it('are bounded, and the least recently used goes first', async () => {
    const { tokens, minted } = setUp({ maxTokens: 2 });
    const [a, b, c] = ['a', 'b', 'c'].map((login) => ({ login, sessionUuid: undefined }));
    await tokens.get(a!);
    await tokens.get(b!);
    await tokens.get(a!);
    await tokens.get(c!);
    expect(tokens.size).toBe(2);
    await tokens.get(a!);
    expect(minted.map((wanted) => wanted.session ?? wanted.login)).toEqual(['a', 'b', 'c']);
    await tokens.get(b!);
    expect(minted).toHaveLength(4);
  });

  it('of own sessions belong to one session and one window, and never to a login', async () => {
    const { tokens } = setUp();
    const session = { token: 'abc', userId: 24 };
    const wanted: TokenFor[] = [
      { session, sessionUuid: undefined },
      { session, sessionUuid: 'w1' },
      { session: { ...session, token: 'abd' }, sessionUuid: undefined },
      { login: 'abc', sessionUuid: undefined },
    ];
    const all = await Promise.all(wanted.map((one) => tokens.get(one)));
    expect(new Set(all).size).toBe(4);
    tokens.forget({ token: 'abc', userId: undefined });
    expect(tokens.size).toBe(2);
    expect(await tokens.get(wanted[2]!)).toBe(all[2]);
    expect(await tokens.get(wanted[0]!)).not.toBe(all[0]);
  });

  it('that have ended are not kept, whoever asks next', async () => {
    const { tokens, clock } = setUp();
    for (const login of ['a', 'b', 'c']) await tokens.get({ login, sessionUuid: undefined });
    clock.at = 480_000;
    await tokens.get({ login: 'd', sessionUuid: undefined });
    expect(tokens.size).toBe(1);
  });

  it('do not remember a failure', async () => {
    let healthy = false;
    const { tokens } = setUp({
      mint: () =>
        healthy ? Promise.resolve({ accessToken: 'ok', lifetimeSeconds: 1 }) : Promise.reject(new Error('down')),
    });
    const [one, two] = await Promise.allSettled([tokens.get(ann), tokens.get(ann)]);
    expect([one.status, two.status]).toEqual(['rejected', 'rejected']);
    healthy = true;
    expect(await tokens.get(ann)).toBe('ok');
  });

  it('go on being minted for the others when one waiter gives up', async () => {
    let deliver: (token: MintedToken) => void = () => undefined;
    const { tokens, minted } = setUp({ mint: () => new Promise((resolve) => (deliver = resolve)) });
    const patient = tokens.get(ann);
    const giveUp = new AbortController();
    const impatient = tokens.get(ann, giveUp.signal);
    giveUp.abort(new Error('tab closed'));
    await expect(impatient).rejects.toThrow('tab closed');
    deliver({ accessToken: 'late', lifetimeSeconds: 600 });
    expect(await patient).toBe('late');
    expect(minted).toHaveLength(1);
  });
});
