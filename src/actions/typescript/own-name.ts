/** Action files say `import { defineAction } from 'understudy/action'` wherever their folder is, also outside this package. */
import { registerHooks } from 'node:module';

/**
 * For the start of a process: from then on this name is this package's, and nobody else's that may be installed beside the
 * files. Without it Node finds the name only for files inside the package.
 */
export function knowOwnName(): void {
  const url = new URL('./define.ts', import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'understudy/action' ? { url, shortCircuit: true } : next(specifier, context),
  });
}
