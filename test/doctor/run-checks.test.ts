import { describe, expect, it } from '@jest/globals';
import { ServiceError } from '../../src/errors.ts';
import { said } from '../../src/texts/said.ts';
import { ok, skipped, warning, type Check } from '../../src/doctor/report.ts';
import { runChecks } from '../../src/doctor/run-checks.ts';

class Away extends ServiceError {
  readonly code = 'away';
  readonly status = 503;
}

const check = (id: string, run: Check['run']): Check => ({ id, title: id, run });
const options = { now: () => new Date(), patienceMs: 50 };
const fine = check('fine', () => Promise.resolve(ok('all well')));

describe('runChecks', () => {
  it('answers for every check, in order, whatever becomes of the others', async () => {
    const report = await runChecks(
      [
        check('throws', () =>
          Promise.reject(new Away(said('explanation.siteUnreachable'), said('remedy.siteUnavailable'))),
        ),
        check('hangs', () => new Promise(() => undefined)),
        check('throws at once', () => {
          throw new Error('the secret is hunter2');
        }),
        fine,
      ],
      options,
    );
    expect(report.checks.map(({ id, level, saw, remedy }) => [id, level, saw, remedy])).toEqual([
      [
        'throws',
        'failure',
        'The ShotGrid site cannot be reached.',
        'Try again in a minute. If it goes on, tell your ShotGrid admin.',
      ],
      [
        'hangs',
        'failure',
        'No answer in 0.05 seconds.',
        'Look at what this check asks: something on the way to it hangs.',
      ],
      [
        'throws at once',
        'failure',
        'The check itself could not be made.',
        'Tell the people who make this server what you see here.',
      ],
      ['fine', 'ok', 'all well', undefined],
    ]);
    expect(JSON.stringify(report)).not.toContain('hunter2');
  });

  it('starts all of them before any has ended', async () => {
    const started: string[] = [];
    const all = Promise.withResolvers<undefined>();
    const waits = (id: string): Check =>
      check(id, async () => {
        if (started.push(id) === 3) all.resolve(undefined);
        await all.promise;
        return ok('met the others');
      });
    expect((await runChecks(['a', 'b', 'c'].map(waits), { ...options, patienceMs: 5_000 })).level).toBe('ok');
  });

  it('tells a check that its time is over, so that it lets go of what it holds', async () => {
    const told = Promise.withResolvers<boolean>();
    await runChecks(
      [
        check('holds', (signal) => {
          signal.addEventListener('abort', () => told.resolve(signal.aborted));
          return new Promise(() => undefined);
        }),
      ],
      options,
    );
    expect(await told.promise).toBe(true);
  });

  it.each([
    ['ok', [fine, check('no need', () => Promise.resolve(skipped('nothing to look at')))]],
    ['warning', [fine, check('hm', () => Promise.resolve(warning('odd', 'look')))]],
    [
      'failure',
      [
        check('bad', () => Promise.reject(new Away(said('explanation.siteBusy'), said('remedy.tryInAMinute')))),
        check('hm', () => Promise.resolve(warning('o', 'l'))),
      ],
    ],
  ])('is as bad as its worst check: %s', async (level, checks) => {
    expect((await runChecks(checks, options)).level).toBe(level);
  });
});
