/** Going on as oneself: the page that waits for the person's approval in ShotGrid, and what it says when that comes to nothing. */
import { urlencoded, Router, type Request, type Response } from 'express';
import type { ApprovalDesk } from '../approval-desk.ts';
import type { AskToSignIn } from '../ask-to-sign-in.ts';
import { refusalOf } from '../approval-errors.ts';
import { LoginRequiredError, PageUnknownError } from '../errors.ts';
import { headingOf } from '../heading.ts';
import type { FindMatter, MatterAt } from '../matter.ts';
import type { OpenLaunch } from '../open-launch.ts';
import type { OpenRun } from '../open-run.ts';
import { approvalJson, presentApproval } from '../present-approval.ts';
import { wantsJson, type Respond } from '../respond.ts';
import type { Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type ApprovalDeps = {
  readonly desk: ApprovalDesk;
  readonly findMatter: FindMatter;
  readonly openLaunch: OpenLaunch;
  readonly askToSignIn: AskToSignIn;
  readonly openRun: OpenRun;
  readonly respond: Respond;
  readonly csrf: Csrf;
  readonly siteUrl: string;
};

type Opened = MatterAt & {
  readonly title: string;
  readonly csrf: string;
  /** @throws CsrfInvalidError */
  verify(given: unknown): void;
};

export function approvalRoutes(deps: ApprovalDeps): Router {
  const router = Router();
  const form = urlencoded({ extended: false, limit: '10kb' });

  for (const at of ['/launches/:id', '/runs/:id/undo', '/runs/:id/retry']) {
    router.get(`${at}/approval`, async (request, response) => {
      const opened = await open(request, response);
      if (opened === undefined) return;
      const { matter, path: next } = opened;
      const path = `${next}/approval`;
      const approval = (await deps.desk.find(matter)) ?? (await deps.desk.begin(matter));
      if (approval.state === 'approved' && !wantsJson(request)) {
        response.redirect(303, next);
        return;
      }
      const refusal = refusalOf(approval.state);
      const { csrf } = opened;
      deps.respond(request, response, {
        // To a program that asks what became of it, an end is an answer like any other.
        status: wantsJson(request) ? 200 : (refusal?.status ?? 200),
        page: 'approval',
        model: ({ t }) => ({
          title: t(refusal === undefined ? 'approval.continueAsYourself' : headingOf(refusal.code)),
          narrow: true,
          style: 'approval.css',
          scripts: approval.state === 'waiting' ? ['approval.js'] : [],
          refreshSeconds: approval.state === 'waiting' ? 3 : undefined,
          what: opened.title,
          approval: presentApproval(approval, { path, csrf }),
          refusal: refusal && { code: refusal.code, ...refusal.said },
          reference: approval.reference,
          backHref: deps.siteUrl,
        }),
        json: approvalJson(approval, { path, next, csrf }),
      });
    });

    router.post(`${at}/approval`, form, async (request, response) => {
      const opened = await open(request, response);
      if (opened === undefined) return;
      opened.verify(bodyField(request, 'csrf'));
      await deps.desk.begin(opened.matter);
      response.redirect(303, `${opened.path}/approval`);
    });
  }

  return router;

  /** Undefined once the answer is given: nobody is signed in, and the person is sent to do so. */
  async function open(request: Request, response: Response): Promise<Opened | undefined> {
    let page: Omit<Opened, keyof MatterAt>;
    if (request.path.toLowerCase().startsWith('/launches/')) {
      const { launch, action, cookie, identity } = await deps.openLaunch(request);
      if (identity === undefined) {
        if (wantsJson(request)) throw new LoginRequiredError();
        await deps.askToSignIn(request, response, { launch, action });
        return undefined;
      }
      page = {
        title: action.title,
        csrf: deps.csrf.launchToken(cookie, identity),
        verify: (given) => deps.csrf.verifyLaunch(cookie, identity, given),
      };
    } else {
      const opened = await deps.openRun(request, response);
      if (opened === undefined) return undefined;
      page = {
        title: opened.run.context.title,
        csrf: deps.csrf.sessionToken(request),
        verify: (given) => deps.csrf.verifySession(request, given),
      };
    }
    const found = await deps.findMatter(request);
    if (found === undefined) throw new PageUnknownError();
    return { ...found, ...page };
  }
}
