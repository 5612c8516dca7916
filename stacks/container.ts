import { createHash } from 'node:crypto';
import type { TerraformStack } from 'cdktf';
import type { ContainerSpec, LogSpec, Reference } from '../src/deployment';
import { addDockerContainer } from './docker';
import type { DockerContainer, DockerContainerHealthcheck } from './docker-types';

/** A network of the container. */
export interface Attachment {
  readonly id: Reference;
  readonly aliases?: readonly string[];
  readonly address?: string;
}

export interface ContainerLinks {
  readonly networks: readonly Attachment[];
  /** Containers of the same stack that have to be healthy first. */
  readonly dependsOn: readonly string[];
}

const LABEL = 'io.breakwater';
const WAIT_SECONDS = 180;
/** The provider's time limit for a create, including its wait. */
const CREATE_SECONDS = 1200;

/**
 * One container, hardened like all others. A label contains everything whose change must replace it: labels force a new
 * container, while the provider plans a changed mount, healthcheck or tmpfs in place, does nothing, and plans it again
 * forever (docs/harbor-behavior.md 11.6).
 */
export function addContainer(stack: TerraformStack, id: string, spec: ContainerSpec, links: ContainerLinks): void {
  const networks = links.networks.map(({ id: name, aliases = [], address }) => ({
    name,
    ...(aliases.length > 0 && { aliases }),
    ...(address !== undefined && { ipv4_address: address }),
  }));
  const ignoreChanges = isPublishedTwice(spec) ? (['ports'] as const) : [];
  const properties = { ...ownProperties(spec), networks_advanced: networks };
  addDockerContainer(stack, id, properties, { after: links.dependsOn, ignoreChanges });
}

function ownProperties(spec: ContainerSpec): DockerContainer {
  const layout = layoutOf(spec);
  return {
    name: spec.name,
    image: spec.image,
    ...(spec.user !== undefined && { user: spec.user }),
    ...(spec.entrypoint && { entrypoint: spec.entrypoint }),
    ...(spec.command && { command: spec.command }),
    ...(spec.env && { env: spec.env }),
    ...layoutProperties(layout),
    ...(spec.ports && spec.ports.length > 0 && { ports: portsOf(spec) }),
    restart: 'always',
    capabilities: { drop: ['ALL'], ...(spec.capabilities && { add: spec.capabilities }) },
    security_opts: ['no-new-privileges:true'],
    memory: spec.memoryMiB,
    // Without it, every plan of the provider has a difference.
    memory_swap: spec.memoryMiB,
    ...(spec.sharedMemoryMiB !== undefined && { shm_size: spec.sharedMemoryMiB }),
    ...(spec.readOnly && { read_only: true }),
    ...(spec.stopSignal !== undefined && { stop_signal: spec.stopSignal }),
    stop_timeout: spec.stopGraceSeconds,
    // The default is zero: replace and destroy would kill it at once.
    destroy_grace_seconds: spec.stopGraceSeconds,
    ...loggingOf(spec.log),
    ...(spec.healthcheck ? waitingFor(spec.waitSeconds ?? WAIT_SECONDS) : { wait: false }),
    labels: labelsOf(spec, layout),
  };
}

/** A change of these replaces the container. Their digest is a label, so do not reformat this. */
interface Layout {
  readonly mounts: readonly { type: 'bind'; source: string; target: string; readOnly: boolean }[];
  readonly tmpfs?: Readonly<Record<string, string>>;
  readonly healthcheck?: {
    readonly test: readonly string[];
    readonly interval: string;
    readonly timeout: string;
    readonly retries: number;
    readonly startPeriod: string;
  };
}

function layoutOf({ mounts, healthcheck, tmpfs }: ContainerSpec): Layout {
  return {
    mounts: mounts.map(({ source, target, readOnly }) => ({ type: 'bind', source, target, readOnly })),
    ...(tmpfs && { tmpfs }),
    ...(healthcheck && {
      // Docker's normal form of each duration: with another one, every plan has a difference.
      healthcheck: { test: healthcheck, interval: '5s', timeout: '5s', retries: 6, startPeriod: '2m0s' },
    }),
  };
}

function layoutProperties(layout: Layout): Pick<DockerContainer, 'mounts' | 'healthcheck' | 'tmpfs'> {
  const { mounts, tmpfs, healthcheck } = layout;
  return {
    mounts: mounts.map(({ readOnly, ...mount }) => ({ ...mount, read_only: readOnly })),
    ...(tmpfs && { tmpfs }),
    ...(healthcheck && { healthcheck: healthcheckOf(healthcheck) }),
  };
}

function healthcheckOf({ startPeriod, ...check }: NonNullable<Layout['healthcheck']>): DockerContainerHealthcheck {
  return { ...check, start_period: startPeriod };
}

function labelsOf(container: ContainerSpec, layout: Layout): { label: string; value: string }[] {
  const { prepared, ports = [] } = container;
  const spec = createHash('sha256').update(JSON.stringify(layout)).digest('hex');
  const published = ports.map(({ address = '', external, internal }) => `${address}/${external}/${internal}`);
  return [
    ...(prepared === undefined ? [] : [{ label: `${LABEL}.prepared`, value: prepared }]),
    { label: `${LABEL}.spec`, value: spec },
    ...(isPublishedTwice(container) ? [{ label: `${LABEL}.ports`, value: published.join(' ') }] : []),
  ];
}

/**
 * One port at several addresses: Docker lists them in another order, which the provider considers another
 * definition, and would replace the container with every plan.
 */
function isPublishedTwice({ ports = [] }: ContainerSpec): boolean {
  return new Set(ports.map(({ internal }) => internal)).size < ports.length;
}

/** Without its own timeout, a create ends after 20 minutes, even if the wait is longer. */
function waitingFor(seconds: number): Pick<DockerContainer, 'wait' | 'wait_timeout' | 'timeouts'> {
  const wait = { wait: true, wait_timeout: seconds };
  return seconds < CREATE_SECONDS ? wait : { ...wait, timeouts: { create: `${seconds + CREATE_SECONDS}s` } };
}

function portsOf({ ports = [] }: ContainerSpec): NonNullable<DockerContainer['ports']> {
  return ports.map(({ internal, external, address }) => ({
    internal,
    external,
    ...(address !== undefined && { ip: address }),
  }));
}

function loggingOf(log: LogSpec): Pick<DockerContainer, 'log_driver' | 'log_opts'> {
  return { log_driver: log.driver, log_opts: log.options };
}
