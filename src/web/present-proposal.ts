/** A plan that waits for its person's word, as a page and as JSON: of a click, an undo or a retry alike. */
import type { Confirmation } from '../actions/definition.ts';
import type { Plan, UntouchedRow } from '../actions/plan.ts';
import type { ServiceError } from '../errors.ts';
import type { Actor } from '../runs/actor.ts';
import type { Permissions, RowPermission } from '../runs/permissions.ts';
import type { ReadFieldSchemas } from '../shotgrid/field-schemas.ts';
import { detailUrl } from '../shotgrid/links.ts';
import type { TextKey } from '../texts/language.ts';
import type { Texts } from '../texts/texts.ts';
import { pageOf, presentPager, type View } from './paging.ts';
import { presentChange } from './present-change.ts';
import { presentReport } from './present-report.ts';
import { countOf, executorJson, initialsOf, meansText, readLabels, type Labels } from './present.ts';
import type { Answer } from './respond.ts';

export type Proposal = {
  readonly title: (texts: Texts) => string;
  readonly where: (texts: Texts) => string;
  readonly actor: Actor;
  readonly plan: Plan;
  readonly digest: string;
  /** What ShotGrid said when it was asked; absent when it was not. */
  readonly permissions?: Permissions | undefined;
  /** Undefined where rows are of no one type. */
  readonly entityType: string | undefined;
  readonly projectId: number | undefined;
  readonly confirmation: Confirmation;
  /** Of this page; further pages add the digest. */
  readonly path: string;
  /** Where the confirmation is posted. */
  readonly confirmPath: string;
  readonly reportPath?: string | undefined;
  readonly csrf: string;
  readonly view: View;
  readonly notice?: TextKey | undefined;
  /** Why it cannot be confirmed now, although it is shown. */
  readonly refusal?: ServiceError | undefined;
  readonly emptyMessage: TextKey;
  /** More for the page, and for its JSON twin. */
  readonly more: Readonly<Record<string, unknown>>;
  readonly json: Readonly<Record<string, unknown>>;
};

export type PresentProposal = (proposal: Proposal) => Promise<Answer>;

const REASONS: Readonly<Record<UntouchedRow['reason'], TextKey>> = {
  already_so: 'preview.alreadySo',
  not_found: 'preview.notFound',
  changed_since: 'preview.changedSince',
};

const UNTOUCHED_SHOWN = 200;
/** Characters that fit on a button on a phone. */
const LONGEST_LABEL = 48;

export function createPresentProposal(deps: {
  readonly readFieldSchemas: ReadFieldSchemas;
  readonly siteUrl: string;
  readonly scriptName: string;
}): PresentProposal {
  return async function presentProposal(proposal) {
    const { plan, digest, actor, permissions, path, view, csrf } = proposal;
    const refused = permissions?.counts.refused ?? 0;
    const toDo = plan.changes.length - refused;
    const ordered = refusedFirst(plan, permissions);
    const page = pageOf(ordered, view, ({ change }) => change.name);
    const labels = await labelsFor(
      page.items.map(({ change }) => change.entityType),
      proposal.projectId,
    );
    const count = (reason: UntouchedRow['reason']): number =>
      plan.untouched.filter((row) => row.reason === reason).length;
    const { refusal } = proposal;
    const canConfirm = toDo > 0 && proposal.confirmation !== 'never' && refusal === undefined;
    return {
      page: 'preview',
      model: (texts) => {
        const { t } = texts;
        const title = proposal.title(texts);
        return {
          title,
          action: { title },
          where: proposal.where(texts),
          notice: proposal.notice && t(proposal.notice),
          refusal: refusal && { code: refusal.code, ...refusal.said },
          actor: { name: actor.name, login: actor.login, initials: initialsOf(actor.name) },
          by: meansText(texts, actor, deps.scriptName),
          entityType: proposal.entityType,
          counts: {
            changes: plan.changes.length,
            creates: plan.changes.filter(({ kind }) => kind === 'create').length,
            deletes: plan.changes.filter(({ kind }) => kind === 'delete').length,
            refused,
            toDo,
            alreadySo: count('already_so'),
            notFound: count('not_found'),
            changedSince: count('changed_since'),
          },
          dryRun: permissions === undefined ? undefined : dryRunText(texts, permissions, plan.changes.length),
          changes: page.items.map(({ change, permission }) => ({
            ...presentChange(texts, change, labels(change.entityType), deps.siteUrl),
            entityType: change.entityType,
            refusal: permission?.permission === 'refused' ? permission.reason : undefined,
          })),
          pager: presentPager(page, plan.changes.length, view, path, { plan: digest }),
          untouched: plan.untouched.slice(0, UNTOUCHED_SHOWN).map((row) => ({
            name: row.name,
            href: detailUrl(deps.siteUrl, row.entityType, row.id),
            reason: t(REASONS[row.reason]),
          })),
          untouchedTotal: plan.untouched.length,
          report:
            plan.report === undefined || proposal.reportPath === undefined
              ? undefined
              : presentReport(texts, plan.report, deps.siteUrl, {
                  csv: `${proposal.reportPath}.csv?plan=${digest}`,
                  file: `${proposal.reportPath}/file?plan=${digest}`,
                }),
          emptyMessage: plan.report === undefined ? t(proposal.emptyMessage) : undefined,
          canConfirm,
          onlyAllowed: refused > 0,
          typeNumber: proposal.confirmation === 'type_number' ? toDo : undefined,
          confirmLabel: confirmLabel(texts, {
            title,
            count: toDo,
            rows: countOf(texts, toDo, nounOf(plan, proposal.entityType)),
            name: actor.name,
          }),
          runPath: proposal.confirmPath,
          csrf,
          planDigest: digest,
          scripts: plan.report?.table === undefined ? [] : ['sort-table.js'],
          ...proposal.more,
        };
      },
      json: {
        ...proposal.json,
        actor: { id: actor.id, login: actor.login, name: actor.name, ...executorJson(actor, deps.scriptName) },
        plan: { digest, changes: plan.changes, untouched: plan.untouched },
        ...(plan.report === undefined ? {} : { report: plan.report }),
        ...(permissions === undefined ? {} : { permissions }),
        ...(refusal === undefined ? {} : { refused: { code: refusal.code, message: refusal.message } }),
        ...(canConfirm || (permissions === undefined && refusal === undefined)
          ? {
              confirm: {
                method: 'POST',
                path: proposal.confirmPath,
                fields: {
                  csrf,
                  plan: digest,
                  ...(refused > 0 ? { only_allowed: 'on' } : {}),
                  ...(proposal.confirmation === 'type_number' ? { count: String(toDo) } : {}),
                },
              },
            }
          : {}),
      },
    };
  };

  /** Names of fields and statuses of every type that the page shows. */
  async function labelsFor(types: readonly string[], projectId: number | undefined): Promise<(type: string) => Labels> {
    const known = new Map(
      await Promise.all(
        [...new Set(types)].map(
          async (type) => [type, await readLabels(deps.readFieldSchemas, type, projectId)] as const,
        ),
      ),
    );
    const codes = await readLabels(deps.readFieldSchemas, undefined, undefined);
    return (type) => known.get(type) ?? codes;
  }
}

type Judged = { readonly change: Plan['changes'][number]; readonly permission: RowPermission | undefined };

/** What will not be done comes first: it is what somebody has to know. */
function refusedFirst(plan: Plan, permissions: Permissions | undefined): readonly Judged[] {
  const judged = plan.changes.map((change, at): Judged => ({ change, permission: permissions?.rows[at] }));
  const isRefused = ({ permission }: Judged): boolean => permission?.permission === 'refused';
  return [...judged.filter(isRefused), ...judged.filter((row) => !isRefused(row))];
}

/** `reasons` are ShotGrid's, in its own words. */
type DryRunLine = { readonly text: string; readonly reasons?: string };

/** "37 of 40 are allowed; 3 are refused: …" */
function dryRunText(
  { t, number }: Texts,
  { rows, counts }: Permissions,
  total: number,
): { readonly kind: string; readonly lines: readonly DryRunLine[] } | undefined {
  const lines: DryRunLine[] = [];
  if (counts.refused > 0) {
    const reasons = new Map<string, number>();
    for (const row of rows) {
      if (row.permission === 'refused') reasons.set(row.reason, (reasons.get(row.reason) ?? 0) + 1);
    }
    const told = [...reasons]
      .slice(0, 5)
      .map(([reason, times]) => (reasons.size > 1 ? `${reason} (${number(times)})` : reason));
    const { refused } = counts;
    lines.push({
      text: t('preview.someRefused', { allowed: total - refused, total, refused }),
      reasons: told.join(' '),
    });
  }
  if (counts.unchecked > 0) {
    const isAll = counts.unchecked === total;
    lines.push({ text: isAll ? t('preview.noneAsked') : t('preview.someNotAsked', { count: counts.unchecked }) });
  }
  if (lines.length === 0) return undefined;
  return { kind: counts.refused === total ? 'bad' : counts.refused > 0 ? 'warn' : '', lines };
}

/** `3 Versions`; `5 rows` where a plan is about several types. */
function nounOf(plan: Plan, entityType: string | undefined): string | undefined {
  const types = new Set(plan.changes.map((change) => change.entityType));
  const [only = entityType] = types;
  return types.size > 1 ? undefined : only;
}

/** What the button does, in full, as long as that fits on one. */
function confirmLabel(
  { t }: Texts,
  said: { readonly title: string; readonly count: number; readonly rows: string; readonly name: string },
): string {
  const full = t('preview.confirmTitled', said);
  return full.length <= LONGEST_LABEL ? full : t('preview.confirm', said);
}
