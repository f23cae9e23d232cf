/** The check of the whole log, for auditors: the chain, its newest checkpoints, and how far each second sink has got. */
import type { RequestHandler } from 'express';
import type { AuditBeside, CheckedLog, SinkPosition } from '../../audit/beside.ts';
import type { ChainResult } from '../../audit/chain.ts';
import type { TextKey } from '../../texts/language.ts';
import type { TextValues } from '../../texts/book.ts';
import type { Texts } from '../../texts/texts.ts';
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
      model: (texts) => ({
        title: texts.t('verify.title'),
        section: 'audit',
        style: 'audit.css',
        narrow: true,
        intact: result.intact,
        broken: result.intact ? undefined : presentBroken(result),
        // What is not there cannot be looked at.
        brokenAt: result.intact || result.reason === 'cut' ? undefined : result.brokenAt,
        size: result.intact ? result.size : undefined,
        head: result.intact ? result.head : undefined,
        archived: result.intact ? result.after : undefined,
        checkpoint: newest && { ...newest, timeText: timeText(new Date(newest.time)) },
        checkpointText: checkpointText(texts, checked),
        sinks: sinks.map((sink) => presentSink(texts, sink)),
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

/** A text that the page writes itself: it has markup around a word of the check. */
function presentBroken({ brokenAt, reason }: Extract<ChainResult, { intact: false }>): {
  readonly text: TextKey;
  readonly values: TextValues;
} {
  if (reason === 'cut') return { text: 'verify.cut', values: { count: brokenAt - 1 } };
  const values = { seq: brokenAt, reason };
  if (reason === 'bad_signature') return { text: 'verify.badSignature', values };
  if (reason === 'rewritten') return { text: 'verify.rewritten', values };
  return { text: 'verify.doesNotFit', values };
}

/** Which checkpoints the log was held against, in a sentence or two. */
function checkpointText({ t }: Texts, { result, newest, checked, unknown }: CheckedLog): string {
  if (newest === undefined) return t('verify.noneSigned');
  const count = checked.length;
  const which =
    count === 0 ? t('verify.noneChecked') : t(result.intact ? 'verify.checkedAndAgree' : 'verify.checked', { count });
  return unknown === 0 ? which : `${which} ${t('verify.ofOtherKeys', { count: unknown })}`;
}

function presentSink({ t }: Texts, { name, forwardedUpTo, behindBy, trouble }: SinkPosition) {
  const isAddress = name.startsWith('url:');
  return {
    kind: t(isAddress ? 'verify.sinkAddress' : 'verify.sinkFile'),
    // An address may hold credentials: its sink is named by its digest.
    name: isAddress ? 'AUDIT_SINK_URL' : name.replace(/^file:/, ''),
    text: t('verify.sinkAt', { seq: forwardedUpTo, behind: behindBy }),
    trouble,
  };
}
