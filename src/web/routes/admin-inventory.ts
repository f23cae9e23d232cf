/** Every menu item of the site on one page: found, sorted and taken away; and their hosts asked, when an administrator says so. */
import { Router, urlencoded, type Request } from 'express';
import type { AuditLog } from '../../audit/log.ts';
import { countOtherHosts } from '../../menu/inventory.ts';
import type { Inventory } from '../../menu/read-inventory.ts';
import type { Switches } from '../../runs/switches.ts';
import type { Texts } from '../../texts/texts.ts';
import { createHostChecks, type HostCheck } from '../host-check.ts';
import { inventoryQueryText, parseInventoryQuery, pickItems } from '../inventory-query.ts';
import { timeText } from '../present.ts';
import {
  countFindings,
  findItem,
  inventoryCsv,
  inventoryJson,
  presentFinding,
  presentHeads,
  presentItem,
} from '../present-inventory.ts';
import type { Recorder } from '../recorder.ts';
import { wantsJson, type Respond } from '../respond.ts';
import type { Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type AdminInventoryDeps = {
  readonly inventory: Inventory;
  readonly switches: Pick<Switches, 'current'>;
  readonly audit: Pick<AuditLog, 'search'>;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
  readonly siteUrl: string;
  readonly now: () => Date;
};

const PATH = '/admin/inventory';
const PROBE_PATH = `${PATH}/probe`;

export function adminInventoryRoutes(deps: AdminInventoryDeps): Router {
  const { siteUrl } = deps;
  const router = Router();
  const checks = createHostChecks(deps);

  router.get(PATH, async (request, response) => {
    const query = parseInventoryQuery(request.query);
    const check = await checks.current();
    const all = await readItems(check);
    const picked = pickItems(all, query);
    const queryText = inventoryQueryText(query);
    const csrf = deps.csrf.sessionToken(request);
    const findings = countFindings(all, query, PATH);
    const hosts = countOtherHosts(all.map(({ item }) => item));
    deps.respond(request, response, {
      page: 'admin-inventory',
      model: (texts) => ({
        title: texts.t('inventory.title'),
        section: 'admin',
        style: 'admin.css',
        styles: ['inventory.css'],
        script: 'inventory.js',
        room: 'inventory',
        path: PATH,
        ...(check.state === 'checking' ? { refreshSeconds: 2 } : {}),
        query,
        total: all.length,
        items: picked.map((one) => presentItem(texts, one, siteUrl)),
        findings: findings.map((one) => ({ ...one, ...presentFinding(texts, one.finding) })),
        heads: presentHeads(texts, query, PATH),
        csrf,
        check: presentCheck(texts, check),
        probePath: `${PROBE_PATH}${queryText}`,
        exportPath: `${PATH}/export${queryText}`,
        hosts,
      }),
      json: {
        items: picked.map((one) => inventoryJson(one, siteUrl)),
        total: all.length,
        findings: Object.fromEntries(findings.map(({ finding, count }) => [finding, count])),
        hosts,
        check: checkJson(check),
        probe: { method: 'POST', path: PROBE_PATH, fields: { csrf } },
        export: `${PATH}/export${queryText}`,
      },
    });
  });

  router.post(PROBE_PATH, urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    deps.csrf.verifySession(request, bodyField(request, 'csrf'));
    const back = inventoryQueryText(parseInventoryQuery(request.query));
    await checks.begin(request);
    response.redirect(303, `${PATH}${back}`);
  });

  // What the page asks while it waits; a person who lands here gets the page.
  router.get(PROBE_PATH, async (request, response) => {
    if (wantsJson(request)) response.json(checkJson(await checks.current()));
    else response.redirect(303, `${PATH}${inventoryQueryText(parseInventoryQuery(request.query))}`);
  });

  router.get(`${PATH}/export`, async (request: Request, response) => {
    const query = parseInventoryQuery(request.query);
    const picked = pickItems(await readItems(await checks.current()), query);
    await deps.recorder.inventoryExported(request, {
      format: 'csv',
      query: inventoryQueryText(query),
      items: picked.length,
    });
    const stamp = deps.now().toISOString().slice(0, 19).replaceAll(':', '');
    response.attachment(`understudy-menu-items-${stamp}Z.csv`).type('text/csv; charset=utf-8; header=present');
    response.send(inventoryCsv(picked));
  });

  return router;

  async function readItems({ reach }: HostCheck) {
    const [items, { actions }] = await Promise.all([deps.inventory.read(reach), deps.switches.current()]);
    return items.map((item) => findItem(item, actions));
  }
}

function presentCheck({ t }: Texts, { state, at, by }: HostCheck) {
  return { state, by: by ?? t('inventory.somebody'), time: at?.toISOString(), timeText: at && timeText(at) };
}

function checkJson({ state, at, by }: HostCheck) {
  return { state, at: at?.toISOString() ?? null, by: by ?? null };
}
