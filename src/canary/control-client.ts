import { compact } from '../compact';
import type { UpstreamControl } from '../conformance/model/target';
import { CanaryError } from '../errors';
import { createDispatcher } from '../http/dispatcher';
import { requestOnce } from '../http/request-once';
import type { CanaryCommand } from './control-server';

/** `token` is resolved for every command, and never kept. */
export interface CanaryAccess {
  /** Of the control port. */
  readonly url: string;
  readonly token: () => Promise<string>;
  /** PEM of private CAs. */
  readonly ca?: () => Promise<string>;
}

const LIMIT_BYTES = 16 << 20;

/**
 * A client for the HTTP control interface of a canary. Every method throws CanaryError if it refuses, and NetworkError
 * if it cannot be reached.
 */
export function canaryControl(access: CanaryAccess): UpstreamControl {
  const tell = async (command: CanaryCommand): Promise<void> => void (await ask(access, command));
  return {
    id: access.url,
    publish: (repository, tag, version, sizeBytes) =>
      tell(compact({ op: 'publish', repository, tag, version, sizeBytes })),
    removeTag: (repository, tag) => tell({ op: 'remove-tag', repository, tag }),
    misbehave: (mode) => tell({ op: 'mode', mode }),
    stop: () => tell({ op: 'stop' }),
    start: () => tell({ op: 'start' }),
    takeLog: async () => (await ask(access, { op: 'take-log' })).log ?? [],
  };
}

/** A new connection for each command: there are few, and a pool would have to be closed. */
async function ask({ url, token, ca }: CanaryAccess, command: CanaryCommand): Promise<{ log?: string[] }> {
  const dispatcher = createDispatcher(ca === undefined ? {} : { ca: await ca() });
  try {
    const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' };
    const request = {
      method: 'POST',
      url: new URL('/v1/command', url),
      headers,
      body: JSON.stringify(command),
    } as const;
    const { status, body } = await requestOnce(dispatcher, request, LIMIT_BYTES);
    if (status === 401) throw new CanaryError(`the canary at ${url} does not accept this token`);
    if (status !== 200) throw new CanaryError(`the canary at ${url} answered ${command.op} with ${status}`);
    return JSON.parse(body.toString('utf8')) as { log?: string[] };
  } finally {
    await dispatcher.close();
  }
}
