/** States that take more than an address to reach: what was typed wrongly, asked of ShotGrid, found out by an administrator. */
import type { ActionDefinition } from '../../src/actions/definition.ts';
import type { FormField } from '../../src/actions/form.ts';
import type { Day } from '../../src/audit/day.ts';
import type { Report } from '../../src/doctor/report.ts';
import { said, type Said } from '../../src/texts/said.ts';
import { createPresentForm } from '../../src/web/present-form.ts';
import type { createPresentPreview } from '../../src/web/present-preview.ts';
import type { Answer, PageModel } from '../../src/web/respond.ts';
import { PREVIEWS } from './gallery-facts.ts';
import { HOLD, LONG_LOGIN, REFUSALS } from './refusals.ts';

type Previewed = Parameters<ReturnType<typeof createPresentPreview>>[0];

/** A refusal, as pages are given it. */
function toldOf(code: string) {
  return { code, ...REFUSALS.get(code)?.said };
}

const REASON = 'The field is not editable for this user: [Version.sg_status_list].';
const SITE_LINK = `http://127.0.0.1:8081/app_session_request/browser/${'0123456789abcdef'.repeat(8)}`;
const TIME = '2026-05-04T10:00:00.000Z';
const TIME_TEXT = '2026-05-04 10:00 UTC';

const base = { required: false, secret: false } as const;
const FORM: readonly FormField[] = [
  { ...base, name: 'note', label: 'What to tell the supervisor', type: 'long_text', maxLength: 4000, required: true },
  { ...base, name: 'frames', label: 'Frames', type: 'number', integer: true, min: 1, help: 'From 1.' },
  { ...base, name: 'notify', label: 'Tell everybody on the show', type: 'checkbox', default: false },
  { ...base, name: 'due', label: 'Due', type: 'date' },
  { ...base, name: 'key', label: 'Key of the other service', type: 'text', maxLength: 100, secret: true },
  {
    ...base,
    name: 'where',
    label: 'Playlist',
    type: 'choice',
    options: ['new', 'existing'].map((value) => ({ value, label: value })),
  },
  {
    ...base,
    name: 'title',
    label: 'Name of the new one',
    type: 'text',
    maxLength: 100,
    onlyWhen: { field: 'where', is: ['new'] },
  },
  { ...base, name: 'status', label: 'Status', type: 'status', entityType: 'Version' },
  { ...base, name: 'who', label: 'Reviewers', type: 'user', multiple: true, required: true },
  { ...base, name: 'list', label: 'Which one', type: 'entity', entityTypes: ['Playlist', 'Version'], multiple: false },
];

const presentForm = createPresentForm({
  site: { statuses: () => Promise.resolve([{ value: 'apr', label: 'Approved' }]) },
  siteUrl: 'http://127.0.0.1:8081',
  scriptName: 'understudy',
});

const alma = { type: 'HumanUser', id: 24, name: 'Alma Ortiz' };
const otto = { type: 'HumanUser', id: 25, name: 'Otto Brandt' };
const known = new Map([alma, otto].map((link) => [`${link.type}:${link.id}`, link]));

function form(problems: Readonly<Record<string, Said>>, choices = [alma, otto]): Promise<Answer> {
  const shown = PREVIEWS.get('three');
  const raw = new Map(Object.entries({ note: ['Look at frame 1040.'], where: ['new'], 'who.pick': ['HumanUser:24'] }));
  return presentForm({
    ...shown,
    action: { id: 'tell', title: 'Tell the supervisor', description: 'Writes a note.', form: FORM },
    actor: { id: 24, login: LONG_LOGIN, name: 'Maximiliana Alexandra von und zu Hohenstein-Wittelsbach' },
    filled: {
      raw,
      found: { links: known },
      problems: new Map(Object.entries(problems).map(([name, message]) => [name, { message, choices }])),
    },
    csrf: 'c',
  } as unknown as Parameters<typeof presentForm>[0]);
}

/** By name; `csrf` is the gallery's. */
export const FORMS: ReadonlyMap<string, () => Promise<Answer>> = new Map([
  ['form', () => form({})],
  [
    'form-wrong',
    () =>
      form({
        note: said('problem.tooLong', { length: 4321, most: 4000 }),
        frames: said('problem.notWhole'),
        notify: said('problem.tick'),
        where: said('problem.choose'),
        who: said('problem.severalCalled', { text: 'Alma' }),
        list: said('problem.nothingCalled', { text: 'hsm_dailies' }),
      }),
  ],
  ['form-unusable', () => form({ '': said('explanation.formStrangeFields', { fields: '“frame”' }) })],
]);

const three = PREVIEWS.get('three');
const twelve = Array.from({ length: 3 }, (_one, at) =>
  at === 1 ? { permission: 'allowed' } : { permission: 'refused', reason: REASON, siteErrorId: 'e1' },
);
const made = (more: object, preview: object = {}, action: object = {}): Previewed => {
  const shown = three as unknown as Previewed;
  return {
    ...shown,
    action: { ...shown.action, ...action },
    preview: { ...shown.preview, ...preview },
    csrf: 'c',
    ...more,
  };
};
const refusalOf = (code: string) => REFUSALS.get(code);
const kinds = [
  { kind: 'create', entityType: 'Note', name: 'A note', fields: [{ field: 'description', after: 'Looks good.' }] },
  { kind: 'delete', entityType: 'Version', id: 6900, name: 'HSM_10_0010_anm_v001', fields: [] },
  { kind: 'revive', entityType: 'Version', id: 6901, name: 'HSM_10_0020_anm_v001', fields: [] },
];

const told = {
  text: 'Nothing is missing.',
  links: [
    { label: 'The list', href: 'https://frames.studio.example/list' },
    { label: 'An address that is none', href: 'javascript:alert(1)' },
  ],
};

export const MORE_PREVIEWS: ReadonlyMap<string, Previewed> = new Map([
  ['report-of-words', made({}, { plan: { changes: [], untouched: [], report: told } })],
  ['again', made({ notice: 'preview.rowsOrActionChanged' })],
  ['read-only', made({ refusal: refusalOf('read_only') })],
  [
    'some-refused',
    made({}, { permissions: { rows: twelve, counts: { allowed: 1, refused: 2, unchecked: 0 }, checkedAt: TIME } }),
  ],
  ['kinds', made({}, { plan: { changes: kinds, untouched: [] } }, { confirmation: 'type_number', form: FORM })],
  [
    'report',
    made(
      {},
      {
        plan: {
          changes: [],
          untouched: [],
          report: {
            title: 'Frames that are missing',
            text: 'Of the newest version of each shot.\n\nAsk editorial about those that are cut.',
            links: [{ label: 'The list', href: 'https://frames.studio.example/list' }],
            file: { name: 'frames.txt', contentType: 'text/plain', base64: '' },
            table: {
              columns: Array.from({ length: 14 }, (_one, at) => ({
                label: `Column ${at} of the report`,
                type: at % 3 === 1 ? 'number' : 'text',
              })),
              rows: Array.from({ length: 30 }, () =>
                Array.from({ length: 14 }, (_cell, at) => (at % 3 === 1 ? 123_456 : 'HSM_10_0010')),
              ),
            },
          },
        },
      },
    ),
  ],
]);

const desk = { section: 'admin', style: 'admin.css', styles: ['form.css'], csrf: 'c' };
const switching = {
  ...desk,
  title: 'Switch “Approve” off',
  narrow: true,
  name: 'Approve',
  kind: 'action',
  path: '/admin/actions/approve',
  turn: 'off',
  seen: '',
  typed: 'x',
};
const who = {
  ...desk,
  title: 'Who would I be?',
  script: 'form.js',
  room: 'who',
  path: '/admin/who',
  takesClaims: true,
  claims: '{}',
  login: '',
  policy: 'flag',
};
const found = {
  mapping: { claim: 'preferred_username', login: 'artist', name: 'Alma Ortiz' },
  roles: ['user', 'auditor'],
  notes: [said('explanation.claimsPresumed', { claims: 'iss' })],
  person: {
    id: 24,
    login: 'artist',
    name: 'Alma Ortiz',
    href: 'http://127.0.0.1:8081/detail/HumanUser/24',
    account: 'active',
    flag: 'on',
    permissionGroup: 'Artist',
  },
  ownSessionHelps: true,
  actions: [
    { id: 'approve', title: 'Approve', gets: { verdict: 'preview', onlyIn: [116, 'Hyperspace Madness'] } },
    { id: 'sign', title: 'Sign off', gets: { verdict: 'own_session' } },
    { id: 'gone', title: 'Gone', gets: { verdict: 'refused', ...toldOf('action_off') } },
  ],
};
const flagOff = toldOf('sudo_flag_off');
const LEVELS = ['ok', 'skipped', 'warning', 'failure'] as const;
const checks = LEVELS.map((level) => ({
  id: `check-${level}`,
  title: 'Menu items on the site',
  level,
  saw: 'Two items on the site point at an address that is not this server.',
  ...(level === 'ok' ? {} : { remedy: 'Run understudy menu apply.' }),
  details: level === 'warning' ? ['Approve', 'x'.repeat(200), ...Array.from({ length: 500 }, () => LONG_LOGIN)] : [],
  ms: 12,
}));
/** What the doctor says, by how bad it is. */
export const DOCTORS: ReadonlyMap<string, Report> = new Map(
  (['ok', 'warning', 'failure'] as const).map((level) => [
    level,
    { level, time: TIME, ms: 12_345, checks: checks.slice(0, LEVELS.indexOf(level) + 1) },
  ]),
);
const asking = {
  title: 'Continue as yourself',
  narrow: true,
  style: 'approval.css',
  scripts: ['approval.js'],
  what: 'Approve',
  reference: 'K7QM-3XW9-TZ',
  backHref: '/',
};
const approval = (name: string, isWaiting: boolean) => ({
  path: `/states/${name}`,
  csrf: 'c',
  isWaiting,
  url: isWaiting ? SITE_LINK : undefined,
  until: TIME,
  untilText: TIME_TEXT,
});

/** Pages with templates and what they show. The administrators' begin with `admin-`. */
export const STATES: readonly (readonly [string, string, PageModel])[] = [
  ['approval-waiting', 'approval', { ...asking, approval: approval('approval-waiting', true) }],
  ['approval-again', 'approval', { ...asking, approval: approval('approval-again', false), refusal: flagOff }],
  [
    'refusal-with-approval',
    'error',
    {
      ...asking,
      title: 'Nobody may act as you',
      heading: 'Nobody may act as you',
      message: flagOff.message,
      remedy: flagOff.remedy,
      code: flagOff.code,
      actions: [{ href: '/', label: 'Back to ShotGrid' }],
      nothingChanged: true,
      approval: approval('refusal-with-approval', true),
    },
  ],
  ['admin-switch-problem', 'admin-switch', { ...switching, problem: 'Say why, in three letters or more.' }],
  [
    'admin-stop',
    'admin-stop',
    { ...desk, title: 'Stop Approve', narrow: true, action: 'Approve', actor: LONG_LOGIN, path: '/', runHref: '/' },
  ],
  ['admin-who-problem', 'admin-who', { ...who, field: 'claims', problem: 'This is no JSON object.' }],
  ['admin-who-allowed', 'admin-who', { ...who, found }],
  ['admin-who-refused', 'admin-who', { ...who, found: { ...found, refusal: flagOff } }],
  [
    'admin-who-without-provider',
    'admin-who',
    {
      ...who,
      takesClaims: false,
      field: 'person',
      problem: 'Name a person.',
      found: { ...found, mapping: undefined, refusal: flagOff },
    },
  ],
];

const figures = { clicks: 12_345, runs: 4_321, refusals: 12, previewP95Ms: 1_234 };
/** A busy day for the administrators' overview. */
export const DAY: Day = {
  ...figures,
  isComplete: false,
  hours: Array.from({ length: 24 }, (_one, at) => ({
    ...figures,
    clicks: at * 40,
    from: new Date(Date.UTC(2026, 4, 3, 11 + at)),
    to: new Date(Date.UTC(2026, 4, 3, 12 + at)),
  })),
};

export const ACTIONS = [
  { id: 'approve', title: 'Approve', kind: 'yaml', form: [], entityTypes: ['Version'] },
  {
    id: 'send',
    title: 'Send to editorial and notify everybody on the show',
    kind: 'remote',
    form: [],
    entityTypes: ['Shot'],
  },
] as unknown as readonly ActionDefinition[];

export const HELD = { readOnly: undefined, actions: new Map([['send', HOLD]]) };
