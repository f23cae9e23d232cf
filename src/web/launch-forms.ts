/** The form of a launch: what was typed so far, whether it holds, and the values that its plan is made with. */
import { createHash } from 'node:crypto';
import type { ActionDefinition } from '../actions/definition.ts';
import {
  checkForm,
  isLinkField,
  lookupsFor,
  rawOf,
  readRawForm,
  type FormCheck,
  type Found,
  type RawForm,
} from '../actions/form-values.ts';
import type { FieldProblem } from '../actions/form-scalars.ts';
import type { FormField, FormValue, FormValues } from '../actions/form.ts';
import type { FormStore } from '../session/form-store.ts';
import type { PersonKey } from '../session/holder.ts';
import type { FormSite, FormView } from '../runs/form-site.ts';
import { said } from '../texts/said.ts';

/** What is kept of a launch's form. `values` is null until everything holds. */
export type KeptForm = {
  /** Names exactly the form that was filled in: an action file may change meanwhile. */
  readonly form: string;
  readonly raw: readonly (readonly [name: string, texts: readonly string[]])[];
  readonly values: FormValues | null;
};

/** A form as it is to be shown. */
export type FilledForm = {
  readonly raw: RawForm;
  readonly found: Found;
  readonly problems: ReadonlyMap<string, FieldProblem>;
};

type LaunchOf = { readonly id: string; readonly expiresAt: Date };

export type LaunchForms = {
  /** Undefined while the person has to be asked first. */
  answers(launch: LaunchOf, action: ActionDefinition): Promise<FormValues | undefined>;
  /** What was typed already, or what the person answered the last time. */
  fill(launch: LaunchOf, action: ActionDefinition, person: PersonKey, view: FormView): Promise<FilledForm>;
  /** Keeps what was posted as it is, unchecked. */
  keepTyped(launch: LaunchOf, action: ActionDefinition, body: unknown): Promise<void>;
  /** Keeps what was posted, whether it holds or not; undefined when it does. */
  take(
    launch: LaunchOf,
    action: ActionDefinition,
    person: PersonKey,
    view: FormView,
    body: unknown,
  ): Promise<FilledForm | undefined>;
  /** Once they have done their work: answers may be secret. Never throws; what cannot be forgotten now expires soon. */
  forget(launch: LaunchOf): Promise<void>;
};

/** Names of the page's own inputs. */
const OWN_NAMES = ['csrf'];

export function createLaunchForms(deps: { readonly store: FormStore<KeptForm>; readonly site: FormSite }): LaunchForms {
  const { store, site } = deps;

  async function findKept(launch: LaunchOf, action: ActionDefinition): Promise<KeptForm | undefined> {
    const kept = await store.find(launch.id);
    return kept?.form === digestOf(action.form) ? kept : undefined;
  }

  async function check(fields: readonly FormField[], raw: RawForm, view: FormView): Promise<[Found, FormCheck]> {
    const found = await site.find(view, lookupsFor(fields, raw));
    return [found, checkForm(fields, raw, found)];
  }

  return {
    async answers(launch, action) {
      const values = action.form.length === 0 ? {} : ((await findKept(launch, action))?.values ?? undefined);
      if (values === undefined) return undefined;
      // What comes out of JSON has a prototype; values must not.
      return Object.assign(Object.create(null) as Record<string, FormValue>, values);
    },

    async fill(launch, action, person, view) {
      const kept = await findKept(launch, action);
      const start = kept?.raw ?? startingWith(action.form, await store.recall(person, action.id));
      const raw = new Map(start);
      const [found, { problems }] = await check(action.form, raw, view);
      return { raw, found, problems: (kept?.values === null ? problems : undefined) ?? new Map() };
    },

    async keepTyped(launch, action, body) {
      const { raw: posted } = readRawForm(action.form, body, OWN_NAMES);
      const raw = withKeptSecrets(action.form, posted, await findKept(launch, action));
      await store.keep(launch, { form: digestOf(action.form), raw: [...raw], values: null });
    },

    async take(launch, action, person, view, body) {
      const { raw: posted, unknown } = readRawForm(action.form, body, OWN_NAMES);
      const raw = withKeptSecrets(action.form, posted, await findKept(launch, action));
      const form = digestOf(action.form);
      // Before the site is asked: whatever it answers, nothing that was typed is lost.
      await store.keep(launch, { form, raw: [...raw], values: null });
      const [found, { values, problems }] = await check(action.form, raw, view);
      if (unknown.length > 0) {
        const names = unknown.slice(0, 5).map((name) => `“${name}”`);
        const message = said('explanation.formStrangeFields', { fields: names.join(', ') });
        return { raw, found, problems: new Map([['', { message }], ...(problems ?? [])]) };
      }
      if (values === undefined) return { raw, found, problems };
      await store.keep(launch, { form, raw: [...rawOf(action.form, values)], values });
      await store.remember(person, action.id, [...rawOf(action.form, values, ({ secret }) => !secret)]);
      return undefined;
    },

    forget: (launch) => store.forget(launch.id).catch(() => undefined),
  };
}

/** A secret that was typed is never sent back to the page: left blank there, it is the one that was typed before. */
function withKeptSecrets(fields: readonly FormField[], posted: RawForm, kept: KeptForm | undefined): RawForm {
  const before = new Map(kept?.raw);
  const raw = new Map(posted);
  for (const { name, secret } of fields) {
    const earlier = before.get(name);
    if (secret && earlier !== undefined && (posted.get(name) ?? ['']).every((text) => text === ''))
      raw.set(name, earlier);
  }
  return raw;
}

/** Defaults of the form, and over them what the person answered the last time. */
function startingWith(fields: readonly FormField[], recalled: KeptForm['raw'] | undefined): KeptForm['raw'] {
  if (recalled !== undefined) return recalled;
  return fields.flatMap((field): [string, readonly string[]][] => {
    if (isLinkField(field) || field.default === undefined || field.default === false) return [];
    return [[field.name, [field.default === true ? 'on' : String(field.default)]]];
  });
}

function digestOf(form: readonly FormField[]): string {
  return createHash('sha256').update(JSON.stringify(form)).digest('base64url');
}
