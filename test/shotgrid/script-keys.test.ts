/** A script key that is being replaced: the site takes one of two, and then the other. */
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  connect,
  fault,
  honestToken,
  record,
  rejection,
  startLocalSite,
  type Asked,
  type LocalSite,
  type Says,
} from './local-site.ts';

const [NEW, OLD] = ['the new key', 'the old key'];

let site: LocalSite;
let shotgrid: ReturnType<typeof connect>;
afterEach(async () => {
  await shotgrid.close();
  await site.close();
});

/** A site that takes `good()` and answers to nothing else. */
async function open(good: () => string, instead?: (key: string | null) => Says | undefined): Promise<void> {
  site = await startLocalSite(
    () => ({ body: { data: record('Version', 1) } }),
    (asked) => {
      const odd = instead?.(keyOf(asked));
      if (odd !== undefined) return odd;
      return keyOf(asked) === good() ? honestToken(asked) : fault(400, 102, "Can't authenticate script 'understudy'");
    },
  );
  shotgrid = connect(site, { scriptKey: [NEW, OLD] });
}
const keyOf = (asked: Asked) => new URLSearchParams(asked.body).get('client_secret');
const read = (login: string) => shotgrid.asPerson({ login }).find('Version', 1, ['code']);
const offered = () => site.tokenCalls().map(keyOf);

describe('two script keys', () => {
  it('are tried newest first, and the one that the site takes is remembered for whoever comes next', async () => {
    await open(() => OLD);
    await read('artist');
    await read('manager');
    expect(offered()).toEqual([NEW, OLD, OLD]);
  });

  it('lets no call fail at the moment when the site changes from one to the other', async () => {
    let good = OLD;
    await open(() => good);
    await read('artist');
    good = NEW;
    await read('manager');
    await read('auditor');
    expect(offered()).toEqual([NEW, OLD, OLD, NEW, NEW]);
  });

  it.each([
    ['an outage', 500, undefined],
    ['a site that shuts us out', 403, undefined],
    ['a person who may not be acted for', 400, "Cannot 'sudo' - inactive user account: 'artist'"],
  ])('are not both spent on %s', async (_, status, title) => {
    await open(
      () => OLD,
      () => (title === undefined ? { status, body: 'out of order' } : fault(status, 102, title)),
    );
    await rejection(read('artist'));
    expect(new Set(offered())).toEqual(new Set([NEW]));
  });

  it('are refused like one when the site takes neither, and neither is told', async () => {
    await open(() => 'a third one');
    const error = await rejection(read('artist'));
    expect(error).toMatchObject({ code: 'shotgrid_unavailable', reason: 'script_refused' });
    expect(offered()).toEqual([NEW, OLD]);
    expect(JSON.stringify(error)).not.toMatch(/new key|old key/);
  });

  it('are both kept out of what the site says back', async () => {
    await open(
      () => NEW,
      (key) => fault(400, 102, `Can't authenticate script with ${key}, perhaps ${OLD}`),
    );
    const error = await rejection(read('artist'));
    expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/new key|old key/);
  });
});
