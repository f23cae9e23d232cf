/** A collector on this machine: takes posts, and refuses them when told to. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Collector = {
  /** With a user name and a password in it. */
  readonly url: string;
  /** Bodies that were answered with 200. */
  readonly bodies: readonly string[];
  readonly headers: readonly NodeJS.Dict<string | string[]>[];
  readonly refused: number;
  /** Requests that were left without an answer. */
  readonly hanging: number;
  /** Status of every answer; `hang` gives none. */
  answer: number | 'hang';
  readonly close: () => Promise<void>;
};

export async function startCollector(): Promise<Collector> {
  const bodies: string[] = [];
  const headers: NodeJS.Dict<string | string[]>[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (collector.answer === 'hang') {
        collector.hanging += 1;
        return;
      }
      if (collector.answer === 200) {
        bodies.push(body);
        headers.push(request.headers);
      } else collector.refused += 1;
      response.writeHead(collector.answer, collector.answer === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const collector = {
    url: `http://reporter:hunter2@127.0.0.1:${port}/in`,
    bodies,
    headers,
    refused: 0,
    hanging: 0,
    answer: 200 as Collector['answer'],
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return collector;
}
