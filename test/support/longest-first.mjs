/** The order of the test files: those that take longest first, so that none is left over at the end while the other core idles. */
import TestSequencer from '@jest/test-sequencer';

/** Jest remembers how long each took, but not on a fresh clone. Longest first. */
const LONGEST = [
  'browser/whole-click',
  'browser/overlay',
  'browser/forms-and-runs',
  'runs/crash-replicas',
  'browser/pages',
  'runs/crash',
  'audit/processes',
  'browser/office-pages',
  'flows/fail-closed',
  'flows/mutated-clicks',
  'flows/abuse',
  'cli/login',
  'browser/admin',
  'flows/outages',
  'browser/overlay-browsers',
  'cli/audit',
  'cli/action-try',
  'infra/studio/site/page',
  'browser/auditor',
  'browser/languages',
  'flows/every-kind',
  'audit/sink',
  'audit/outage',
].map((name) => `/test/${name}.test.ts`);

export default class LongestFirst extends TestSequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
}

function rank({ path }) {
  const at = LONGEST.findIndex((ending) => path.endsWith(ending));
  return at < 0 ? LONGEST.length : at;
}
