/** A click, from fields to a verified payload. The order matters: nothing is parsed richly before its sender is known. */
import { createHash } from 'node:crypto';
import { said } from '../texts/said.ts';
import { AmiSignatureError } from './errors.ts';
import type { AmiForm } from './form.ts';
import { verifyFreshness } from './freshness.ts';
import { parseLight } from './light.ts';
import type { LightClick } from './light.ts';
import { parsePayload, requireFields } from './payload.ts';
import type { AmiPayload } from './payload.ts';
import { normalisedSignature, verifySignature } from './signature.ts';
import type { SignatureRules } from './signature.ts';
import { verifySite } from './site.ts';

export type ClickRules = SignatureRules & {
  readonly now: Date;
  readonly maxAgeSeconds: number;
  readonly siteUrl: URL;
  /** The action takes light clicks that nobody signed; what they say then comes from the site's own event log alone. */
  readonly allowsUnsignedLight: boolean;
};

export type VerifiedClick =
  | { readonly kind: 'full'; readonly payload: AmiPayload; readonly replayKey: string }
  | { readonly kind: 'light'; readonly light: LightClick; readonly replayKey: string };

/**
 * Verifies a click in this order: required fields, signature, freshness, site, and only then the rest of the payload. A light
 * click comes back as the event log row to fetch (see `payloadFromEventLogEntry`).
 *
 * `replayKey` is for one-time use and is safe to keep: a hash of the signature (or of the row's number), which does not depend
 * on how the signature is spelled. The action is not in it, because the signature does not cover the URL: a click caught on
 * its way to one action must not open a second launch at another.
 *
 * @throws {@link AmiMalformedError}, {@link AmiSignatureError}, {@link AmiStaleError}, {@link AmiWrongSiteError} or
 * {@link AmiTooLargeError}; nothing else, whatever the form holds (rules without a secret token are a TypeError).
 */
export function verifyClick(form: AmiForm, rules: ClickRules): VerifiedClick {
  const light = parseLight(form);
  if (light !== undefined) return verifyLight(form, light, rules);
  requireFields(form, ['user_id', 'user_login', 'server_hostname']);
  verifySignature(form, rules);
  verifyFreshness(form.get('timestamp'), rules);
  verifySite(form.get('server_hostname'), rules.siteUrl);
  const payload = parsePayload(form);
  return { kind: 'full', payload, replayKey: hash(`signature\n${normalisedSignature(form, rules.algorithm)}`) };
}

/** A signature that is there must be right, also where none is needed. */
function verifyLight(form: AmiForm, light: LightClick, rules: ClickRules): VerifiedClick {
  if (form.has('signature')) {
    verifySignature(form, rules);
    verifyFreshness(form.get('timestamp'), rules);
  } else if (!rules.allowsUnsignedLight) {
    throw new AmiSignatureError(said('explanation.formUnsigned'));
  }
  const host = form.get('server_hostname') ?? '';
  if (host !== '') verifySite(host, rules.siteUrl);
  return { kind: 'light', light, replayKey: hash(`event log row\n${light.eventLogEntryId}`) };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
