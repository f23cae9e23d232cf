/**
 * Runs the npm scripts named on the command line, each under its own heading, and says at the end which failed. Those before
 * `--` go two at a time, since each keeps one core busy; those after it one by one, and alone. A failing one does not hide
 * what the others find. Plain JavaScript, like everything npm starts first.
 */
import { spawn } from 'node:child_process';

const ABREAST = 2;
const [together, alone] = splitAtDashes(process.argv.slice(2));
const count = together.length + alone.length;
const failed = [];
let begun = 0;

await Promise.all(
  Array.from({ length: ABREAST }, async () => {
    for (let step = together.shift(); step !== undefined; step = together.shift()) await run(step, 'pipe');
  }),
);
for (const step of alone) await run(step, 'inherit');

if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}. To see one again: npm run ${failed[0]}`);
  process.exit(1);
}

/** @param output - `pipe`: what the step prints is kept, and shown in one piece when it ends. */
async function run(step, output) {
  begun += 1;
  const number = begun;
  const heading = `\n[${number}/${count}] npm run ${step}`;
  if (output === 'inherit') console.log(heading);
  const started = process.uptime();
  const child = spawn('npm', ['run', '--silent', step], { stdio: ['ignore', output, output] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk));
  const { status, signal } = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status, signal }));
  });
  // Somebody pressed Ctrl-C: that is no finding, and nobody wants the rest.
  if (signal === 'SIGINT' || status === 130) process.exit(130);
  if (output === 'pipe') {
    console.log(heading);
    process.stdout.write(Buffer.concat(said));
  }
  const seconds = (process.uptime() - started).toFixed(1);
  if (status !== 0) failed.push(step);
  console.log(`[${number}/${count}] ${step}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
}

function splitAtDashes(steps) {
  const at = steps.indexOf('--');
  return at < 0 ? [steps, []] : [steps.slice(0, at), steps.slice(at + 1)];
}
