import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeployInputs } from '../../../src';
import { SERVICES } from '../../../src/deploy/harbor';
import { synthesise } from '../../../stacks/synthesise';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly user?: string;
  readonly entrypoint?: string[];
  readonly command?: string[];
  readonly env?: string[];
  readonly mounts: { readonly source: string; readonly target: string; readonly read_only: boolean }[];
  readonly ports?: { readonly internal: number; readonly external: number; readonly ip?: string }[];
  readonly labels: { readonly label: string; readonly value: string }[];
  readonly networks_advanced: { readonly name: string; readonly aliases?: string[]; readonly ipv4_address?: string }[];
  readonly capabilities: { readonly add?: string[]; readonly drop: string[] };
  readonly depends_on?: string[];
  readonly [key: string]: unknown;
}

export interface StackJson {
  readonly terraform: { readonly backend: object; readonly required_providers: Record<string, { version: string }> };
  readonly provider: { readonly docker: Record<string, unknown>[] };
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  readonly data?: Record<string, Record<string, Record<string, unknown>>>;
}

export interface Synthesised {
  readonly text: string;
  readonly stacks: Readonly<Record<string, StackJson>>;
  readonly order: Readonly<Record<string, readonly string[]>>;
}

/** What `node dist/stacks/main.js` writes, read again. */
export function synth(inputs: DeployInputs): Synthesised {
  const outdir = mkdtempSync(join(tmpdir(), 'breakwater-synth-'));
  try {
    synthesise(inputs, outdir);
    const manifest = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8')) as {
      stacks: Record<string, { synthesizedStackPath: string; dependencies: string[] }>;
    };
    const texts = Object.entries(manifest.stacks).map(
      ([id, { synthesizedStackPath }]) => [id, readFileSync(join(outdir, synthesizedStackPath), 'utf8')] as const,
    );
    return {
      text: texts.map(([, text]) => text).join('\n'),
      stacks: Object.fromEntries(texts.map(([id, text]) => [id, JSON.parse(text) as StackJson])),
      order: Object.fromEntries(Object.entries(manifest.stacks).map(([id, { dependencies }]) => [id, dependencies])),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

export function containersOf(stack: StackJson | undefined): Record<string, Container> {
  return (stack?.resource['docker_container'] ?? {}) as unknown as Record<string, Container>;
}

const sample = (letter: string): string => letter.repeat(64);

/** Everything that can run, pinned and prepared. */
export function inputsOf(environment: Partial<DeployInputs['environment']> = {}): DeployInputs {
  return {
    environment: {
      name: 'lab',
      harbor: { version: 'v2.15.2', hostname: 'harbor.lab.test' },
      host: { address: 'vm.lab.test' },
      edge: { certificate: { self_signed: true } },
      ...environment,
    },
    pins: Object.fromEntries(
      SERVICES.map((id) => [
        id,
        { image: `goharbor/${id}:v2.15.2@sha256:${sample('a')}`, entrypoint: [`/start-${id}`], command: ['serve'] },
      ]),
    ),
    traefik: { image: `traefik:v3.7.9@sha256:${sample('b')}` },
    prepared: {
      schemaVersion: 1,
      harborVersion: 'v2.15.2',
      hostname: 'harbor.lab.test',
      dataVolume: '/data',
      preparedDirectory: '/opt/harbor/prepared',
      services: Object.fromEntries(SERVICES.filter((id) => id !== 'redis').map((id) => [id, sample('c')])),
    },
  };
}
