import { setTimeout as sleep } from 'node:timers/promises';
import { MIGRATING_SERVICES, shellWord, type Deployment } from './steps';
import type { UpContext } from './context';
import { onHost } from './on-host';

const FIRST_MS = 2_000;
const LONGEST_MS = 15_000;
const CONTAINERS = MIGRATING_SERVICES.map((id) => `harbor-${id}`);

/**
 * Tells the newest line in the logs of postgresql and core while something waits for them: a migration says there how far
 * it is. The logs are asked again and again and not followed, because Terraform replaces the containers meanwhile.
 */
export async function withLogLines<T>(context: UpContext, deployment: Deployment, work: () => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const watching = watch(context, deployment, AbortSignal.any([ended.signal, context.signal]));
  try {
    return await work();
  } finally {
    ended.abort();
    await watching;
  }
}

/**
 * Only to show that a long step is alive. A line is shown once, and the pauses grow. It never fails: a host
 * that cannot be reached has no lines.
 */
async function watch(context: UpContext, deployment: Deployment, signal: AbortSignal): Promise<void> {
  const told = new Map<string, string>();
  const startedAt = performance.now();
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_MS)) {
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    for (const [container, line] of await newestLines(context, deployment)) {
      if (told.get(container) === line) continue;
      told.set(container, line);
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      context.emit({ type: 'up-log-line', container, seconds, line });
    }
  }
}

/** One connection for all containers. */
async function newestLines(context: UpContext, { host }: Deployment): Promise<readonly (readonly [string, string])[]> {
  if (!host) return [];
  const each = CONTAINERS.map(shellWord).join(' ');
  const script = `for c in ${each}; do printf '%s\\t' "$c"; docker logs --tail 1 "$c" 2>&1 | head -c 1000; echo; done`;
  const { code, stdout } = await onHost(context, host, script).catch(() => ({ code: 1, stdout: '' }));
  if (code !== 0) return [];
  return stdout.split('\n').flatMap((row) => {
    const [container, line = ''] = row.split(/\t(.*)/s);
    const known = container !== undefined && CONTAINERS.includes(container);
    const says = line.trim() !== '' && !/^Error(?: response from daemon)?: No such container/i.test(line);
    return known && says ? [[container, context.secrets.mask(line.trim())] as const] : [];
  });
}
