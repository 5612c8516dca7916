import { createHash } from 'node:crypto';
import { Container, type ContainerConfig } from '@cdktf/provider-docker/lib/container';
import type { Construct } from 'constructs';
import type { ContainerSpec, LogSpec } from '../src/deployment';
import { literal } from './escape';

/** A network as the container sees it: `id` is a reference, because a name hangs when its subnet changes. */
export interface Attachment {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly address?: string;
}

export interface ContainerLinks {
  readonly networks: readonly Attachment[];
  readonly dependsOn: readonly Container[];
}

const LABEL = 'io.breakwater';
const WAIT_SECONDS = 180;

/**
 * One container, hardened as all of them are. What a change has to replace stands in a label: labels force a new
 * container, while the provider plans a changed mount, healthcheck or tmpfs in place, does nothing, and plans it again
 * forever (docs/harbor-behavior.md 11.6).
 */
export function addContainer(scope: Construct, id: string, spec: ContainerSpec, links: ContainerLinks): Container {
  return new Container(scope, id, {
    ...literal(ownProperties(spec)),
    networksAdvanced: links.networks.map(({ id: name, aliases = [], address }) => ({
      name,
      ...(aliases.length > 0 && { aliases: [...aliases] }),
      ...(address !== undefined && { ipv4Address: address }),
    })),
    dependsOn: [...links.dependsOn],
  });
}

function ownProperties(spec: ContainerSpec): ContainerConfig {
  const layout = layoutOf(spec);
  return {
    name: spec.name,
    image: spec.image,
    ...(spec.user !== undefined && { user: spec.user }),
    ...(spec.entrypoint && { entrypoint: [...spec.entrypoint] }),
    ...(spec.command && { command: [...spec.command] }),
    ...(spec.env && { env: [...spec.env] }),
    ...layout,
    ...(spec.ports && spec.ports.length > 0 && { ports: portsOf(spec) }),
    restart: 'always',
    capabilities: { drop: ['ALL'], ...(spec.capabilities && { add: [...spec.capabilities] }) },
    securityOpts: ['no-new-privileges:true'],
    memory: spec.memoryMiB,
    // Without it the provider plans a difference forever.
    memorySwap: spec.memoryMiB,
    ...(spec.sharedMemoryMiB !== undefined && { shmSize: spec.sharedMemoryMiB }),
    ...(spec.readOnly && { readOnly: true }),
    ...(spec.stopSignal !== undefined && { stopSignal: spec.stopSignal }),
    stopTimeout: spec.stopGraceSeconds,
    // Zero by default: replace and destroy would kill at once.
    destroyGraceSeconds: spec.stopGraceSeconds,
    ...loggingOf(spec.log),
    // The provider itself ends every create after 20 minutes; `breakwater up` goes on waiting then.
    ...(spec.healthcheck ? { wait: true, waitTimeout: spec.waitSeconds ?? WAIT_SECONDS } : { wait: false }),
    labels: labelsOf(spec, layout),
  };
}

type Layout = Pick<ContainerConfig, 'mounts' | 'healthcheck' | 'tmpfs'>;

function layoutOf({ mounts, healthcheck, tmpfs }: ContainerSpec): Layout {
  return {
    mounts: mounts.map(({ source, target, readOnly }) => ({ type: 'bind', source, target, readOnly })),
    ...(tmpfs && { tmpfs: { ...tmpfs } }),
    ...(healthcheck && {
      // Docker's own normal form of each duration: any other is a difference forever.
      healthcheck: { test: [...healthcheck], interval: '5s', timeout: '5s', retries: 6, startPeriod: '2m0s' },
    }),
  };
}

function labelsOf({ prepared }: ContainerSpec, layout: Layout): { label: string; value: string }[] {
  const spec = createHash('sha256').update(JSON.stringify(layout)).digest('hex');
  return [
    ...(prepared === undefined ? [] : [{ label: `${LABEL}.prepared`, value: prepared }]),
    { label: `${LABEL}.spec`, value: spec },
  ];
}

function portsOf({ ports = [] }: ContainerSpec): { internal: number; external: number; ip?: string }[] {
  return ports.map(({ internal, external, address }) => ({
    internal,
    external,
    ...(address !== undefined && { ip: address }),
  }));
}

function loggingOf(log: LogSpec): Pick<ContainerConfig, 'logDriver' | 'logOpts'> {
  return { logDriver: log.driver, logOpts: { ...log.options } };
}
