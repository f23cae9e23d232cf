/**
 * The format of the audit log, version 1, so that any language can check it. A record is `seq`, `hash` and `line`:
 *
 *   line  one JSON object as UTF-8 text, kept exactly as it was sealed; it begins with `{"v":1,"seq":<seq>,`.
 *         It holds no byte 0A, and U+FFFD only as the escape `\ufffd`: a raw one is a byte that was damaged.
 *   hash  SHA-256, 64 lower-case hex digits, over these bytes:
 *         `understudy audit record v1\n` + <hash of the record before, as its 64 hex digits> + `\n` + <line>
 *   seq   1 for the first record, then one more each; the record before the first has 64 zeros for a hash.
 *
 * The first record may be this line, and then has this hash:
 *
 *   {"v":1,"seq":1,"time":"2026-01-02T03:04:05.678Z","type":"logout","outcome":"success","reference":"K7Q2-9FMD","person":{"login":"artist","id":12,"proven":true},"details":{}}
 *   b3a2a467cc728437db4423414f0733811a84bc98cf49dec72178eb3e4ffc7442
 *
 * To check a log, recompute each hash from the one before and the stored bytes of the line; nothing is parsed or
 * written anew for it. By hand:
 *
 *   printf 'understudy audit record v1\n%s\n%s' "$hash_before" "$line" | sha256sum
 *
 * In a file, which may be compressed with gzip, a log or an unbroken part of one is these lines, each ended by byte 0A:
 *
 *   {"understudy":"audit log v1","after":{"seq":<seq>,"hash":"<hash>"}}
 *                    the record before the first one here, seq 0 and 64 zeros at the beginning of a log
 *   <hash> <line>    each record in order
 *   {"checkpoint":"v1","size":…   any number of these, each right behind the record that it is about: its size is
 *                    that record's seq and its head that record's hash; `checkpoint.ts` says how it is signed
 *   {"end":{"seq":<seq>,"hash":"<hash>"}}
 *                    the last record once more; the last line. A file without it was cut short, one with more behind
 *                    it was put together from several.
 *
 * The chain shows what was edited, left out, put in or moved. It cannot show that its end was cut off, or that all of it
 * was made anew from some record on: for that, a hash must have been kept elsewhere.
 *
 * Members of a line, in this order, absent when unknown: v, seq, time (RFC 3339 UTC, milliseconds), type, outcome,
 * code, reference, requestId, clientAddress, person {login, id, proven}, realActor {type, name}, subject {issuer,
 * subject}, actionId, launchId, runId, project {id, name}, sessionUuid, details. Readers ignore members they do not know.
 */
import { hash as digest } from 'node:crypto';
import type { AuditContext, AuditDetails, AuditEvent, AuditOutcome } from './event.ts';

/** Stands before the first record. */
export const NO_HASH = '0'.repeat(64);

const DOMAIN = 'understudy audit record v1\n';

/** A record as stored and exported. */
export type SealedRecord = { readonly seq: number; readonly hash: string; readonly line: string };

/** What the line of a record says. */
export type RecordContent = AuditContext & {
  readonly v: 1;
  readonly seq: number;
  /** RFC 3339 UTC. */
  readonly time: string;
  readonly type: string;
  readonly outcome: AuditOutcome;
  readonly code?: string;
  readonly details?: AuditDetails;
};

/** A record as read back. */
export type AuditRecord = SealedRecord & { readonly content: RecordContent };

/** Seals an event as the record after `previous`. */
export function sealRecord(
  event: AuditEvent,
  previous: { readonly seq: number; readonly hash: string },
  time: Date,
): SealedRecord {
  const seq = previous.seq + 1;
  const { type, outcome, code, context: c, details } = event;
  const { reference, requestId, clientAddress, person, realActor, subject, actionId, launchId, runId } = c;
  const { project, sessionUuid } = c;
  const who = { reference, requestId, clientAddress, person, realActor, subject };
  const what = { actionId, launchId, runId, project, sessionUuid, details };
  // JSON.stringify leaves out what is undefined and escapes NUL, line breaks and lone surrogates.
  const json = JSON.stringify({ v: 1, seq, time: time.toISOString(), type, outcome, code, ...who, ...what });
  const line = json.replaceAll('\uFFFD', '\\ufffd');
  return { seq, hash: hashRecord(previous.hash, line), line };
}

/** The hash of a record, from the hash of the one before it and its own stored bytes. */
export function hashRecord(previousHash: string, line: string): string {
  return digest('sha256', `${DOMAIN}${previousHash}\n${line}`);
}

/** The sequence number that a line itself states, or undefined when it is no line of this format. */
export function statedSeq(line: string): number | undefined {
  const stated = /^\{"v":1,"seq":([1-9]\d{0,15}),/.exec(line)?.[1];
  return stated === undefined ? undefined : Number(stated);
}

/** What a verified line says. @throws SyntaxError when it is no JSON. */
export function readContent(record: SealedRecord): RecordContent {
  return JSON.parse(record.line) as RecordContent;
}
