/**
 * Runs the npm scripts named on the command line one after the other, each under its own heading, and says at the end
 * which failed. A failing one does not hide what the later ones find. Plain JavaScript, like everything npm starts first.
 */
import { spawnSync } from 'node:child_process';

const steps = process.argv.slice(2);
const failed = [];

for (const [index, step] of steps.entries()) {
  console.log(`\n[${index + 1}/${steps.length}] npm run ${step}`);
  const started = process.uptime();
  const { status, signal } = spawnSync('npm', ['run', '--silent', step], { stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = (process.uptime() - started).toFixed(1);
  // Somebody pressed Ctrl-C: that is no finding, and nobody wants the rest.
  if (signal === 'SIGINT' || status === 130) process.exit(130);
  if (status !== 0) failed.push(step);
  console.log(`[${index + 1}/${steps.length}] ${step}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
}

if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}. To see one again: npm run ${failed[0]}`);
  process.exit(1);
}
