/** The doctor's look at the whole set-up, on a page: begun by an administrator, recorded, and one at a time. */
import { Router, urlencoded, type Request, type Response } from 'express';
import type { Doctor, Questions } from '../../doctor/doctor.ts';
import type { Level, Report } from '../../doctor/report.ts';
import type { TextKey } from '../../texts/language.ts';
import type { Recorder } from '../recorder.ts';
import type { Respond } from '../respond.ts';
import type { Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type AdminDoctorDeps = {
  readonly doctor: Doctor;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
};

const PATH = '/admin/doctor';

const WORDS: Readonly<Record<Report['level'], TextKey>> = {
  ok: 'doctor.allWell',
  warning: 'doctor.wantsLook',
  failure: 'doctor.isBroken',
};

const LEVELS: Readonly<Record<Level, TextKey>> = {
  failure: 'doctor.failure',
  warning: 'doctor.warning',
  skipped: 'doctor.skipped',
  ok: 'doctor.ok',
};

export function adminDoctorRoutes(deps: AdminDoctorDeps): Router {
  const router = Router();
  let underWay: Promise<unknown> = Promise.resolve();

  router.get(PATH, (request, response) => show(request, response));

  router.post(PATH, urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    deps.csrf.verifySession(request, bodyField(request, 'csrf'));
    const asLogin = bodyField(request, 'as')?.trim().slice(0, 255) ?? '';
    // Before the look: if it cannot be recorded that somebody asks for a token, none is asked for.
    await deps.recorder.examined(request, { asLogin: asLogin === '' ? undefined : asLogin });
    // It asks everybody it knows: two at once would be twice the load and tell nothing more.
    const looking = underWay.then(() => look(asLogin === '' ? {} : { asLogin }));
    underWay = looking.catch(() => undefined);
    show(request, response, await looking);
  });

  return router;

  function look(questions: Questions): Promise<Report> {
    return deps.doctor(questions);
  }

  function show(request: Request, response: Response, report?: Report): void {
    const csrf = deps.csrf.sessionToken(request);
    deps.respond(request, response, {
      page: 'admin-doctor',
      model: ({ t }) => ({
        title: t('doctor.title'),
        section: 'admin',
        style: 'admin.css',
        styles: ['form.css'],
        room: 'doctor',
        path: PATH,
        csrf,
        asLogin: bodyField(request, 'as') ?? '',
        report: report && {
          ...report,
          words: t(WORDS[report.level]),
          timeText: `${report.time.slice(0, 19).replace('T', ' ')} UTC`,
          seconds: report.ms / 1000,
          // What is wrong first.
          checks: report.checks
            .toSorted((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level))
            .map((check) => ({ ...check, levelText: t(LEVELS[check.level]) })),
        },
      }),
      json: {
        look: { method: 'POST', path: PATH, fields: { csrf, as: '' } },
        ...(report === undefined ? {} : { report }),
      },
    });
  }
}

const ORDER: readonly string[] = ['failure', 'warning', 'skipped', 'ok'];
