/** What a hostile network sends: from addresses of its own, as fast or as slowly as hurts most. All of it counts what came of it. */
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';

export type Target = { readonly port: number };

/** How many answers of each status; 0 for none. */
export type Counts = Readonly<Record<number, number>>;

/** `count` requests over 24 connections, one after the other on each. */
export async function flood(
  { port }: Target,
  from: string,
  count: number,
  what: {
    readonly method?: string;
    readonly path: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  },
): Promise<Counts> {
  const agent = new Agent({ keepAlive: true, maxSockets: 24 });
  const counts: Record<number, number> = {};
  const one = (): Promise<number> =>
    new Promise((resolve) => {
      const { method = 'GET', path, headers = {}, body } = what;
      const sent = request(
        {
          agent,
          host: '127.0.0.1',
          localAddress: from,
          port,
          method,
          path,
          headers: {
            ...headers,
            host: `localhost:${port}`,
            ...(body === undefined ? {} : { 'content-length': body.length }),
          },
        },
        (response) => {
          response.resume().once('close', () => resolve(response.statusCode ?? 0));
        },
      );
      sent.once('error', () => resolve(0));
      sent.end(body);
    });
  let left = count;
  await Promise.all(
    Array.from({ length: 24 }, async () => {
      while (left-- > 0) {
        const status = await one();
        counts[status] = (counts[status] ?? 0) + 1;
      }
    }),
  );
  agent.destroy();
  return counts;
}

/** Connections that say `first` and then, every 200 ms, one letter of `drop`; resolves with what they were told, once all are cut off. */
export async function dawdle(
  { port }: Target,
  from: string,
  count: number,
  first: string,
  drop: string,
): Promise<readonly string[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = open(port, from);
      let told = '';
      socket.on('data', (chunk) => (told += String(chunk)));
      socket.write(first);
      const timer = setInterval(() => socket.writable && drop !== '' && socket.write(drop), 200);
      await new Promise((resolve) => socket.once('close', resolve));
      clearInterval(timer);
      return told;
    }),
  );
}

/** Opens this many streams at once and reads nothing of them but their status; `end` closes them. */
export async function hoardStreams(
  { port }: Target,
  path: string,
  cookie: string,
  count: number,
): Promise<{ readonly counts: Counts; readonly end: () => void }> {
  const sockets: Socket[] = [];
  const statuses = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = open(port, '127.0.0.1');
      sockets.push(socket);
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nAccept: text/event-stream\r\nCookie: ${cookie}\r\n\r\n`,
      );
      const chunk = await new Promise<unknown>((resolve) => {
        socket.once('data', resolve);
        socket.once('close', () => resolve(''));
      });
      socket.pause();
      return Number(/^HTTP\/1\.1 (\d+)/.exec(String(chunk))?.[1] ?? 0);
    }),
  );
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return {
    counts,
    end() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function open(port: number, from: string): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  socket.on('error', () => undefined);
  return socket;
}
