/** The check of the whole log, for auditors: the chain, its newest checkpoints, and how far each second sink has got. */
import type { RequestHandler } from 'express';
import type { AuditBeside, CheckedLog, SinkPosition } from '../../audit/beside.ts';
import type { ChainResult } from '../../audit/chain.ts';
import { numberText } from '../present-activity.ts';
import { timeText } from '../present.ts';
import type { Recorder } from '../recorder.ts';
import type { Respond } from '../respond.ts';

export type AuditVerifyDeps = {
  readonly auditBeside: AuditBeside;
  readonly recorder: Pick<Recorder, 'auditVerified'>;
  readonly respond: Respond;
};

export function verifyAudit({ auditBeside, recorder, respond }: AuditVerifyDeps): RequestHandler {
  return async function answerVerify(request, response) {
    const checked = await auditBeside.verify();
    const sinks = await auditBeside.sinks();
    const { result, newest } = checked;
    await recorder.auditVerified(request, result);
    respond(request, response, {
      page: 'audit-verify',
      model: () => ({
        title: 'Verify the log',
        section: 'audit',
        style: 'audit.css',
        narrow: true,
        intact: result.intact,
        message: result.intact ? 'Every record is there, in order and unedited.' : brokenText(result),
        // What is not there cannot be looked at.
        brokenAt: result.intact || result.reason === 'cut' ? undefined : result.brokenAt,
        size: result.intact ? numberText(result.size) : undefined,
        head: result.intact ? result.head : undefined,
        archived: result.intact && result.after !== undefined ? numberText(result.after) : undefined,
        checkpoint: newest && { ...newest, size: numberText(newest.size), timeText: timeText(new Date(newest.time)) },
        checkpointText: checkpointText(checked),
        sinks: sinks.map(presentSink),
      }),
      json: {
        ...result,
        checkpoint: newest ?? null,
        checkpointsChecked: checked.checked.length,
        checkpointsOfOtherKeys: checked.unknown,
        sinks,
      },
    });
  };
}

function brokenText({ brokenAt, reason }: Extract<ChainResult, { intact: false }>): string {
  const keep = 'Keep a copy of the database before you do anything else.';
  if (reason === 'cut') {
    return `The end of the log is gone: a checkpoint was signed for more than the ${numberText(brokenAt - 1)} records that are there. ${keep}`;
  }
  if (reason === 'bad_signature') {
    return `The checkpoint of record ${brokenAt} is not what was signed (${reason}). ${keep}`;
  }
  if (reason === 'rewritten') {
    return `Record ${brokenAt} is not the one that its checkpoint was signed for (${reason}). ${keep}`;
  }
  return `Record ${brokenAt} is the first that does not fit (${reason}). ${keep}`;
}

/** Which checkpoints the log was held against, in a sentence. */
function checkpointText({ result, newest, checked, unknown }: CheckedLog): string {
  if (newest === undefined) {
    return 'No checkpoint has been signed yet, so nothing here would show that the newest records were cut off.';
  }
  const others =
    unknown === 0
      ? ''
      : ` ${numberText(unknown)} more ${unknown === 1 ? 'is' : 'are'} signed with keys that this server does not have any more, and not checked here.`;
  if (checked.length === 0) return `None was checked.${others}`;
  const which = checked.length === 1 ? 'One was' : `The newest ${numberText(checked.length)} were`;
  const outcome = result.intact ? 'signed by this server’s keys, and the records agree' : 'held against the records';
  return `${which} checked: ${outcome}.${others}`;
}

function presentSink({ name, forwardedUpTo, behindBy, trouble }: SinkPosition) {
  return {
    // An address may hold credentials: its sink is named by its digest.
    kind: name.startsWith('url:') ? 'Address' : 'File',
    name: name.startsWith('url:') ? 'AUDIT_SINK_URL' : name.replace(/^file:/, ''),
    text: `up to record ${numberText(forwardedUpTo)}${behindBy === 0 ? ', nothing waits' : `, behind by ${numberText(behindBy)}`}`,
    trouble,
  };
}
