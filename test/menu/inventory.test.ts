import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { hostsToProbe, takeInventory, type InventoryInput } from '../../src/menu/inventory.ts';
import { probeHosts } from '../../src/menu/probe.ts';
import { action, input, item, OURS } from './facts.ts';

const take = (given: Parameters<typeof input>[0] & Partial<InventoryInput>) =>
  takeInventory({ clicks: [], reach: new Map(), withTokens: [], ...input(given), ...given });

describe('the inventory', () => {
  it('says of each item what it calls and how it stands to the files', () => {
    const calls = (id: number, url: string | null) => item(id, { url, title: String(id) });
    const items = [
      calls(1, `${OURS}/ami/approve`),
      calls(2, `${OURS}/ami/gone`),
      calls(3, `${OURS}/ami/by-hand`),
      calls(4, `${OURS}/ami/approve?x=1`),
      calls(5, 'http://tools.studio.example:8080/do'),
      calls(6, 'rv://play'),
      calls(7, null),
      calls(8, `${OURS}/ami/moving`),
      calls(9, `${OURS}/ami/broken`),
    ];
    const actions = [action('approve', { title: '1', folder: 'Review' }), action('by-hand', null), action('moving')];
    const reach = new Map([['tools.studio.example:8080', 'no_answer' as const]]);
    const inventory = take({ items, actions, rotating: ['moving'], broken: ['broken'], reach });
    expect(
      inventory.map(({ id, calls: kind, host, action: name, actionState, upkeep, reach: found }) => [
        id,
        kind,
        host,
        name,
        actionState,
        upkeep,
        found,
      ]),
    ).toEqual([
      [1, 'ours', 'understudy.studio.example', 'approve', 'served', 'differs', undefined],
      [2, 'ours', 'understudy.studio.example', 'gone', 'unknown', 'surplus', undefined],
      [3, 'ours', 'understudy.studio.example', 'by-hand', 'served', 'by_hand', undefined],
      [4, 'points_at_us', 'understudy.studio.example', 'approve', 'served', undefined, undefined],
      [5, 'elsewhere', 'tools.studio.example:8080', undefined, undefined, undefined, 'no_answer'],
      [6, 'custom_protocol', undefined, undefined, undefined, undefined, undefined],
      [7, 'no_url', undefined, undefined, undefined, undefined, undefined],
      [8, 'ours', 'understudy.studio.example', 'moving', 'served', 'rotating', undefined],
      [9, 'ours', 'understudy.studio.example', 'broken', 'broken_file', 'not_checked', undefined],
    ]);
    expect(inventory[0]?.differences.map(({ field, after }) => [field, after])).toEqual([['folder', 'Review']]);
    expect(inventory.map(({ isHttps }) => isHttps)).toEqual([true, true, true, true, false, false, false, true, true]);
  });

  it('names groups and projects, and how many people click the items of its action', () => {
    const clicks = [
      { action: 'other', last: new Date('2026-05-04T00:00:00Z'), people: 8 },
      { action: 'approve', last: new Date('2026-05-02T00:00:00Z'), people: 3 },
    ];
    const permissions_groups = [{ type: 'PermissionRuleSet', id: 2, name: 'Manager' }];
    const items = [item(1, { permissions_groups }), item(2, { url: 'https://x.example/' })];
    const [own, elsewhere] = take({ items, clicks });
    expect(own).toMatchObject({
      permissionGroups: ['Manager'],
      people: 3,
      lastClicked: new Date('2026-05-02T00:00:00Z'),
    });
    expect([elsewhere?.people, elsewhere?.lastClicked]).toEqual([undefined, undefined]);
    expect(take({ items: [item(1)] })[0]).toMatchObject({ people: 0, lastClicked: undefined });
  });

  it('calls an item signed only where a signed click or a token of our own proves it', () => {
    const clicks = [{ action: 'approve', last: new Date(), people: 1 }];
    const signed = (given: Parameters<typeof take>[0]) => take(given).map((one) => one.signed);
    expect(signed({ items: [item(1)] })).toEqual(['unknown']);
    expect(signed({ items: [item(1)], clicks })).toEqual(['yes']);
    expect(signed({ items: [item(1)], withTokens: ['approve'] })).toEqual(['yes']);
    expect(signed({ items: [item(1, { light_payload: true })], clicks })).toEqual(['no']);
    expect(signed({ items: [item(1, { url: 'https://x.example/ami/approve' })], clicks })).toEqual(['unknown']);
  });

  it('asks other hosts only, each port once', () => {
    const urls = [
      `${OURS}/ami/approve`,
      'https://a.example/1',
      'https://a.example/2',
      'http://a.example:81',
      'rv://b',
      null,
    ];
    expect(
      hostsToProbe(
        OURS,
        urls.map((url, index) => item(index + 1, { url })),
      ),
    ).toEqual([
      { host: 'a.example', port: 443 },
      { host: 'a.example', port: 81 },
    ]);
  });
});

describe('the probe of a host', () => {
  const options = { timeoutMs: 2_000, maxHosts: 50 };
  const local = { ...options, allows: (_: string, address: string) => address === '127.0.0.1' };
  const listen = async (onConnection: () => void) => {
    const server = createServer((socket) => {
      onConnection();
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
    return { port: (server.address() as AddressInfo).port, close };
  };

  it('tells whether somebody listens there', async () => {
    const { port, close } = await listen(() => undefined);
    expect([...(await probeHosts([{ host: '127.0.0.1', port }], local)).values()]).toEqual(['answers']);
    await close();
    expect([...(await probeHosts([{ host: '127.0.0.1', port }], local)).values()]).toEqual(['no_answer']);
  });

  it('knocks at no door that it may not, also when a good name leads there', async () => {
    let knocks = 0;
    const { port, close } = await listen(() => (knocks += 1));
    const allows = (host: string, address: string) => host === 'tools.example' && address !== '127.0.0.1';
    const lookUp = () => Promise.resolve(['192.0.2.1', '127.0.0.1']);
    const hosts = [
      { host: '127.0.0.1', port },
      { host: 'tools.example', port },
    ];
    expect([...(await probeHosts(hosts, { ...options, allows, lookUp })).values()]).toEqual(['not_asked', 'not_asked']);
    expect(knocks).toBe(0);
    await close();
  });

  it('knows a name that leads nowhere from a name service that fails, and gives up on one that hangs', async () => {
    const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));
    const reach = async (lookUp: () => Promise<readonly string[]>) =>
      (await probeHosts([{ host: 'x.example', port: 1 }], { ...local, timeoutMs: 50, lookUp })).get('x.example:1');
    expect(await reach(failing('ENOTFOUND'))).toBe('no_such_host');
    expect(await reach(failing('EAI_AGAIN'))).toBe('no_answer');
    expect(await reach(() => new Promise(() => undefined))).toBe('no_answer');
  });

  it('asks no more hosts than it is told to', async () => {
    const hosts = [1, 2, 3].map((port) => ({ host: '127.0.0.1', port }));
    const found = await probeHosts(hosts, { ...local, maxHosts: 1 });
    expect([...found.values()].filter((reach) => reach === 'not_asked')).toHaveLength(2);
  });
});
