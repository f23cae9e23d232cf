/** The preview of a click. */
import type { ActionDefinition } from '../actions/definition.ts';
import type { AmiPayload } from '../ami/payload.ts';
import type { ServiceError } from '../errors.ts';
import type { Preview } from '../runs/preview.ts';
import type { Launch } from '../session/launches.ts';
import type { ReadFieldSchemas } from '../shotgrid/field-schemas.ts';
import { pageUrl } from '../shotgrid/links.ts';
import type { TextKey } from '../texts/language.ts';
import type { Texts } from '../texts/texts.ts';
import type { View } from './paging.ts';
import { createPresentProposal } from './present-proposal.ts';
import { countOf, timeText } from './present.ts';
import type { Answer } from './respond.ts';

export type PresentPreview = (shown: {
  readonly launch: Launch<AmiPayload>;
  readonly action: ActionDefinition;
  readonly preview: Preview;
  readonly csrf: string;
  readonly view?: View;
  /** Why the person is here again. */
  readonly notice?: TextKey | undefined;
  /** Why it cannot be confirmed now. */
  readonly refusal?: ServiceError | undefined;
}) => Promise<Answer>;

const FIRST_PAGE: View = { page: 1, text: '' };

export function createPresentPreview(deps: {
  readonly readFieldSchemas: ReadFieldSchemas;
  readonly siteUrl: string;
  readonly scriptName: string;
}): PresentPreview {
  const presentProposal = createPresentProposal(deps);

  return function presentPreview({ launch, action, preview, csrf, view = FIRST_PAGE, notice, refusal }) {
    const { payload } = launch;
    const path = `/launches/${launch.id}`;
    return presentProposal({
      ...preview,
      title: () => action.title,
      where: (texts) => whereText(texts, payload),
      entityType: payload.entityType,
      projectId: payload.project?.id,
      confirmation: action.confirmation,
      path,
      confirmPath: `${path}/run`,
      reportPath: `${path}/report`,
      csrf,
      view,
      notice,
      refusal,
      emptyMessage: emptyMessage(payload, preview),
      more: {
        formPath: action.form.length === 0 ? undefined : `${path}/form`,
        backHref: pageUrl(deps.siteUrl, payload.referrerPath) ?? deps.siteUrl,
        expiresAt: launch.expiresAt.toISOString(),
        expiresAtText: timeText(launch.expiresAt),
      },
      json: {
        launch: launch.id,
        action: { id: action.id, title: action.title },
        expiresAt: launch.expiresAt.toISOString(),
      },
    });
  };
}

/** How many rows, in which project, on which page. */
export function whereText(texts: Texts, payload: AmiPayload): string {
  const count = payload.selectedIds.length;
  return [
    texts.t('preview.selected', { count, rows: countOf(texts, count, payload.entityType) }),
    payload.project?.name,
    payload.title,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function emptyMessage(payload: AmiPayload, { plan }: Preview): TextKey {
  if (payload.selectedIds.length === 0) {
    return 'preview.nothingSelected';
  }
  if (plan.untouched.filter(({ reason }) => reason === 'not_found').length === payload.selectedIds.length) {
    return 'preview.noneThere';
  }
  return 'preview.allAlreadySo';
}
