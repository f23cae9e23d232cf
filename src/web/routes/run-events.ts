/** How far a run is, as server-sent events: at least one a second while it goes on, and a last one that says it is over. */
import { Router } from 'express';
import type { Progress, RunProgress } from '../../runs/progress.ts';
import { TooManyStreamsError } from '../errors.ts';
import type { OpenRun } from '../open-run.ts';

export type RunEventsDeps = {
  readonly openRun: OpenRun;
  readonly progress: Progress;
  readonly isDraining: () => boolean;
};

const BEAT_MS = 1_000;
/** A page asks again by itself when its stream ends. */
const LONGEST_MS = 30 * 60 * 1_000;
const MAX_STREAMS = 500;
const MAX_STREAMS_OF_ONE = 12;

export function runEventsRoutes(deps: RunEventsDeps): Router {
  const router = Router();
  const open = new Map<string, number>();

  router.get('/runs/:id/events', async (request, response) => {
    const opened = await deps.openRun(request, response);
    if (opened === undefined) return;
    const { run, identity } = opened;
    const key = JSON.stringify([identity.issuer, identity.subject]);
    const all = [...open.values()].reduce((sum, count) => sum + count, 0);
    const own = open.get(key) ?? 0;
    if (all >= MAX_STREAMS || own >= MAX_STREAMS_OF_ONE) {
      response.set('Retry-After', '10');
      throw new TooManyStreamsError();
    }
    open.set(key, own + 1);
    const ended = new AbortController();
    response.on('close', () => ended.abort());
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(LONGEST_MS)]);

    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    let latest: RunProgress | undefined;
    const say = (event: string): void => {
      if (!signal.aborted) response.write(`event: ${event}\ndata: ${JSON.stringify(latest ?? {})}\n\n`);
    };
    // Between two changes the last word is said again, so that nobody in between takes the stream for dead.
    const beat = setInterval(() => {
      if (deps.isDraining()) ended.abort();
      else say('progress');
    }, BEAT_MS);
    try {
      for await (const progress of deps.progress.subscribe(run.id, signal)) {
        latest = progress;
        say('progress');
      }
      if (latest !== undefined && latest.status !== 'running') say('end');
    } finally {
      clearInterval(beat);
      const left = (open.get(key) ?? 1) - 1;
      if (left > 0) open.set(key, left);
      else open.delete(key);
      response.end();
    }
  });

  return router;
}
