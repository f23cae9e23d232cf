/** The frame of a click that went on in a window of its own: says so, and how far it is. Pure. */
import type { AmiPayload } from '../ami/payload.ts';
import type { RunCounts } from '../runs/outcome.ts';
import type { Run } from '../runs/run-store.ts';
import type { Launch } from '../session/launches.ts';
import { pageUrl } from '../shotgrid/links.ts';
import type { Answer } from './respond.ts';

export type PresentMoved = (shown: {
  readonly launch: Launch<AmiPayload>;
  /** Undefined until the person has confirmed, in the window. */
  readonly run: Run | undefined;
  readonly counts: RunCounts | undefined;
}) => Answer;

export function createPresentMoved(deps: { readonly siteUrl: string }): PresentMoved {
  return function presentMoved({ launch, run, counts }) {
    const total = Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);
    const settled = total - (counts?.waiting ?? 0);
    const status = run?.status ?? 'unconfirmed';
    const isOver = run !== undefined && run.status !== 'running';
    return {
      page: 'overlay-moved',
      model: ({ t }) => ({
        title: run?.context.title ?? t('overlay.inAnotherWindow'),
        narrow: true,
        isOver,
        run: run && { title: run.context.title },
        settled,
        total,
        done: counts?.done ?? 0,
        followPath: `/launches/${launch.id}`,
        // What the script compares, to know when there is something new to show.
        mark: markOf(status, settled),
        refreshSeconds: isOver ? undefined : 5,
        backHref: pageUrl(deps.siteUrl, launch.payload.referrerPath) ?? deps.siteUrl,
      }),
      json: { launch: launch.id, state: 'moved', status, settled, total, mark: markOf(status, settled) },
    };
  };
}

function markOf(status: string, settled: number): string {
  return `moved.${status}.${settled}`;
}
