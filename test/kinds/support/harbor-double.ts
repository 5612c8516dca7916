import { createClient } from '../../../src/harbor';
import type { JsonObject } from '../../../src/json';
import type { ReadContext, SecretDelivery, WriteContext } from '../../../src/kinds/kind';
import type { SecretReference } from '../../../src/secret-reference';
import { sendHarborError, sendJson, startServer, type SeenRequest } from '../../unit/harbor/support/scripted-server';
import { tableRefs } from './table-refs';

/** `GET /projects` or `GET /robots?q=…` → the body, or a status with a message. What is not listed is 404; a write that is not listed is 200. */
export type Answers = Readonly<Record<string, unknown>>;

export interface Refused {
  readonly status: number;
  readonly message: string;
}

export interface Written {
  readonly call: string;
  readonly body: JsonObject | undefined;
  readonly by: 'robot' | 'user';
}

export interface HarborDouble {
  readonly context: WriteContext;
  readonly read: (parents: readonly string[], wires?: Readonly<Record<string, readonly unknown[]>>) => ReadContext;
  /** In order: `GET /projects`. */
  readonly calls: () => string[];
  /** Query strings, in order. */
  readonly queries: () => string[];
  /** Everything that was not a GET. */
  readonly written: () => Written[];
  readonly delivered: SecretDelivery[];
  readonly close: () => Promise<void>;
}

export interface DoubleOptions {
  readonly answers?: Answers;
  /** By variable name. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly deliver?: (delivery: SecretDelivery) => Promise<void>;
  readonly checkDelivery?: (file: string, robot: string) => Promise<void>;
}

/** A double of Harbor that answers from a table over real HTTP, for what is asked and in which order. */
export async function harborDouble(options: DoubleOptions = {}): Promise<HarborDouble> {
  const { answers = {}, secrets = {} } = options;
  const server = await startServer((request, response) => {
    const call = `${request.method} ${pathOf(request)}`;
    const answer = answers[`${call}?q=${request.query.get('q')}`] ?? answers[call];
    if (isRefused(answer)) sendHarborError(response, answer.status, 'REFUSED', answer.message);
    else if (answer !== undefined)
      sendJson(response, answer, request.method === 'POST' ? 201 : 200, { location: '/x/77' });
    else if (request.method === 'GET') sendHarborError(response, 404, 'NOT_FOUND', 'not found');
    else sendJson(response, {}, request.method === 'POST' ? 201 : 200, { location: '/x/77' });
  });
  const client = createClient({
    url: server.url,
    robot: { name: 'robot$double', secret: async () => 'Robot-Secret-1' },
    user: { username: 'admin', password: async () => 'User-Password-1' },
    sleep: async () => {},
  });
  const delivered: SecretDelivery[] = [];
  const context: WriteContext = {
    client,
    refs: tableRefs(),
    secret: async (reference: SecretReference) => secrets['env' in reference ? reference.env : ''] ?? 'Resolved1',
    checkDelivery: options.checkDelivery ?? (async () => {}),
    deliver: options.deliver ?? (async (delivery) => void delivered.push(delivery)),
  };
  return {
    context,
    read: (parents, wires = {}) => ({
      client,
      parents,
      wires: async <Wire>(kind: string) => (wires[kind] ?? []) as readonly Wire[],
    }),
    calls: () => server.seen.filter(isApi).map((seen) => `${seen.method} ${pathOf(seen)}`),
    queries: () => server.seen.filter(isApi).map(({ query }) => query.toString()),
    written: () => server.seen.filter((seen) => isApi(seen) && seen.method !== 'GET').map(writtenBy),
    delivered,
    close: async () => {
      await client.close();
      await server.close();
    },
  };
}

function isRefused(answer: unknown): answer is Refused {
  return typeof answer === 'object' && answer !== null && 'status' in answer && 'message' in answer;
}

function isApi({ path }: SeenRequest): boolean {
  return path.startsWith('/api/v2.0/');
}

function pathOf({ path }: SeenRequest): string {
  return path.replace('/api/v2.0', '');
}

function writtenBy(seen: SeenRequest): Written {
  const credential = Buffer.from((seen.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
  return {
    call: `${seen.method} ${pathOf(seen)}`,
    body: seen.body ? (JSON.parse(seen.body) as JsonObject) : undefined,
    by: credential.startsWith('robot$') ? 'robot' : 'user',
  };
}

/** Runs a test against a double and closes it. */
export async function withDouble(options: DoubleOptions, test: (double: HarborDouble) => Promise<void>): Promise<void> {
  const double = await harborDouble(options);
  try {
    await test(double);
  } finally {
    await double.close();
  }
}
