/** The form of an action as a page and as JSON. What was typed into a secret field is in neither. */
import type { ActionDefinition } from '../actions/definition.ts';
import { isLinkField, linkKey, linkTypes, pickName } from '../actions/form-values.ts';
import type { FormField, FormLink } from '../actions/form.ts';
import type { AmiPayload } from '../ami/payload.ts';
import type { Actor } from '../runs/actor.ts';
import type { Launch } from '../session/launches.ts';
import { pageUrl } from '../shotgrid/links.ts';
import type { FormSite } from '../runs/form-site.ts';
import { inEnglish } from '../texts/said.ts';
import type { Texts } from '../texts/texts.ts';
import type { FilledForm } from './launch-forms.ts';
import { countOf, executorJson, initialsOf, meansText } from './present.ts';
import type { Answer } from './respond.ts';

export type PresentForm = (shown: {
  readonly launch: Launch<AmiPayload>;
  readonly action: ActionDefinition;
  readonly actor: Actor;
  readonly filled: FilledForm;
  readonly csrf: string;
}) => Promise<Answer>;

export function createPresentForm(deps: {
  readonly site: Pick<FormSite, 'statuses'>;
  readonly siteUrl: string;
  readonly scriptName: string;
}): PresentForm {
  return async function presentForm({ launch, action, actor, filled, csrf }) {
    const { payload } = launch;
    const path = `/launches/${launch.id}/form`;
    const presented = await Promise.all(
      action.form.map(async (field) => ({ field, facts: await presentField(field) })),
    );
    const whole = filled.problems.get('')?.message;
    return {
      page: 'form',
      model: (texts) => {
        const fields = presented.map(({ field, facts }) => ({
          ...facts,
          help: helpFor(texts, field, action.form, facts),
        }));
        const rows = countOf(texts, payload.selectedIds.length, payload.entityType);
        return {
          title: action.title,
          script: 'form.js',
          style: 'form.css',
          narrow: true,
          action: { title: action.title, description: action.description },
          where: [texts.t('form.selected', { rows }), payload.project?.name]
            .filter((part) => part !== undefined)
            .join(' · '),
          actor: { name: actor.name, login: actor.login, initials: initialsOf(actor.name) },
          by: meansText(texts, actor, deps.scriptName),
          fields,
          wrong: fields.filter(({ error }) => error !== undefined),
          whole,
          path,
          csrf,
          backHref: pageUrl(deps.siteUrl, payload.referrerPath) ?? deps.siteUrl,
        };
      },
      json: {
        launch: launch.id,
        action: { id: action.id, title: action.title },
        actor: { id: actor.id, login: actor.login, name: actor.name, ...executorJson(actor, deps.scriptName) },
        form: presented.map(({ facts: field }) => ({
          name: field.name,
          label: field.label,
          type: field.type,
          required: field.required,
          ...(field.secret ? {} : { value: field.type === 'checkbox' ? field.checked : field.value }),
          ...(field.options === undefined ? {} : { options: field.options }),
          ...(field.picks === undefined ? {} : { picked: field.picks.map(({ value }) => value) }),
        })),
        problems: problemsJson(filled.problems),
        submit: { method: 'POST', path, fields: { csrf } },
        expiresAt: launch.expiresAt.toISOString(),
      },
    };

    async function presentField(field: FormField) {
      const problem = filled.problems.get(field.name);
      const typed = filled.raw.get(field.name)?.[0] ?? '';
      const hasKeptSecret = field.secret && typed !== '';
      return {
        name: field.name,
        id: `field-${field.name}`,
        label: field.label,
        type: field.type,
        required: field.required,
        secret: field.secret,
        value: field.secret ? '' : typed,
        checked: typed === 'on' || typed === 'true',
        error: problem?.message,
        hasKeptSecret,
        isRequiredHere: field.required && field.onlyWhen === undefined && !hasKeptSecret,
        onlyWhen: field.onlyWhen === undefined ? undefined : JSON.stringify(field.onlyWhen),
        maxLength: 'maxLength' in field ? field.maxLength : undefined,
        min: 'min' in field ? field.min : undefined,
        max: 'max' in field ? field.max : undefined,
        step: field.type === 'number' ? (field.integer ? '1' : 'any') : undefined,
        options: await optionsOf(field),
        ...(isLinkField(field) ? presentLinks(field, problem?.choices ?? []) : {}),
      };
    }

    async function optionsOf(field: FormField) {
      if (field.type === 'choice') return field.options;
      return field.type === 'status' ? deps.site.statuses(field.entityType, payload.project?.id) : undefined;
    }

    function presentLinks(field: FormField & { readonly type: 'entity' | 'user' }, choices: readonly FormLink[]) {
      const types = linkTypes(field);
      const refs = filled.raw.get(pickName(field.name)) ?? [];
      const picked = refs.map((ref) => filled.found.links.get(ref)).filter((link) => link !== undefined);
      const present = (link: FormLink, checked: boolean) => ({
        value: linkKey(link.type, link.id),
        name: link.name,
        detail: types.length > 1 ? `${link.type} ${link.id}` : String(link.id),
        checked,
      });
      return {
        multiple: field.multiple,
        pickName: pickName(field.name),
        optionsPath: `/launches/${launch.id}/options/${field.name}`,
        picks: picked.map((link) => present(link, true)),
        choices: choices
          .filter((link) => !refs.includes(linkKey(link.type, link.id)))
          .map((link) => present(link, false)),
      };
    }
  };
}

/** What stands below the field: the action's own words, and ours. */
function helpFor(
  texts: Texts,
  field: FormField,
  form: readonly FormField[],
  { hasKeptSecret }: { readonly hasKeptSecret: boolean },
) {
  const condition = conditionText(texts, field, form);
  return [field.help, condition, hasKeptSecret ? texts.t('form.secretKept') : undefined]
    .filter((text) => text !== undefined)
    .map((text) => ({ text, isCondition: text === condition }));
}

/** For those without script, to whom every field is shown. */
function conditionText(
  { t, language }: Texts,
  { onlyWhen }: FormField,
  form: readonly FormField[],
): string | undefined {
  const other = form.find(({ name }) => name === onlyWhen?.field);
  if (onlyWhen === undefined || other === undefined) return undefined;
  const labels = onlyWhen.is.map((value) => {
    if (typeof value === 'boolean') return t(value ? 'form.ticked' : 'form.notTicked');
    return (
      (other.type === 'choice' ? other.options.find((option) => option.value === value)?.label : undefined) ?? value
    );
  });
  const values = new Intl.ListFormat(language, { type: 'disjunction' }).format(labels);
  return t('form.onlyWhen', { field: other.label, values });
}

/** As programs get it, in English. */
export function problemsJson(problems: FilledForm['problems']) {
  return Object.fromEntries(
    [...problems].map(([name, { message, ...facts }]) => [name, { message: inEnglish(message), ...facts }]),
  );
}
