/** How far a run is, as server-sent events: at least one a second while it goes on, and a last one that says it is over. */
import { Router } from 'express';
import type { Progress, RunProgress } from '../../runs/progress.ts';
import { isSessionAlive } from '../../session/middleware.ts';
import { createStreamSlots } from '../limits/stream-slots.ts';
import type { OpenRun } from '../open-run.ts';

export type RunEventsDeps = {
  readonly openRun: OpenRun;
  readonly progress: Progress;
  readonly isDraining: () => boolean;
};

const BEAT_MS = 1_000;
/** A session that was ended elsewhere is told nothing more after this many beats. */
const LOOK_EVERY_BEATS = 5;
/** A page asks again by itself when its stream ends. */
const LONGEST_MS = 30 * 60 * 1_000;
const MOST = { inAll: 500, ofOne: 12 };

export function runEventsRoutes(deps: RunEventsDeps): Router {
  const router = Router();
  const slots = createStreamSlots(MOST);

  router.get('/runs/:id/events', async (request, response) => {
    const opened = await deps.openRun(request, response);
    if (opened === undefined) return;
    const { run, identity } = opened;
    const giveBack = slots.take(JSON.stringify([identity.issuer, identity.subject]));
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
      // Whoever does not read what was said before is not told more: it would pile up here.
      if (signal.aborted || response.writableNeedDrain) return;
      response.write(`event: ${event}\ndata: ${JSON.stringify(latest ?? {})}\n\n`);
    };
    let beats = 0;
    // Between two changes the last word is said again, so that nobody in between takes the stream for dead.
    const beat = setInterval(() => {
      beats += 1;
      if (deps.isDraining()) ended.abort();
      else say('progress');
      if (beats % LOOK_EVERY_BEATS !== 0) return;
      isSessionAlive(request).then(
        (isAlive) => isAlive || ended.abort(),
        () => ended.abort(),
      );
    }, BEAT_MS);
    try {
      for await (const progress of deps.progress.subscribe(run.id, signal)) {
        latest = progress;
        say('progress');
      }
      if (latest !== undefined && latest.status !== 'running') say('end');
    } finally {
      clearInterval(beat);
      giveBack();
      response.end();
    }
  });

  return router;
}
