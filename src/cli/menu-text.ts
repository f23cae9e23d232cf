/** What an admin reads of a plan of menu items, and of what became of it. Pure. */
import { detailUrl } from '../shotgrid/links.ts';
import type { FieldDiff, MenuChange } from '../menu/plan.ts';
import { emptyValue, isSameItemValue, type ItemValue } from '../menu/site-item.ts';
import type { WrittenItem } from '../menu/write-items.ts';
import type { PlannedMenu } from '../menu/read-plan.ts';
import { plain } from './text-table.ts';

const SIGNS = { create: '+', update: '~', retire: '-' } as const;
const WHY = {
  no_action: 'no action file has this name',
  not_in_file: 'its action file does not ask for it',
} as const;

export function planLines({ plan, fileProblems, rotations }: PlannedMenu, siteUrl: string): readonly string[] {
  const count = (kind: MenuChange['kind']): number => plan.changes.filter((change) => change.kind === kind).length;
  const [create, update, retire] = [count('create'), count('update'), count('retire')];
  return [
    ...plan.changes.flatMap((change) => [...changeLines(change, siteUrl), '']),
    ...fileProblems.map((problem) => `! ${plain(problem)}`),
    ...plan.problems.map(({ action, message, remedy }) => `! ${action}: ${plain(message)}. ${plain(remedy)}`),
    ...plan.leftOut.map(
      ({ label, actions }) => `! this site has no field "${label}": it is left out (${actions.join(', ')})`,
    ),
    ...plan.byHand.map(
      ({ id, action, title }) =>
        `  item ${id} "${plain(title)}" calls ${action}, whose file has no menu section: left alone`,
    ),
    ...rotations.map(({ action, rotation, isOver }) => rotationLine(action, rotation.until, isOver)),
    create + update + retire === 0
      ? `no differences in ${plan.unchanged.length} item${plan.unchanged.length === 1 ? '' : 's'}`
      : `${create} to make, ${update} to change, ${retire} to retire; ${plan.unchanged.length} as the files say`,
    ...(retire > 0 ? ['"understudy menu prune" retires what no file asks for.'] : []),
  ];
}

function changeLines(change: MenuChange, siteUrl: string): readonly string[] {
  const type = change.entityType ?? 'every type';
  const id = change.kind === 'create' ? '' : `, item ${change.id}`;
  const head = `${SIGNS[change.kind]} ${plain(change.title)} (${change.action}, ${plain(type)}${id})`;
  if (change.kind === 'retire') return [`${head}: ${WHY[change.reason]}`];
  if (change.kind === 'create') return [head, ...change.fields.filter(isSaid).map((field) => fieldLine(field, false))];
  const { updatedBy, updatedAt } = change.seen;
  const who = `    last changed by ${plain(updatedBy ?? 'somebody')}${updatedAt === undefined ? '' : `, ${plain(updatedAt)}`}`;
  return [
    head,
    `${who}: ${detailUrl(siteUrl, 'ActionMenuItem', change.id)}`,
    ...change.fields.map((field) => fieldLine(field, true)),
  ];
}

/** What is as it would be anyway needs no line. */
function isSaid({ field, after }: FieldDiff): boolean {
  return field === 'signature_algorithm' || !isSameItemValue(after, emptyValue(field));
}

function fieldLine({ label, before, after }: FieldDiff, isChange: boolean): string {
  return `    ${label.padEnd(30)}${isChange ? `${valueText(before)} → ` : ''}${valueText(after)}`;
}

function valueText(value: ItemValue): string {
  if (value === null) return '—';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return plain(value);
  return value.length === 0 ? 'all' : value.map(({ id, name }) => plain(name ?? String(id))).join(', ');
}

function rotationLine(action: string, until: Date | undefined, isOver: boolean): string {
  const again = `"understudy menu rotate ${action}"`;
  if (until === undefined) return `! ${action}: the change of its token was interrupted; ${again} goes on`;
  if (isOver)
    return `! ${action}: the old token is refused since ${until.toISOString()}; ${again} retires the old items`;
  return `  ${action}: old and new items side by side until ${until.toISOString()}; then ${again} retires the old ones`;
}

const OUTCOMES: Readonly<Record<WrittenItem['outcome'], string>> = {
  done: 'done',
  changed_since: 'left alone, it changed meanwhile',
  not_taken: 'not taken over as sent',
  refused: 'refused',
  failed: 'failed',
  unknown: 'unknown',
  not_done: 'not done',
};

export function writtenLines(written: readonly WrittenItem[]): readonly string[] {
  return written.map(({ change, outcome, id, detail }) => {
    const item = id === undefined ? '' : ` (item ${id})`;
    const why = detail === undefined ? '' : `: ${plain(detail)}`;
    return `${SIGNS[change.kind]} ${plain(change.title)}, ${change.entityType ?? 'every type'}${item}: ${OUTCOMES[outcome]}${why}`;
  });
}
