import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** In front of a registry for one run of each program that is not timed: how many requests it sends. */
export async function startCountingProxy(
  target: string,
): Promise<{ readonly host: string; readonly count: () => number; readonly close: () => Promise<void> }> {
  let requests = 0;
  const server = createServer((incoming, outgoing) => {
    requests++;
    const { method = 'GET', url = '/', headers } = incoming;
    const forwarded = send(new URL(url, target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => requests, close };
}
