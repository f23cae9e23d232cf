/** The planning parts against a site, as far as it can be had in a box. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startStudio, type Studio } from '../../infra/studio/start.ts';
import { loadCatalogue } from '../../src/actions/catalogue.ts';
import { planMenu } from '../../src/menu/plan.ts';
import { createInventory } from '../../src/menu/read-inventory.ts';
import { readSiteFacts } from '../../src/menu/site-facts.ts';
import { createShotgrid, type Shotgrid } from '../../src/shotgrid/client.ts';

const OURS = 'http://localhost:1';

let studio: Studio | undefined;
let shotgrid: Shotgrid | undefined;
beforeAll(async () => {
  studio = await startStudio({
    server: OURS,
    menuItems: (server) => [
      { title: 'By hand', url: `${server}/ami/approve?x=1` },
      { title: 'Nobody there', url: 'https://127.0.0.1:1/x' },
      { title: 'Inside', url: 'http://10.0.0.1/x' },
    ],
  });
  const { url: siteUrl, scriptName, scriptKey } = studio.site;
  shotgrid = createShotgrid({ siteUrl, scriptName, scriptKey, now: () => new Date() });
});
afterAll(async () => {
  await shotgrid?.close();
  await studio?.close();
});

const actions = async () => (await loadCatalogue(fileURLToPath(new URL('../../actions', import.meta.url)))).all();

describe('the studio in a box', () => {
  it('begins with the menu items that the action files ask for', async () => {
    const site = await readSiteFacts(shotgrid!.asScript());
    const input = {
      publicUrl: OURS,
      algorithm: 'sha1',
      broken: [],
      rotating: [],
      actions: await actions(),
      site,
    } as const;
    const plan = planMenu(input);
    expect([plan.changes, plan.problems, plan.leftOut, plan.byHand]).toEqual([[], [], [], []]);
    expect(plan.unchanged.length).toBeGreaterThan(15);
  });

  it('has an inventory, with the hosts that do not answer and without knocking at private doors', async () => {
    const own = createInventory({
      script: shotgrid!.asScript(),
      publicUrl: OURS,
      algorithm: 'sha1',
      state: async () => ({ actions: await actions(), broken: [], rotating: [], withTokens: [] }),
      readClicks: () => Promise.resolve([]),
      privateHosts: ['127.0.0.1'],
    });
    expect((await own.read()).map(({ reach }) => reach)).not.toContain('no_answer');
    const inventory = await own.read(await own.probe());
    const found = (title: string) => inventory.find((item) => item.title === title);
    expect(found('Approve')).toMatchObject({
      calls: 'ours',
      action: 'approve',
      upkeep: 'as_in_file',
      entityType: 'Version',
    });
    expect(found('By hand')).toMatchObject({ calls: 'points_at_us', action: 'approve', upkeep: undefined });
    expect(found('Nobody there')).toMatchObject({ calls: 'elsewhere', host: '127.0.0.1:1', reach: 'no_answer' });
    expect(found('Inside')).toMatchObject({ reach: 'not_asked', isHttps: false });
  });
});
