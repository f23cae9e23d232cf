/**
 * Ports for servers of tests that must be known before anybody listens on them, or that stop and come back.
 *
 * A port from `listen(0)` that was let go is soon given to somebody else: to a server of another worker, or to one end of any
 * connection. These come from below the range out of which the kernel gives (32768 and up on Linux, 49152 elsewhere), and every
 * worker has a part of its own, so nobody takes one in the meantime.
 */
import { randomInt } from 'node:crypto';
import { takenPorts } from '../../infra/studio/ports.ts';

const FIRST = 12_000;
const PER_WORKER = 2_000;
const PARTS = 10;

/** 0 outside a worker: in the global set-up, in a bench. */
const worker = Number(process.env['JEST_WORKER_ID'] ?? 0) % PARTS;
const part = FIRST + worker * PER_WORKER;

/** Where the next search begins; at random, as another test run may go on beside this one. */
let next = randomInt(PER_WORKER);

/** A TCP port of the loopback addresses that nobody listens on, given out once. */
export async function freePort(): Promise<number> {
  return freePorts(1);
}

/** The first of `count` neighbouring ports that nobody listens on, given out once. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    if (next + count > PER_WORKER) next = 0;
    const ports = Array.from({ length: count }, (_, index) => part + next + index);
    next += count;
    if ((await takenPorts(ports)).length === 0) return ports[0]!;
  }
}
