import { describe, expect, it } from '@jest/globals';
import {
  isServiceUrl,
  proofWishOf,
  remotePiece,
  touchesPiece,
  unknownSecretFields,
} from '../../../src/actions/remote/remote-file.ts';

const good = { url: 'https://farm.studio.example/plan', secret: 'REMOTE_SECRET_FARM' };

describe('the key "remote" of an action file', () => {
  it('needs an address and a secret, and asks for nothing else by default', () => {
    expect(remotePiece.parse(good)).toEqual({ ...good, fields: [], secret_fields: [], timeout_seconds: 10 });
  });

  it.each([
    [{ url: 'http://farm.studio.example/plan' }, 'url'],
    [{ url: 'https://user:pass@farm.studio.example' }, 'url'],
    [{ url: 'https://farm.studio.example/#x' }, 'url'],
    [{ url: 'file:///etc/passwd' }, 'url'],
    [{ secret: 'SHOTGRID_SCRIPT_KEY' }, 'secret'],
    [{ secret: 'REMOTE_SECRET_FARM\nX' }, 'secret'],
    [{ timeout_seconds: 61 }, 'timeout_seconds'],
    [{ timeout_seconds: 0 }, 'timeout_seconds'],
    [{ fields: ['entity.Shot.code', 'a b'] }, 'fields.1'],
    [{ assertion: { audience: '' } }, 'assertion.audience'],
    [{ assertion: { audience: 'a b' } }, 'assertion.audience'],
    [{ access_token: {} }, 'access_token'],
    [{ access_token: { audience: 'farm' }, assertion: { audience: 'farm' } }, ''],
    [{ script_key: true }, ''],
  ])('does not take %j', (change, place) => {
    const result = remotePiece.safeParse({ ...good, ...change });
    expect(result.error?.issues.map(({ path }) => path.join('.'))).toEqual([place]);
  });

  it('gives proof to the service that it names, of the kind that it names', () => {
    expect(proofWishOf(remotePiece.parse(good))).toBeUndefined();
    expect(proofWishOf(remotePiece.parse({ ...good, assertion: { audience: 'farm' } }))).toEqual({
      kind: 'assertion',
      audience: 'farm',
    });
    expect(proofWishOf(remotePiece.parse({ ...good, access_token: { resource: 'https://farm' } }))).toEqual({
      kind: 'access_token',
      resource: 'https://farm',
    });
  });

  it('names secret fields that the form has', () => {
    const settings = remotePiece.parse({ ...good, secret_fields: ['pin', 'pim', 'note'] });
    const form = [
      { name: 'pin', secret: true },
      { name: 'note', secret: false },
    ];
    expect(unknownSecretFields(settings, form)).toEqual(['pim', 'note']);
  });

  it.each(['http://localhost:9000/x', 'http://127.0.0.1/x', 'http://[::1]:9000/', 'https://farm.example?x=1'])(
    'may point at %s',
    (url) => {
      expect(isServiceUrl(url)).toBe(true);
    },
  );
});

describe('the key "touches"', () => {
  it('reads as the three things that can be done', () => {
    expect(
      touchesPiece.parse([
        { update: 'Version', fields: ['sg_status_list'] },
        { create: 'Note', fields: ['subject'] },
        { delete: 'Task' },
      ]),
    ).toEqual([
      { operation: 'update', entityType: 'Version', fields: ['sg_status_list'] },
      { operation: 'create', entityType: 'Note', fields: ['subject'] },
      { operation: 'delete', entityType: 'Task', fields: [] },
    ]);
  });

  it.each([
    { update: 'Version' },
    { update: 'Version', fields: [] },
    { update: 'version', fields: ['code'] },
    { delete: 'Version', fields: ['code'] },
    { update: 'Version', create: 'Note', fields: ['code'] },
    { revive: 'Version' },
  ])('is not %j', (touch) => {
    expect(touchesPiece.safeParse([touch]).success).toBe(false);
  });
});
