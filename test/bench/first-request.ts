import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Usage } from '../../scripts/performance/report';
import { usageOf } from './conform/program';

/** A server that says nothing: what a program does until its first request arrives. */
export interface Listener {
  readonly url: string;
  /** Starts the program, and ends it when its first byte is here. */
  readonly untilFirstByte: (command: readonly string[]) => Promise<Usage>;
  readonly close: () => void;
}

export async function startListener(): Promise<Listener> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async untilFirstByte([file = '', ...args]) {
      const arrived = once(server, 'connection') as Promise<[Socket]>;
      const startedAt = performance.now();
      const child = spawn(file, args, { stdio: 'ignore' });
      const gone = once(child, 'exit');
      const ended = gone.then(([code]) => {
        throw new Error(`${args.join(' ')} ended with ${String(code)} before its first request`);
      });
      const [socket] = await Promise.race([arrived, ended]);
      await Promise.race([once(socket, 'data'), ended]);
      const elapsedMs = performance.now() - startedAt;
      const usage = usageOf(child.pid);
      child.kill('SIGKILL');
      await ended.catch(() => undefined);
      socket.destroy();
      return { elapsedMs, ...usage! };
    },
    close: () => void server.close(),
  };
}
