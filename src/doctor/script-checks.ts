/** The script user: which of its keys works, what it may do, and whether ShotGrid's log shows it. */
import type { Row } from '../shotgrid/rows.ts';
import { ShotgridRefusedError, ShotgridUnavailableError } from '../shotgrid/errors.ts';
import type { Look } from './look.ts';
import { failure, ok, skipped, warning, type Check, type Finding } from './report.ts';
import { scriptCheck } from './site-check.ts';

const GROUP_CODE = 'permission_rule_set.PermissionRuleSet.code';
const FIELDS = ['firstname', 'generate_event_log_entries', 'permission_rule_set', GROUP_CODE];
/** What the server reads as the script, and what is lost without it. */
const READS = [
  ['HumanUser', 'people cannot be looked up, so every click is refused'],
  ['EventLogEntry', 'light payloads and the comparison with ShotGrid’s own log do not work'],
  ['ActionMenuItem', 'menu items cannot be compared or made'],
] as const;

export function scriptChecks(look: Look): readonly Check[] {
  const { scriptName } = look.config;
  return [
    scriptCheck(look, {
      id: 'script_key',
      title: 'Script key',
      run: (signal) => judgeKeys(look, signal),
    }),
    scriptCheck(look, {
      id: 'script_permissions',
      title: 'Permissions of the script',
      async run(signal) {
        const refused = await Promise.all(READS.map(([type]) => isRefused(look, type, signal)));
        const lost = READS.filter((_, index) => refused[index] === true);
        const remedy = 'Give the script the permission group API Admin, on the page Scripts.';
        if (lost.length > 0) {
          const details = lost.map(([type, consequence]) => `${type}: ${consequence}`);
          const isVital = lost.some(([type]) => type === 'HumanUser');
          return (isVital ? failure : warning)('The script may not read what it needs.', remedy, details);
        }
        const row = await readScript(look, signal);
        const code = row?.fields[GROUP_CODE];
        if (code === 'api_admin') return ok('Its permission group is API Admin.');
        return warning(
          `Its permission group is ${typeof code === 'string' ? `"${code}"` : 'not shown to it'}, and not API Admin: it may not be allowed to act as people.`,
          `${remedy} Or see with --as LOGIN that acting as somebody works.`,
        );
      },
    }),
    scriptCheck(look, {
      id: 'event_log',
      title: 'ShotGrid’s own log of the script',
      async run(signal) {
        const logs = (await readScript(look, signal))?.fields['generate_event_log_entries'];
        if (logs === true) return ok('ShotGrid logs what the script does as itself, too.');
        if (typeof logs !== 'boolean') return skipped('The site does not say whether it logs what the script does.');
        return warning(
          `"Generate Events" is off for the script ${scriptName}: what it does as itself is not in ShotGrid’s log.`,
          'Tick "Generate Events" for the script, on the page Scripts.',
        );
      },
    }),
  ];
}

/** Each key by itself: while one takes over from another, it matters which. */
async function judgeKeys(look: Look, signal: AbortSignal): Promise<Finding> {
  const keys = look.secrets.scriptKeys;
  const taken = await Promise.all(keys.map((key) => isTaken(look, key, signal)));
  const first = taken.indexOf(true);
  const only = keys.length === 1;
  if (first === -1) {
    return failure(
      only ? 'The site does not take the script key.' : `The site takes none of the ${keys.length} script keys.`,
      'Look at the page Scripts: is SHOTGRID_SCRIPT_NAME the script’s name, and was its key changed? A new key goes into SHOTGRID_SCRIPT_KEY.',
    );
  }
  if (only) return ok('The site takes it.');
  const which = `Of ${keys.length} script keys, newest first, the site takes number ${first + 1}`;
  if (first > 0) {
    return warning(
      `${which}: the newest is not in force yet.`,
      'Change the key in ShotGrid, or take the new one out again.',
    );
  }
  return warning(`${which}, the newest.`, 'The older ones have had their time: take them out of SHOTGRID_SCRIPT_KEY.');
}

async function isTaken(look: Look, key: string, signal: AbortSignal): Promise<boolean> {
  try {
    await look
      .site(key)
      .asScript()
      .search('ApiUser', { fields: ['firstname'], limit: 1, signal });
    return true;
  } catch (error) {
    // Refused for what it asked, and so known.
    if (error instanceof ShotgridRefusedError) return true;
    if (error instanceof ShotgridUnavailableError && error.reason === 'script_refused') return false;
    throw error;
  }
}

async function readScript({ site, config }: Look, signal: AbortSignal): Promise<Row | undefined> {
  const filters = [['firstname', 'is', config.scriptName]] as const;
  try {
    const [row] = await site().asScript().search('ApiUser', { filters, fields: FIELDS, limit: 1, signal });
    return row;
  } catch (error) {
    // A script need not be allowed to look at scripts.
    if (error instanceof ShotgridRefusedError) return undefined;
    throw error;
  }
}

async function isRefused(look: Look, type: string, signal: AbortSignal): Promise<boolean> {
  try {
    await look
      .site()
      .asScript()
      .search(type, { fields: ['id'], limit: 1, signal });
    return false;
  } catch (error) {
    if (error instanceof ShotgridRefusedError) return true;
    throw error;
  }
}
