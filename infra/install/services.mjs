/**
 * What the tests need beyond npm: redis-server, PostgreSQL, Chromium and Firefox. As root with apt-get the missing ones are
 * installed; otherwise this says what to install and which tests are skipped. With CI=true something missing is a failure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findChromium, findFirefox, findHeadlessShell, findPostgres, findProgram, findRedis } from './find-program.mjs';

const services = [
  { name: 'redis-server', find: findRedis, tests: 'sessions kept in Redis' },
  { name: 'postgresql', find: findPostgres, tests: 'everything that touches the database, on PostgreSQL' },
  { name: 'chromium', find: findChromium, tests: 'the real-browser tests' },
  { name: 'firefox-esr', find: findFirefox, tests: 'the overlay in a second browser' },
];

/** Chromium without its windows. Nothing is skipped without it, only slower, and not every system has it. */
const FASTER = 'chromium-headless-shell';

const canInstall = process.getuid?.() === 0 && findProgram(['apt-get']) !== undefined;
if (canInstall && (missing().length > 0 || faster().length > 0)) install();
for (const { name, tests } of missing()) {
  console.error(`Missing: ${name}. Skipped without it: ${tests}. To install: apt-get install ${name}`);
}
if (missing().length > 0 && process.env['CI'] === 'true') {
  console.error('With CI=true nothing may be skipped.');
  process.exit(1);
}

function missing() {
  return services.filter((service) => service.find() === undefined);
}

function faster() {
  if (findHeadlessShell() !== undefined) return [];
  const { stdout } = spawnSync('apt-cache', ['show', FASTER], { encoding: 'utf8' });
  return stdout === '' ? [] : [FASTER];
}

function install() {
  // Debian asks this file whether a freshly installed service may start. The tests start their own.
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    aptGet('update', '-qq');
    const names = [...missing().map((service) => service.name), ...faster()];
    console.log(`Installing for the tests: ${names.join(' ')}`);
    aptGet('install', '-qq', '-y', '--no-install-recommends', ...names);
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // apt-get is chatty even when quiet: its output matters only when it fails.
  const { status, stdout, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' });
  if (status !== 0) console.error(`apt-get ${args[0]} failed:\n${stdout}${stderr}`);
}
