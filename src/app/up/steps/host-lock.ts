import { isRecord } from '../../../json';
import type { Refusal } from '../../../diagnostic';
import type { DeploymentHost } from './deployment';
import { minuteText } from '../../../minute-text';

/** A run that works on a host, as ansible/roles/harbor_host/files/host_lock.py writes it. */
export interface HostHolder {
  /** Different for each run. */
  readonly run: string;
  readonly who: string;
  readonly environment: string;
  /** RFC 3339, by the clock of the host. */
  readonly since: string;
  /** The process on the host that holds the lock. */
  readonly pid: number;
}

/** `before`: a run that ended without freeing the host. `holder` is absent if the lock file cannot be read. */
export type HostLockState =
  | { readonly state: 'held'; readonly before?: HostHolder }
  | { readonly state: 'busy'; readonly holder?: HostHolder };

/** @returns undefined for a line that is not from host_lock.py */
export function parseHostLock(line: string): HostLockState | undefined {
  try {
    const told: unknown = JSON.parse(line);
    if (!isRecord(told)) return undefined;
    const [before, holder] = [holderIn(told['before']), holderIn(told['holder'])];
    if (told['state'] === 'held') return before ? { state: 'held', before } : { state: 'held' };
    if (told['state'] === 'busy') return holder ? { state: 'busy', holder } : { state: 'busy' };
    return undefined;
  } catch {
    return undefined;
  }
}

function holderIn(told: unknown): HostHolder | undefined {
  if (!isRecord(told)) return undefined;
  const { run, who, environment, since, pid } = told;
  const texts = [run, who, environment, since].every((text) => typeof text === 'string');
  return texts && typeof pid === 'number' ? (told as unknown as HostHolder) : undefined;
}

/** @param holder absent if the host did not say who works on it */
export function busyHost({ address }: DeploymentHost, holder: HostHolder | undefined): Refusal {
  const by = holder ? `: ${holderText(holder)}` : '';
  const kill = holder ? `; to break its lock, on the host: sudo kill ${holder.pid}` : '';
  return {
    rule: 'host-busy',
    message: `another up works on ${address}${by}`,
    hint: `wait for its end, or stop it there with Ctrl-C; a run that died frees the host after 2 minutes${kill}`,
  };
}

/** What a run says that finds the host as a killed one left it. */
export function diedOnHost({ address }: DeploymentHost, before: HostHolder): string {
  return (
    `the last up on ${address} was killed or lost its connection: ${holderText(before)}; a program that it started may ` +
    'still work there'
  );
}

function holderText({ who, environment, since }: HostHolder): string {
  return `${who}, environment ${environment}, since ${minuteText(since)}`;
}
