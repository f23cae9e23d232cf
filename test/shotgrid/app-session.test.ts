import { afterEach, describe, expect, it } from '@jest/globals';
import { startSite, type Site } from '../../infra/studio/site/start.ts';
import { AppSessionsOffError } from '../../src/shotgrid/app-session-errors.ts';
import type { CallSeen } from '../../src/shotgrid/calls.ts';
import { ShotgridUnavailableError } from '../../src/shotgrid/errors.ts';
import { connect, rejection, startLocalSite, type LocalSite, type Says } from './local-site.ts';

const asks = { appName: 'Understudy', machineId: 'understudy.example' };

let site: LocalSite | undefined;
let studio: Site | undefined;
afterEach(async () => {
  await site?.close();
  await studio?.close();
  [site, studio] = [undefined, undefined];
});

/** A site that answers so. */
async function saying(answer: (nth: number) => Says): Promise<ReturnType<typeof connect>> {
  site = await startLocalSite((_asked, nth) => answer(nth));
  return connect(site);
}

describe('a session that is approved in the browser', () => {
  it('is asked for, waited for, and handed out once', async () => {
    studio = await startSite();
    const seen: CallSeen[] = [];
    const { appSessions } = connect(studio, { onCall: (call) => void seen.push(call) });
    const { id, url } = await appSessions.request(asks);
    expect(url).toBe(`${studio.url}/app_session_request/${id}?sticky_id=${id}`);
    expect(await appSessions.poll(id)).toEqual({ is: 'waiting' });
    studio.approveApp(id, 'artist');
    expect(await appSessions.poll(id)).toEqual({ is: 'approved', sessionToken: expect.any(String), login: 'artist' });
    expect(await appSessions.poll(id)).toEqual({ is: 'gone' });
    expect(JSON.stringify(seen)).not.toContain(id);
  });

  it('is gone when it was denied', async () => {
    studio = await startSite();
    const { appSessions } = connect(studio);
    const { id } = await appSessions.request(asks);
    studio.denyApp(id);
    expect(await appSessions.poll(id)).toEqual({ is: 'gone' });
  });

  it('cannot be asked for where the site has it switched off', async () => {
    studio = await startSite({ launcherEnabled: false });
    expect(await rejection(connect(studio).appSessions.request(asks))).toBeInstanceOf(AppSessionsOffError);
  });

  it('asks as the vendor’s own programs do', async () => {
    const { appSessions } = await saying(() => ({
      body: { sessionRequestId: 'abc', url: '/app_session_request/abc?sticky_id=abc' },
    }));
    await appSessions.request(asks);
    await appSessions.poll('abc');
    expect(site?.asked).toMatchObject([
      {
        method: 'POST',
        path: '/internal_api/app_session_request',
        body: 'appName=Understudy&machineId=understudy.example',
      },
      { method: 'PUT', path: '/internal_api/app_session_request/abc', body: '' },
    ]);
    for (const { headers } of site?.asked ?? []) expect(headers).not.toHaveProperty('authorization');
  });

  it('is approved on the site itself, whatever host the answer names', async () => {
    const { appSessions } = await saying(() => ({
      body: { sessionRequestId: 'abc', url: 'https://evil.example/app_session_request/abc?sticky_id=abc' },
    }));
    expect((await appSessions.request(asks)).url).toBe(`${site!.url}/app_session_request/abc?sticky_id=abc`);
  });

  it.each<[string, unknown]>([
    ['another page', { sessionRequestId: 'abc', url: 'https://evil.example/steal' }],
    ['script for an address', { sessionRequestId: 'abc', url: 'javascript:alert(1)//app_session_request/' }],
    ['no id', { url: '/app_session_request/abc' }],
    ['an id that is a path', { sessionRequestId: '../../api/v1', url: '/app_session_request/abc' }],
    ['HTML', '<html></html>'],
    ['nothing', undefined],
  ])('is not begun by an answer with %s', async (_what, body) => {
    const { appSessions } = await saying(() => ({ body }));
    expect(await rejection(appSessions.request(asks))).toBeInstanceOf(ShotgridUnavailableError);
  });

  it.each<[string, Says]>([
    ['a redirect', { status: 302, headers: { location: '/user/login' } }],
    ['HTML', { body: '<html></html>' }],
    ['an approval without a token', { body: { approved: true, userLogin: 'artist' } }],
    ['an approval without a name', { body: { approved: true, sessionToken: 'abcdef' } }],
    ['a token that no header could carry', { body: { approved: true, sessionToken: 'a\nb', userLogin: 'artist' } }],
  ])('is given up at %s', async (_what, says) => {
    const { appSessions } = await saying(() => says);
    expect(await rejection(appSessions.poll('abc'))).toBeInstanceOf(ShotgridUnavailableError);
    expect(site?.asked).toHaveLength(1);
  });

  it('is still waited for when the site answers an empty object', async () => {
    const { appSessions } = await saying(() => ({ body: {} }));
    expect(await appSessions.poll('abc')).toEqual({ is: 'waiting' });
  });

  it('is asked about four times where the site fails, with growing pauses', async () => {
    const shotgrid = await saying((nth) => (nth < 4 ? { status: 500 } : { body: { approved: false } }));
    expect(await shotgrid.appSessions.poll('abc')).toEqual({ is: 'waiting' });
    expect(shotgrid.slept).toEqual([1500, 3000, 4500]);
    await site?.close();
    site = undefined;
    const failing = await saying(() => ({ status: 503 }));
    expect(await rejection(failing.appSessions.poll('abc'))).toMatchObject({ code: 'shotgrid_unavailable' });
    expect(site!.asked).toHaveLength(4);
  });
});
