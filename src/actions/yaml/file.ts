/**
 * One YAML action file → `ActionDefinition`. The file is somebody's text: keys are a closed list, aliases are off
 * (an alias bomb is a few lines long), and every problem comes with its line and, where one is near, the right spelling.
 */
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import type { ActionDefinition, Touch } from '../definition.ts';
import { MENU_KEYS, menuEntries } from '../menu-section.ts';
import { remoteParts } from '../remote/remote-action.ts';
import { remotePiece } from '../remote/remote-file.ts';
import { didYouMean } from '../../spelling.ts';
import { planSteps, typesOfTarget } from './plan-steps.ts';
import { actionFile, type ActionFile, type FileStep } from './schema.ts';
import type { Step, Target, Values } from './step.ts';
import { parseTemplate, SCOPE_NAMES, type Template } from './template.ts';

export type YamlResult =
  | { readonly action: ActionDefinition; readonly problems?: undefined }
  | { readonly action?: undefined; readonly problems: readonly string[] };

type Problem = { readonly path: readonly PropertyKey[]; readonly message: string };

/**
 * @param id - The action's id: the file's name without its ending.
 * @param text - The file's text.
 * @returns The action, or every problem as `line N: where: what to write instead`.
 */
export function parseYamlAction(id: string, text: string): YamlResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true, merge: false });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map(({ pos, message }) => `line ${lines.linePos(pos[0]).line}: ${firstLine(message)}`),
    };
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 0 });
  } catch {
    return { problems: ['line 1: anchors and aliases are not allowed in an action file'] };
  }
  const parsed = actionFile.safeParse(content);
  const problems: Problem[] = [];
  const action = parsed.success
    ? toDefinition(id, parsed.data, problems)
    : (problems.push(...parsed.error.issues.flatMap(toProblems)), undefined);
  if (action !== undefined && problems.length === 0) return { action };
  return {
    problems: problems.map((problem) => {
      const where = problem.path.join('.');
      return `line ${lineOf(document, lines, problem.path)}: ${where === '' ? '' : `${where}: `}${problem.message}`;
    }),
  };
}

function toDefinition(id: string, file: ActionFile, problems: Problem[]): ActionDefinition {
  const formNames = file.form.map(({ name }) => name);
  const steps = stepsOf(file).map(({ step, path }) => readStep(step, path, file, formNames, problems));
  const touches = file.touches ?? steps.flatMap((step) => touchesOf(step, file.entity_types));
  const { form, max_rows: maxRows, title, entity_types: entityTypes, light_payload: lightPayload } = file;
  const access = {
    roles: file.access.roles,
    permissionGroups: file.access.permission_groups,
    projects: file.access.projects,
  };
  const isReport = touches.length === 0;
  const menu = menuEntries(file.menu, { title, entityTypes, access, lightPayload, isReport });
  problems.push(...menu.problems);
  return {
    id,
    title,
    description: file.description,
    entityTypes,
    access,
    form,
    touches,
    // A service that may touch nothing only reports.
    confirmation: isReport ? 'never' : file.confirm,
    secretTokensVariable: file.secret_tokens,
    signatureAlgorithm: file.signature_algorithm,
    lightPayload,
    menu: menu.entries,
    as: file.as,
    maxRows,
    ...(file.remote === undefined
      ? { kind: 'yaml', plan: planSteps(steps) }
      : remoteParts(file.remote, { id, form, touches, maxRows })),
  };
}

/** `set:` at the top is short for one step that updates the selection. */
function stepsOf(file: ActionFile): readonly { readonly step: FileStep; readonly path: readonly PropertyKey[] }[] {
  const short = file.set === undefined ? [] : [{ step: { update: 'selection' as const, set: file.set }, path: [] }];
  return [...short, ...(file.do ?? []).map((step, index) => ({ step, path: ['do', index] }))];
}

function readStep(
  step: FileStep,
  path: readonly PropertyKey[],
  file: ActionFile,
  formNames: readonly string[],
  problems: Problem[],
): Step {
  const template = (key: string, value: Parameters<typeof parseTemplate>[0]): Template =>
    readTemplate(value, [...path, ...key.split(' ')], formNames, problems);
  const values = (key: 'set' | 'add' | 'remove'): Values =>
    new Map(Object.entries(step[key] ?? {}).map(([field, value]) => [field, template(`${key} ${field}`, value)]));
  const when = step.when === undefined ? undefined : template('when', step.when);
  if (step.create !== undefined) {
    return { when, operation: 'create', entityType: step.create, per: step.for ?? 'row', set: values('set') };
  }
  const target = readTarget(step.update ?? step.delete ?? 'selection', path, file, problems);
  if (step.delete !== undefined) return { when, operation: 'delete', target };
  const cleared = (step.clear ?? []).map((field) => [field, parseTemplate(null)] as const);
  return {
    when,
    operation: 'update',
    target,
    set: new Map([...values('set'), ...cleared]),
    add: values('add'),
    remove: values('remove'),
  };
}

function readTarget(
  target: NonNullable<FileStep['update']>,
  path: readonly PropertyKey[],
  file: ActionFile,
  problems: Problem[],
): Target {
  if (target === 'selection') return { kind: 'selection' };
  if ('link' in target) return { kind: 'link', field: target.link, entityType: target.type };
  const field = file.form.find(({ name }) => name === target.form);
  if (field?.type !== 'entity' && field?.type !== 'user') {
    problems.push({ path, message: `"${target.form}" is not an entity or user field of the form` });
  }
  return { kind: 'form', field: target.form, entityType: target.type };
}

function readTemplate(
  value: Parameters<typeof parseTemplate>[0],
  path: readonly PropertyKey[],
  formNames: readonly string[],
  problems: Problem[],
): Template {
  let template: Template;
  try {
    template = parseTemplate(value);
  } catch (error) {
    problems.push({ path, message: firstLine(error instanceof Error ? error.message : 'is not a template') });
    return parseTemplate(null);
  }
  for (const [root = '', name = ''] of template.paths) {
    if (!(SCOPE_NAMES as readonly string[]).includes(root)) {
      problems.push({ path, message: `"${root}" is nothing a template knows${didYouMean(root, SCOPE_NAMES)}` });
    } else if (root === 'form' && !formNames.includes(name)) {
      problems.push({ path, message: `the form has no field "${name}"${didYouMean(name, formNames)}` });
    }
  }
  return template;
}

function touchesOf(step: Step, entityTypes: readonly string[]): readonly Touch[] {
  switch (step.operation) {
    case 'create':
      return [
        { operation: 'create', entityType: step.entityType, fields: [...new Set([...step.set.keys(), 'project'])] },
      ];
    case 'delete':
      return typesOfTarget(step.target, entityTypes).map((entityType) => ({
        operation: 'delete',
        entityType,
        fields: [],
      }));
    case 'update': {
      const fields = [...step.set.keys(), ...step.add.keys(), ...step.remove.keys()];
      return typesOfTarget(step.target, entityTypes).map((entityType) => ({ operation: 'update', entityType, fields }));
    }
  }
}

/** Unknown keys each get their own line and the nearest right spelling. */
function toProblems(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
  const known = knownKeys(issue.path);
  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    message: `is not known here${didYouMean(key, known)}`,
  }));
}

const TOP_KEYS = Object.keys(actionFile.shape);
const REMOTE_KEYS = Object.keys(remotePiece.shape);
const STEP_KEYS = ['update', 'create', 'delete', 'set', 'clear', 'add', 'remove', 'for', 'when'];
const FORM_KEYS = [
  'name',
  'type',
  'label',
  'help',
  'required',
  'secret',
  'only_when',
  'default',
  'min',
  'max',
  'options',
  'pattern',
  'max_length',
  'integer',
  'entity_type',
  'entity_types',
  'multiple',
];

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return TOP_KEYS;
  if (path[0] === 'form') return FORM_KEYS;
  if (path[0] === 'remote') return REMOTE_KEYS;
  if (path[0] === 'touches') return ['update', 'create', 'delete', 'fields'];
  if (path[0] === 'menu') return MENU_KEYS;
  return path[0] === 'access' ? ['roles', 'permission_groups', 'projects'] : STEP_KEYS;
}

/** The line of the value a problem is about, or of the nearest thing around it. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (node !== null && typeof node === 'object' && 'range' in node && Array.isArray(node.range)) {
      return lines.linePos(Number(node.range[0])).line;
    }
  }
  return 1;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
