import type { Refusal } from '../../../diagnostic';
import { commandLine, type Invocation } from './command-lines';
import { MIGRATING_SERVICES, type MigratingService } from './deployment';

/** A container that a plan replaces only because Terraform stopped waiting for it. */
export interface Tainted {
  /** In the stack: `docker_container.core`. */
  readonly address: string;
  /** On the host: `harbor-core`. */
  readonly container: string;
  readonly service: MigratingService;
}

/** The state that Docker reports for a container. */
export interface ContainerState {
  /** `stopped`: also one that is gone, or that Docker is about to restart. `unknown`: Docker could not be reached. */
  readonly health: 'healthy' | 'waiting' | 'stopped' | 'unknown';
  readonly restarts: number;
  /** Why it is unknown: the host or its Docker did not answer. */
  readonly why?: string;
}

/** Go template for `docker inspect`; `parseState` reads its output. */
export const STATE_FORMAT =
  '{{.State.Running}} {{.State.Restarting}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.RestartCount}}';

interface Change {
  readonly address: string;
  readonly type?: string;
  readonly action_reason?: string;
  readonly change?: { readonly before?: { readonly name?: unknown } | null };
}

/** From `terraform show -json PLAN`: whether postgresql or core is tainted. */
export function taintedIn(plan: string): Tainted[] {
  return changesIn(plan).flatMap(({ address, type, action_reason: reason, change }) => {
    const service = MIGRATING_SERVICES.find((id) => address === `docker_container.${id}`);
    if (type !== 'docker_container' || reason !== 'replace_because_tainted' || !service) return [];
    const name = change?.before?.name;
    return [{ address, service, container: typeof name === 'string' ? name : `harbor-${service}` }];
  });
}

function changesIn(plan: string): readonly Change[] {
  try {
    return (JSON.parse(plan) as { resource_changes?: readonly Change[] } | null)?.resource_changes ?? [];
  } catch {
    return [];
  }
}

/** @param stdout of `docker inspect --format STATE_FORMAT` */
export function parseState(stdout: string): ContainerState {
  const [, running, restarting, health, restarts] = /^(\w+) (\w+) (\w+) (\d+)$/m.exec(stdout.trim()) ?? [];
  if (running === undefined) return { health: 'unknown', restarts: 0 };
  const count = Number(restarts);
  if (running !== 'true' || restarting === 'true') return { health: 'stopped', restarts: count };
  // A container without a health check counts as healthy.
  return { health: health === 'healthy' || health === 'none' ? 'healthy' : 'waiting', restarts: count };
}

/** @param why the container must not be replaced, as words after its name */
export function migrationRefusal({ container, service }: Tainted, why: string, untaint: Invocation): Refusal {
  return {
    rule: 'migration-running',
    message: `the plan would replace ${container}, which ${why}: that would interrupt a migration of the data`,
    hint:
      `read docker logs ${container} on the host; while it works, run the same command again later, or raise ` +
      `harbor.waits.${service}; once it is healthy, ${commandLine(untaint)} keeps it; if it has failed, docker stop ${container} and run again`,
  };
}
