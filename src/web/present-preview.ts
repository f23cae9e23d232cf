/** The preview as a page and as JSON. */
import type { ActionDefinition } from '../actions/definition.ts';
import type { UntouchedRow } from '../actions/plan.ts';
import type { AmiPayload } from '../ami/payload.ts';
import type { Preview } from '../runs/preview.ts';
import type { Launch } from '../session/launches.ts';
import type { ReadFieldSchemas } from '../shotgrid/field-schemas.ts';
import { detailUrl, pageUrl } from '../shotgrid/links.ts';
import { presentChange } from './present-change.ts';
import { countOf, initialsOf, readLabels, timeText } from './present.ts';
import type { Answer } from './respond.ts';

export type PresentPreview = (shown: {
  readonly launch: Launch<AmiPayload>;
  readonly action: ActionDefinition;
  readonly preview: Preview;
  readonly csrf: string;
}) => Promise<Answer>;

const REASONS: Readonly<Record<UntouchedRow['reason'], string>> = {
  already_so: 'already so',
  not_found: 'not there, or not visible to you',
  changed_since: 'changed since',
};

/** Characters that fit on a button on a phone. */
const LONGEST_LABEL = 48;

export function createPresentPreview(deps: {
  readonly readFieldSchemas: ReadFieldSchemas;
  readonly siteUrl: string;
  readonly scriptName: string;
}): PresentPreview {
  return async function presentPreview({ launch, action, preview, csrf }) {
    const { payload } = launch;
    const { actor, plan, digest } = preview;
    const entityType = payload.entityType ?? 'row';
    const labels = await readLabels(deps.readFieldSchemas, payload.entityType, payload.project?.id);
    const counts = {
      selected: payload.selectedIds.length,
      changes: plan.changes.length,
      alreadySo: plan.untouched.filter(({ reason }) => reason === 'already_so').length,
      notFound: plan.untouched.filter(({ reason }) => reason === 'not_found').length,
    };
    return {
      page: 'preview',
      model: {
        title: action.title,
        action: { title: action.title },
        where: whereText(payload, entityType),
        actor: { name: actor.name, login: actor.login, initials: initialsOf(actor.name) },
        scriptName: deps.scriptName,
        entityType,
        counts,
        changes: plan.changes.map((change) => presentChange(change, labels, deps.siteUrl)),
        untouched: plan.untouched.map((row) => ({
          name: row.name,
          href: detailUrl(deps.siteUrl, row.entityType, row.id),
          reason: REASONS[row.reason],
        })),
        emptyMessage: emptyMessage(counts),
        confirmLabel: confirmLabel(action.title, countOf(counts.changes, entityType), actor.name),
        formPath: action.form.length === 0 ? undefined : `/launches/${launch.id}/form`,
        runPath: `/launches/${launch.id}/run`,
        csrf,
        planDigest: digest,
        backHref: pageUrl(deps.siteUrl, payload.referrerPath) ?? deps.siteUrl,
        expiresAt: launch.expiresAt.toISOString(),
        expiresAtText: timeText(launch.expiresAt),
        script: 'local-time.js',
      },
      json: {
        launch: launch.id,
        action: { id: action.id, title: action.title },
        actor: { id: actor.id, login: actor.login, name: actor.name, through: deps.scriptName },
        plan: { digest, changes: plan.changes, untouched: plan.untouched },
        confirm: { method: 'POST', path: `/launches/${launch.id}/run`, fields: { csrf, plan: digest } },
        expiresAt: launch.expiresAt.toISOString(),
      },
    };
  };
}

/** What the button does, in full, as long as that fits on one. */
function confirmLabel(title: string, rows: string, name: string): string {
  const full = `${title} ${rows} as ${name}`;
  return full.length <= LONGEST_LABEL ? full : `Confirm ${rows}`;
}

function whereText(payload: AmiPayload, entityType: string): string {
  return [`${countOf(payload.selectedIds.length, entityType)} selected`, payload.project?.name, payload.title]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function emptyMessage(counts: { readonly selected: number; readonly notFound: number }): string {
  if (counts.selected === 0) return 'Nothing was selected. Select rows in ShotGrid, then pick the menu item again.';
  if (counts.notFound === counts.selected)
    return 'None of the selected rows is there any more, or you may not see them.';
  return 'Nothing to do: every selected row is already so.';
}
