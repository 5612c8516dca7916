import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrors, type Diagnostic } from '../diagnostic';
import type { Environment } from './environment';
import { DEFAULT_DATA_VOLUME, DEFAULT_PREPARED_DIRECTORY } from './harbor/harbor-schema';
import { IMAGE_NAMES, releaseOf } from './harbor/release';
import type { ServiceId } from './service-ids';
import { missingDigests, runningServices } from './harbor/services';
import { loadHostSettings } from './host-settings';
import { loadImages, type HarborPins, type ImagePin } from './images';
import { loadEnvironment } from './load-environment';
import { imagesFile } from './package-files';
import { isWholePair, nodeNames } from './pair';
import { loadPrepared, type Prepared } from './prepared';
import { diagnosticOf, type TreeFinding, type ReadFile } from './read-tree';

/** Everything from which the stacks are generated. */
export interface DeployInputs {
  readonly environment: Environment;
  /** Of the declared version. */
  readonly pins: HarborPins;
  readonly traefik: ImagePin;
  /** Absent until the host is prepared for the declared version: then only the stacks before it can be generated. */
  readonly prepared?: Prepared;
}

/** All findings of all files at once, so that one run shows everything to fix. */
export interface LoadedInputs {
  /** Absent when there is an error among the findings. */
  readonly inputs?: DeployInputs;
  readonly diagnostics: readonly Diagnostic[];
  /** The texts that were read, by file: findings are shown with their line. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Every image of Harbor and Traefik in this environment, as pinned. */
export function pinnedImages({ pins, traefik }: Pick<DeployInputs, 'pins' | 'traefik'>): readonly string[] {
  return [...Object.values(pins), traefik].map(({ image }) => image);
}

/**
 * Reads an environment, the image pins and the prepared files from `stacks/`, and compares them.
 * @param directory contains `environments/`, `prepared/` and, if the pins are its own, `images.yaml`
 */
export async function loadInputs(directory: string, name: string): Promise<LoadedInputs> {
  const [loaded, images, prepared] = await Promise.all([
    loadEnvironment(join(directory, 'environments'), name),
    loadImages(imagesFile(directory)),
    ifThere(join(directory, 'prepared', `${name}.json`)),
  ]);
  const { harbor, node } = loaded.environment ?? {};
  const settings = await loadHostSettings(join(directory, 'environments'), name, harbor, node?.pair);
  const before = [...loaded.diagnostics, ...settings.diagnostics, ...images.diagnostics, ...prepared.diagnostics];
  const read = [loaded.source, settings.source, images.source, prepared.source].flatMap((source) => source ?? []);
  const sources = new Map(read.map(({ file, text }) => [file, text]));
  const { environment } = loaded;
  if (!environment || !images.value || !images.tree || hasErrors(before)) return { sources, diagnostics: before };
  if (isWholePair(environment)) {
    return { sources, diagnostics: [...before, diagnosticOf(oneMachineOnly(environment), loaded.tree!)] };
  }
  const pins = images.value.harbor[environment.harbor.version] ?? {};
  const unpinned = checkPins(environment, pins, Object.keys(images.value.harbor));
  const stale = prepared.value ? checkPrepared(environment, prepared.value) : [];
  const needless = checkLogins(environment, [...Object.values(pins), images.value.traefik]);
  const diagnostics = [
    ...before,
    ...needless.map((finding) => diagnosticOf(finding, loaded.tree!)),
    ...unpinned.map((finding) => diagnosticOf(finding, images.tree!)),
    ...stale.map((finding) => diagnosticOf(finding, prepared.tree!)),
  ];
  if (hasErrors(diagnostics)) return { sources, diagnostics };
  const inputs = { environment, pins, traefik: images.value.traefik };
  const usable = stale.length === 0 && prepared.value ? { prepared: prepared.value } : {};
  return { inputs: { ...inputs, ...usable }, sources, diagnostics };
}

/** The stacks are those of one machine: without one, the provider would use the Docker of this machine. */
function oneMachineOnly(environment: Environment): TreeFinding {
  const [first, second] = nodeNames(environment);
  const message = `${environment.name} is a pair of machines, and the stacks are those of one`;
  const hint = `use BREAKWATER_ENVIRONMENT=${first!}, then ${second!}; breakwater up deploys both`;
  return { rule: 'one-machine', path: ['topology'], message, hint };
}

async function ifThere(file: string): Promise<ReadFile<Prepared>> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  return isThere ? loadPrepared(file) : { diagnostics: [] };
}

/** A login that no image needs was written for another name: the pull would be anonymous. */
function checkLogins({ host }: Environment, pins: readonly ImagePin[]): TreeFinding[] {
  return (host?.registry_auth ?? []).flatMap(({ address }, index) => {
    if (pins.some(({ image }) => registryOf(image) === address)) return [];
    const message = `no pinned image comes from ${address}`;
    const hint = 'write the registry as in the names in images.yaml; docker.io for names without one';
    return [{ rule: 'unused-login', path: ['host', 'registry_auth', index, 'address'], message, hint }];
  });
}

/** As in Docker: the first part is a registry if it has a dot or a port, or is localhost. */
function registryOf(image: string): string {
  const first = image.split('@')[0]!.split('/')[0]!;
  return image.includes('/') && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}

function checkPins({ harbor }: Environment, pins: HarborPins, versions: readonly string[]): TreeFinding[] {
  const path = ['harbor', harbor.version];
  if (!versions.includes(harbor.version)) {
    const hint = `pinned releases: ${versions.join(', ')}`;
    return [{ rule: 'no-pins', path, message: 'no image of this release is pinned', hint }];
  }
  return runningServices(harbor).flatMap((id) => {
    const image = pins[id]?.image;
    if (image !== undefined) return [...checkTag(harbor.version, id, image), ...checkName(harbor.version, id, image)];
    const hint = 'add it as { image: name:tag@sha256:… }, with its own entrypoint and command';
    return [{ rule: 'no-pin', path, message: `no image is pinned for ${id}`, hint }];
  });
}

/** A bot that moved a tag to another release would deploy a mixture of releases. */
function checkTag(version: string, id: string, image: string): TreeFinding[] {
  if (image.includes(`:${version}@`)) return [];
  const path = ['harbor', version, id, 'image'];
  return [
    {
      rule: 'other-release',
      path,
      message: `${image} is not of ${version}`,
      hint: 'add a separate key for a new release',
    },
  ];
}

/** Valkey replaced Redis: an image of the earlier program with a new tag was never tested. */
function checkName(version: string, id: ServiceId, image: string): TreeFinding[] {
  const name = image
    .split('@')[0]!
    .replace(/:[^/]*$/, '')
    .split('/')
    .at(-1)!;
  const wanted = releaseOf(version).images[id];
  if (name === wanted || !IMAGE_NAMES.has(name)) return [];
  const message = `${name} is not ${id} of Harbor ${version}`;
  return [{ rule: 'other-image', path: ['harbor', version, id, 'image'], message, hint: `pin ${wanted}` }];
}

/**
 * The host was prepared for something other than the declaration, so its containers would differ from the plan. Not an
 * error, because the stack `images` is deployed before the host is prepared for a new version.
 */
function checkPrepared({ name, harbor }: Environment, prepared: Prepared): TreeFinding[] {
  const hint = `the stack harbor is left out until breakwater up --environment ${name} --only host has run`;
  const stale = { rule: 'prepared-stale', severity: 'warning', hint } as const;
  const pairs: (readonly [string, string, string])[] = [
    ['harborVersion', prepared.harborVersion, harbor.version],
    ['hostname', prepared.hostname, harbor.hostname],
    ['dataVolume', prepared.dataVolume, harbor.data_volume ?? DEFAULT_DATA_VOLUME],
    ['preparedDirectory', prepared.preparedDirectory, harbor.prepared_directory ?? DEFAULT_PREPARED_DIRECTORY],
  ];
  const differing = pairs.flatMap(([key, was, declared]) => {
    const message = `the host was prepared for ${was}, but ${declared} is declared`;
    return was === declared ? [] : [{ ...stale, path: [key], message }];
  });
  const missing = missingDigests(harbor, prepared.services).map((id) => {
    return { ...stale, path: ['services'], message: `nothing is prepared for ${id}` };
  });
  return [...differing, ...missing];
}
