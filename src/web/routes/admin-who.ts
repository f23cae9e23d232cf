/** "Who would I be?": claims or a person, and what a click of theirs would get. Reads only; that somebody asked is recorded. */
import { Router, urlencoded, type Request, type Response } from 'express';
import type { ExplainPerson, Explanation, WhoIsMeant } from '../../runs/explain-person.ts';
import type { ShotgridClient } from '../../shotgrid/client.ts';
import type { Texts } from '../../texts/texts.ts';
import { FormInvalidError } from '../errors.ts';
import { explanationJson, presentExplanation } from '../present-who.ts';
import { readClaims } from '../read-claims.ts';
import type { Recorder } from '../recorder.ts';
import { wantsJson, type Respond } from '../respond.ts';
import type { Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type AdminWhoDeps = {
  readonly explainPerson: ExplainPerson;
  readonly script: Pick<ShotgridClient, 'search'>;
  readonly sudoPolicy: string;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
  readonly siteUrl: string;
  /** Undefined where people sign in with their ShotGrid password alone: nobody sends claims then. */
  readonly issuerUrl: string | undefined;
};

const PATH = '/admin/who';
const MOST_PEOPLE = 20;
const MAX_QUERY_LENGTH = 100;
const PICK = /^HumanUser:([1-9]\d{0,14})$/;

export function adminWhoRoutes(deps: AdminWhoDeps): Router {
  const router = Router();
  const takesClaims = deps.issuerUrl !== undefined;

  router.get(PATH, (request, response) => show(request, response, {}));

  router.post(PATH, urlencoded({ extended: false, limit: '200kb' }), async (request, response) => {
    deps.csrf.verifySession(request, bodyField(request, 'csrf'));
    const { who, field, problem } = readWho(request, takesClaims);
    if (who === undefined) {
      const error = new FormInvalidError([field]);
      if (wantsJson(request)) throw error;
      await deps.recorder.refusal(request, error);
      show(request, response, { status: error.status, field, problem });
      return;
    }
    const found = await deps.explainPerson(who);
    await deps.recorder.personExplained(request, {
      about: found.person?.login ?? found.mapping?.login ?? (who.from === 'login' ? who.login : 'nobody'),
      from: who.from === 'claims' ? 'claims' : 'person',
      verdict: found.refusal?.code ?? 'allowed',
    });
    show(request, response, { found });
  });

  router.get('/admin/people', async (request, response) => {
    const { q } = request.query;
    const text = typeof q === 'string' ? q.trim().slice(0, MAX_QUERY_LENGTH) : '';
    const rows =
      text === ''
        ? []
        : await deps.script.search('HumanUser', {
            filters: {
              logical_operator: 'or',
              conditions: [
                ['name', 'contains', text],
                ['login', 'contains', text],
              ],
            },
            fields: ['name', 'login'],
            limit: MOST_PEOPLE,
          });
    response.json({
      options: rows.map(({ id, fields }) => ({
        type: 'HumanUser',
        id,
        name: textOf(fields['name']) ?? textOf(fields['login']) ?? `HumanUser ${id}`,
        linkedTo: textOf(fields['login']) ?? null,
      })),
    });
  });

  return router;

  function show(
    request: Request,
    response: Response,
    shown: {
      readonly status?: number;
      readonly found?: Explanation;
      readonly field?: string;
      readonly problem?: Problem | undefined;
    },
  ): void {
    const { found } = shown;
    const csrf = deps.csrf.sessionToken(request);
    deps.respond(request, response, {
      ...(shown.status === undefined ? {} : { status: shown.status }),
      page: 'admin-who',
      model: (texts) => ({
        title: texts.t('who.title'),
        section: 'admin',
        style: 'admin.css',
        styles: ['form.css'],
        script: 'form.js',
        room: 'who',
        path: PATH,
        csrf,
        takesClaims,
        claims: bodyField(request, 'claims') ?? '',
        login: bodyField(request, 'person') ?? '',
        field: shown.field,
        problem: shown.problem?.(texts),
        policy: deps.sudoPolicy,
        found: found && presentExplanation(texts, found, deps.siteUrl),
      }),
      json: {
        ask: { method: 'POST', path: PATH, fields: { csrf, ...(takesClaims ? { claims: '' } : {}), person: '' } },
        ...(found === undefined ? {} : { policy: deps.sudoPolicy, ...explanationJson(found) }),
      },
    });
  }
}

type Problem = (texts: Texts) => string;

type Wish = { readonly who?: WhoIsMeant; readonly field: string; readonly problem?: Problem };

function readWho(request: Request, takesClaims: boolean): Wish {
  const claims = bodyField(request, 'claims')?.trim() ?? '';
  const person = bodyField(request, 'person')?.trim() ?? '';
  const picked = PICK.exec(bodyField(request, 'person_pick') ?? '')?.[1];
  if (!takesClaims && claims !== '') return { field: 'person', problem: ({ t }) => t('who.noClaimsHere') };
  const asked = [claims, picked ?? person].filter((text) => text !== '').length;
  if (asked === 0) {
    return takesClaims
      ? { field: 'claims', problem: ({ t }) => t('who.nothingAsked') }
      : { field: 'person', problem: ({ t }) => t('who.nobodyNamed') };
  }
  if (asked === 2) return { field: 'claims', problem: ({ t }) => t('who.oneAtATime') };
  if (picked !== undefined) return { field: 'person', who: { from: 'person', id: Number(picked) } };
  if (claims === '') return { field: 'person', who: { from: 'login', login: person.slice(0, 255) } };
  const read = readClaims(claims);
  if ('problem' in read) return { field: 'claims', problem: read.problem };
  return { field: 'claims', who: { from: 'claims', claims: read.claims } };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
