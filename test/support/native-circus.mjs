/**
 * Jest's own test runner, with Node in place of Jest's module loader: Node strips the types, and what is not in test/ is
 * loaded once for all test files of a worker, where Jest would load the whole server anew for each. A test file and what it
 * imports from test/ stay its own: some of that registers hooks when it is loaded. `globalThis` and `process` are shared.
 */
import circus from 'jest-circus/runner';
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const TESTS = new URL('..', import.meta.url).href;
/** Where jest-circus keeps its listeners. It takes none off, since Jest throws away the world that they are in. */
const LISTENERS = Symbol.for('EVENT_HANDLERS');
/** Where the stand-in for `@jest/globals` finds what jest-circus made for the present file. */
const GLOBALS = Symbol.for('understudy test globals');

let files = 0;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@jest/globals') return { url: `jest-globals:${files}`, format: 'module', shortCircuit: true };
    const found = next(specifier, context);
    if (!found.url.startsWith(TESTS) || !found.url.endsWith('.ts')) return found;
    return { ...found, url: `${found.url}?${files}` };
  },
  load(url, context, next) {
    if (!url.startsWith('jest-globals:')) return next(url, context);
    const names = Object.keys(globalThis[GLOBALS]).join(', ');
    const source = `export const { ${names} } = globalThis[Symbol.for('${GLOBALS.description}')];`;
    return { source, format: 'module', shortCircuit: true };
  },
});

/** @see https://jestjs.io/docs/configuration#testrunner-string */
export default function runFile(globalConfig, config, environment, runtime, testPath, sendMessageToJest) {
  files += 1;
  const native = Object.create(runtime, {
    requireInternalModule: { value: requireAnew },
    unstable_shouldLoadAsEsm: { value: () => true },
    unstable_importModule: { value: (path) => import(pathToFileURL(path).href) },
    setGlobalsForRuntime: { value: (globals) => void (globalThis[GLOBALS] = globals) },
  });
  const { exit } = process;
  process.exit = refuseToExit;
  // No `await`: it would put this function into every stack trace.
  return circus
    .default(globalConfig, config, environment, native, testPath, sendMessageToJest)
    .then((result) => ({ ...result, failureMessage: withPaths(result.failureMessage, config.rootDir) }))
    .finally(() => void (process.exit = exit));
}

function requireAnew(path) {
  Reflect.deleteProperty(globalThis, LISTENERS);
  Reflect.deleteProperty(require.cache, path);
  return require(path);
}

/** With code 0 it would end the whole run, green. */
function refuseToExit(code) {
  throw new Error(`process.exit(${code}) in a test`);
}

/** Stack traces name files as Jest does elsewhere, for editors to open: `file:/…/test/a.test.ts?7:1:2` is `test/a.test.ts:1:2`. */
function withPaths(message, rootDir) {
  return message?.replaceAll(`file:${rootDir}/`, '').replaceAll(/(\.ts)\?\d+:/g, '$1:');
}
