import { createClient, type ClientOptions, type HarborClient, type RequestEvent } from '../../../../src/harbor';
import { startServer, type Script, type ScriptedServer } from './scripted-server';

export const ROBOT = { name: 'robot$gitops', secret: async () => 'Robot-Secret-1' };
export const USER = { username: 'admin', password: async () => 'User-Password-1' };

export interface Talk {
  readonly server: ScriptedServer;
  readonly client: HarborClient;
  readonly events: RequestEvent[];
  /** Milliseconds the client wanted to wait between tries; it did not. */
  readonly waits: number[];
}

/** A client that talks to a scripted server, as a robot unless a user is given; its jitter is at the ceiling. */
export async function withClient(
  script: Script,
  options: Partial<ClientOptions>,
  test: (talk: Talk) => Promise<void>,
): Promise<void> {
  const events: RequestEvent[] = [];
  const waits: number[] = [];
  const server = await startServer(script);
  const client = createClient({
    url: server.url,
    ...(options.user ? {} : { robot: ROBOT }),
    random: () => 1,
    sleep: async (delayMs) => void waits.push(delayMs),
    onRequest: (event) => events.push(event),
    ...options,
  });
  try {
    await test({ server, client, events, waits });
  } finally {
    await client.close();
    await server.close();
  }
}

/** The error a promise ends in; fails the test when it ends well. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error, and there was none');
}
