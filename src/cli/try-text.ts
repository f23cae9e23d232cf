/** What an author reads of a trial: the plan as a table, what ShotGrid says of it, and what became of it. Pure. */
import type { ActionDefinition } from '../actions/definition.ts';
import { isLink } from '../actions/links.ts';
import type { Change, FieldValue, Plan, UntouchedRow } from '../actions/plan.ts';
import type { Report } from '../actions/report.ts';
import { countOutcomes } from '../runs/outcome.ts';
import type { RowPermission } from '../runs/permissions.ts';
import { isSettled, type RunRow } from '../runs/run-store.ts';
import { plain, textTable } from './text-table.ts';
import type { TrialResult } from './try-action.ts';

/** More is for `--json`. */
const SHOWN = 100;

export function trialLines(action: ActionDefinition, result: TrialResult): readonly string[] {
  const { actor, plan, permissions, run } = result;
  const { changes, untouched, report } = plan;
  return [
    `${plain(action.title)} (${action.id}, ${action.kind}) as ${plain(actor.name)} (${plain(actor.login)})`,
    ...(changes.length === 0 ? [] : ['', ...changesTable(plan, permissions.rows, run?.rows)]),
    ...(untouched.length === 0 ? [] : ['', ...untouchedTable(untouched)]),
    ...(report === undefined ? [] : ['', ...reportLines(report)]),
    '',
    ...summary(result),
  ];
}

function summary({ plan, permissions: { counts }, run }: TrialResult): readonly string[] {
  const { changes, untouched } = plan;
  const stays = untouched.length === 0 ? '' : `; ${count(untouched.length, 'row')} left alone`;
  if (changes.length === 0) return [`Nothing to change${stays}.`];
  const asked = [
    `${counts.allowed} allowed`,
    ...(counts.refused === 0 ? [] : [`${counts.refused} refused`]),
    ...(counts.unchecked === 0 ? [] : [`${counts.unchecked} not checked`]),
  ].join(', ');
  const planned = `${count(changes.length, 'change')} (${asked} by ShotGrid)${stays}.`;
  if (run === undefined) return [planned, 'Nothing was changed: --apply performs it on the studio in a box.'];
  const outcomes = Object.entries(countOutcomes(run.rows.map((row) => (isSettled(row) ? row.progress : undefined))))
    .filter(([, rows]) => rows > 0)
    .map(([word, rows]) => `${rows} ${word.replaceAll('_', ' ')}`);
  return [planned, `Performed, ${run.status}: ${outcomes.join(', ')}.`];
}

function changesTable(
  { changes }: Plan,
  permissions: readonly RowPermission[],
  outcomes: readonly RunRow[] | undefined,
): readonly string[] {
  const byPosition = new Map(outcomes?.map((row) => [row.position, row]));
  const rows = changes.slice(0, SHOWN).flatMap((change, position) => {
    const row = byPosition.get(position);
    const last = row === undefined ? allowedText(permissions[position]) : outcomeText(row);
    const head = [`${change.kind} ${change.entityType}${change.id === undefined ? '' : ` ${change.id}`}`, change.name];
    const lines = fieldLines(change);
    return lines.map((line, index) => [...(index === 0 ? head : ['', '']), ...line, index === 0 ? last : '']);
  });
  const more = changes.length - SHOWN;
  return [
    ...textTable(
      ['change', 'name', 'field', 'before', 'after', outcomes === undefined ? 'ShotGrid says' : 'outcome'],
      rows,
    ),
    ...(more > 0 ? [`… and ${more} more; --json has all`] : []),
  ];
}

function fieldLines({ kind, fields }: Change): readonly (readonly [string, string, string])[] {
  if (fields.length === 0) return [['', '', '']];
  return fields.map(({ field, before, after }) => [
    field,
    kind === 'create' ? '' : valueText(before),
    valueText(after),
  ]);
}

function allowedText(permission: RowPermission | undefined): string {
  if (permission === undefined) return '';
  switch (permission.permission) {
    case 'allowed':
      return 'allowed';
    case 'refused':
      return `refused: ${permission.reason}`;
    case 'unchecked':
      return `not checked (${permission.why.replaceAll('_', ' ')})`;
  }
}

function outcomeText({ progress, detail, createdId }: RunRow): string {
  const word = progress.replaceAll('_', ' ');
  const id = createdId === undefined ? '' : ` (${createdId})`;
  return `${word}${id}${detail === undefined ? '' : `: ${detail}`}`;
}

function valueText(value: FieldValue): string {
  if (value === null || value === '') return '—';
  if (typeof value === 'string') return value;
  if (Array.isArray(value))
    return value.length === 0 ? '—' : (value as readonly FieldValue[]).map(valueText).join(', ');
  if (isLink(value)) return value.name ?? `${value.type} ${value.id}`;
  return JSON.stringify(value);
}

const REASONS: Readonly<Record<UntouchedRow['reason'], string>> = {
  already_so: 'is so already',
  not_found: 'is not there, or not for this person',
  changed_since: 'was changed since',
};

function untouchedTable(rows: readonly UntouchedRow[]): readonly string[] {
  const more = rows.length - SHOWN;
  return [
    ...textTable(
      ['left alone', 'name', 'why'],
      rows.slice(0, SHOWN).map(({ entityType, id, name, reason }) => [`${entityType} ${id}`, name, REASONS[reason]]),
    ),
    ...(more > 0 ? [`… and ${more} more; --json has all`] : []),
  ];
}

function reportLines({ title, text, links = [], table, file }: Report): readonly string[] {
  return [
    `Report: ${plain(title ?? '')}`.trimEnd(),
    ...(text === undefined ? [] : text.split('\n').map((line) => `  ${plain(line)}`.trimEnd())),
    ...links.map(({ label, href }) => `  ${plain(label)}: ${plain(href)}`),
    ...(table === undefined
      ? []
      : textTable(
          table.columns.map(({ label }) => label),
          table.rows.slice(0, SHOWN).map((row) => row.map((cell) => (cell === null ? '' : String(cell)))),
        ).map((line) => `  ${line}`)),
    ...(table !== undefined && table.rows.length > SHOWN ? [`  … and ${table.rows.length - SHOWN} more`] : []),
    ...(file === undefined
      ? []
      : [
          `  File: ${plain(file.name)} (${plain(file.contentType)}, ${Buffer.byteLength(file.base64, 'base64')} bytes)`,
        ]),
  ];
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
