/** English, the language that every other is held against. */
import { account } from './english/account.ts';
import { admin } from './english/admin.ts';
import { approval } from './english/approval.ts';
import { audit } from './english/audit.ts';
import { common } from './english/common.ts';
import { doctor } from './english/doctor.ts';
import { error } from './english/error.ts';
import { event } from './english/event.ts';
import { explanation } from './english/explanation.ts';
import { finding } from './english/finding.ts';
import { form } from './english/form.ts';
import { home } from './english/home.ts';
import { inventory } from './english/inventory.ts';
import { overlay } from './english/overlay.ts';
import { preview } from './english/preview.ts';
import { problem } from './english/problem.ts';
import { reconcile } from './english/reconcile.ts';
import { record } from './english/record.ts';
import { refusal } from './english/refusal.ts';
import { remedy } from './english/remedy.ts';
import { report } from './english/report.ts';
import { run } from './english/run.ts';
import { signIn } from './english/sign-in.ts';
import { verify } from './english/verify.ts';
import { who } from './english/who.ts';

export const ENGLISH = {
  account,
  admin,
  approval,
  audit,
  common,
  doctor,
  error,
  event,
  explanation,
  finding,
  form,
  home,
  inventory,
  overlay,
  preview,
  problem,
  reconcile,
  record,
  refusal,
  remedy,
  report,
  run,
  signIn,
  verify,
  who,
} as const;
