/** English, the language that every other is held against. */
import { account } from './english/account.ts';
import { admin } from './english/admin.ts';
import { approval } from './english/approval.ts';
import { audit } from './english/audit.ts';
import { common } from './english/common.ts';
import { doctor } from './english/doctor.ts';
import { error } from './english/error.ts';
import { form } from './english/form.ts';
import { home } from './english/home.ts';
import { inventory } from './english/inventory.ts';
import { overlay } from './english/overlay.ts';
import { preview } from './english/preview.ts';
import { reconcile } from './english/reconcile.ts';
import { record } from './english/record.ts';
import { refusal } from './english/refusal.ts';
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
  form,
  home,
  inventory,
  overlay,
  preview,
  reconcile,
  record,
  refusal,
  report,
  run,
  signIn,
  verify,
  who,
} as const;
