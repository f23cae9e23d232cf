/** "Forget me": the person's own session in ShotGrid, on the account page. */
import { urlencoded, Router } from 'express';
import type { ApprovalDesk } from '../approval-desk.ts';
import { LoginRequiredError } from '../errors.ts';
import { holderOf } from '../matter.ts';
import type { Recorder } from '../recorder.ts';
import { identityOf, type Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type SiteSessionDeps = {
  readonly desk: Pick<ApprovalDesk, 'forgetPerson'>;
  readonly recorder: Pick<Recorder, 'context'>;
  readonly csrf: Csrf;
};

export function siteSessionRoutes(deps: SiteSessionDeps): Router {
  const router = Router();

  router.post(
    '/account/site-session/forget',
    urlencoded({ extended: false, limit: '10kb' }),
    async (request, response) => {
      const identity = identityOf(request);
      if (identity === undefined) throw new LoginRequiredError();
      deps.csrf.verifySession(request, bodyField(request, 'csrf'));
      await deps.desk.forgetPerson(identity, holderOf(request, identity), deps.recorder.context(request));
      response.redirect(303, '/account?notice=forgotten');
    },
  );

  return router;
}
