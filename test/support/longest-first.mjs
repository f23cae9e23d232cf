/** The order of the test files: those that take longest first, so that none is left over at the end while the other core idles. */
import TestSequencer from '@jest/test-sequencer';

/** Jest remembers how long each took, but not on a fresh clone. Longest first. */
const LONGEST = [
  'runs/crash-replicas',
  'runs/crash',
  'flows/mutated-clicks',
  'browser/pages',
  'flows/fail-closed',
  'cli/action-try',
  'audit/processes',
  'flows/abuse',
  'flows/every-kind',
  'flows/outages',
  'database/migrations',
  'flows/many-tabs',
  'browser/whole-click',
  'browser/forms-and-runs',
  'browser/overlay',
  'cli/login',
  'cli/audit',
  'infra/studio/site/page',
  'cli/studio-chapter',
  'audit/search',
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
