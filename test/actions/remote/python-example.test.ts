import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { formSchema } from '../../../src/actions/form-schema.ts';
import { createRemoteServices } from '../../../src/actions/remote/ask.ts';
import { planRemotely } from '../../../src/actions/remote/plan-remotely.ts';
import { remotePiece, touchesPiece } from '../../../src/actions/remote/remote-file.ts';
import { PYTHON } from '../../support/python.ts';
import { contextFor } from './site.ts';

const FOLDER = new URL('../../../infra/examples/python-action/', import.meta.url);
const [NEW, OLD] = ['the newest secret of more than thirty-two', 'an older secret of more than thirty-two'];

// A machine without Python can still run the rest; the machine that decides cannot.
(PYTHON !== undefined || process.env['CI'] === 'true' ? describe : describe.skip)(
  'the example service in Python',
  () => {
    let service: ChildProcess;
    let origin: string;
    beforeAll(async () => {
      service = spawn(PYTHON ?? 'python3', [fileURLToPath(new URL('service.py', FOLDER))], {
        env: { PATH: process.env['PATH'], PORT: '0', REMOTE_SECRET_NAMES: `${NEW}, ${OLD}` },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      origin = await new Promise<string>((resolve, reject) => {
        service.once('exit', () => reject(new Error('the service ended')));
        createInterface({ input: service.stdout! }).once('line', (line) => resolve(line.replace('listening on ', '')));
      });
    });
    afterAll(() => {
      service.kill('SIGKILL');
    });

    it('plans, with the action file beside it', async () => {
      const plan = await check([NEW]);
      expect(plan).toEqual({
        changes: [
          {
            kind: 'update',
            entityType: 'Version',
            id: 12,
            name: 'bunny_020',
            fields: [{ field: 'description', before: null, after: 'No suffix. (checked for Alma Ortiz)' }],
          },
          {
            kind: 'update',
            entityType: 'Version',
            id: 11,
            name: 'bunny_010',
            fields: [{ field: 'description', before: 'first', after: 'No suffix. (checked for Alma Ortiz)' }],
          },
        ],
        untouched: [],
        report: {
          title: 'Names of the selected Versions',
          table: {
            columns: [
              { label: 'Version', type: 'text' },
              { label: 'Name', type: 'text' },
            ],
            rows: [
              ['bunny_020', 'should end in _v and three digits'],
              ['bunny_010', 'should end in _v and three digits'],
            ],
          },
        },
      });
    });

    it('believes an older secret while secrets are changed, and no other', async () => {
      await expect(check([OLD])).resolves.toBeDefined();
      await expect(check(['somebody else’s secret, just as long as these'])).rejects.toMatchObject({
        code: 'remote_unavailable',
        diagnosis: 'status 401',
      });
    });

    it('answers each question once', async () => {
      const question = signed();
      expect((await send(question)).status).toBe(200);
      const again = await send(question);
      expect([again.status, await again.json()]).toEqual([409, { error: 'this question was asked before' }]);
    });

    it.each([-61, 61])('answers none that is %i seconds off', async (seconds) => {
      const response = await send(signed({ at: new Date(Date.now() + seconds * 1000) }));
      expect([response.status, await response.json()]).toEqual([
        401,
        { error: 'the question is too old, or the clocks disagree' },
      ]);
    });

    it.each<[string, (question: Signed) => Signed]>([
      ['its body', (question) => ({ ...question, body: question.body.replace('artist', 'manager') })],
      [
        'its time',
        (question) => changed(question, 'x-understudy-timestamp', new Date(Date.now() + 1000).toISOString()),
      ],
      ['its id', (question) => changed(question, 'x-understudy-request-id', 'another')],
      ['its signature', (question) => changed(question, 'x-understudy-signature', 'sha256=00')],
      [
        'the case of its signature',
        (question) =>
          changed(question, 'x-understudy-signature', question.headers['x-understudy-signature']!.toUpperCase()),
      ],
      ['letters in its signature', (question) => changed(question, 'x-understudy-signature', 'sha256=\u00e9')],
    ])('does not answer one with %s changed', async (_, change) => {
      expect((await send(change(signed()))).status).toBe(401);
    });

    it('does not answer one that is not signed at all', async () => {
      expect((await send({ ...signed(), headers: {} })).status).toBe(401);
    });

    async function check(secrets: readonly string[]) {
      const file = parse(readFileSync(new URL('check-names.yml', FOLDER), 'utf8')) as Record<string, unknown>;
      const settings = remotePiece.parse(file['remote']);
      const services = createRemoteServices({
        siteUrl: 'https://studio.example',
        origins: [origin],
        privateHosts: ['127.0.0.1'],
        secretsByName: new Map([[settings.secret, secrets]]),
        now: () => new Date(),
        randomId: randomUUID,
      });
      try {
        const action = {
          id: 'check-names',
          form: formSchema.parse(file['form']),
          touches: touchesPiece.parse(file['touches']),
          maxRows: 5000,
        };
        const plan = planRemotely({ ...settings, url: `${origin}/check-names` }, action);
        return await plan(contextFor({ form: { remark: 'No suffix.' }, remote: services }));
      } finally {
        await services.close();
      }
    }

    function send({ headers, body }: Signed): Promise<Response> {
      return fetch(`${origin}/check-names`, { method: 'POST', headers, body });
    }
  },
);

type Signed = { readonly headers: Record<string, string>; readonly body: string };

function signed({ at = new Date() } = {}): Signed {
  const [timestamp, requestId] = [at.toISOString(), randomUUID()];
  const body = JSON.stringify({ version: 1, person: { name: 'artist' }, rows: [], form: {} });
  const signature = createHmac('sha256', NEW).update(`${timestamp}\n${requestId}\n${body}`).digest('hex');
  return {
    body,
    headers: {
      'x-understudy-signature': `sha256=${signature}`,
      'x-understudy-timestamp': timestamp,
      'x-understudy-request-id': requestId,
    },
  };
}

function changed(question: Signed, header: string, value: string): Signed {
  return { ...question, headers: { ...question.headers, [header]: value } };
}
