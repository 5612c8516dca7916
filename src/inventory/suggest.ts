import { grouped } from '../grouped';
import { compact } from '../compact';
import { compareText } from '../compare-text';
import { stringify } from 'yaml';
import type { Cache } from './cache';
import { whereOf } from './report';
import type { ImageReference } from './reference';

interface Need {
  readonly registry: string;
  readonly references: readonly ImageReference[];
}

const TYPES: readonly (readonly [host: RegExp, type: string])[] = [
  [/^docker\.io$/, 'docker-hub'],
  [/^ghcr\.io$/, 'github-ghcr'],
  [/^\d+\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/, 'aws-ecr'],
  [/\.azurecr\.io$/, 'azure-acr'],
];
/** Harbor considers these types unhealthy without an account. */
const NEEDS_ACCOUNT: ReadonlySet<string> = new Set(['aws-ecr', 'azure-acr']);
const LOCAL = /^(?:localhost|127\.|\[::1\]|10\.|192\.168\.|host\.docker\.internal)|^[^.]+(?::\d+)?$/;

/**
 * YAML of the registries and proxy cache projects that the references need and the policies lack, with comments about
 * the expected requests per day at each upstream.
 */
export function suggest(references: readonly ImageReference[], cache: Cache): string {
  const needs = needsOf(references, 'bypass');
  const local = needs.filter(({ registry }) => LOCAL.test(registry));
  const missing = needs.filter((need) => !local.includes(need));
  const served = needsOf(references, 'needs-rewrite');
  const names = new Set(cache.projects.map(({ name }) => name));
  const notes = [
    ...local.flatMap((need) => [`${head(need)} Not suggested: the name only resolves on some machines.`]),
    ...served.flatMap((need) => [`${head(need)} A project serves it: rewrite the references.`, ...costs(need)]),
    ...(missing.length === 0 ? ['Nothing to add: every referenced registry has a proxy cache project.'] : []),
    ...missing.flatMap((need) => [`${head(need)}${advice(need)}`, ...costs(need)]),
  ];
  const body = missing.length === 0 ? '' : `${declared(missing, names)}`;
  return `${notes.map((note) => `# ${note}\n`).join('')}${body}`;
}

/** By registry, the one with the most references first. References whose registry is not known are left out. */
function needsOf(references: readonly ImageReference[], status: ImageReference['status']): Need[] {
  const found = references.filter((reference) => reference.status === status && reference.registry !== undefined);
  return [...grouped(found, ({ registry }) => registry!)]
    .map(([registry, list]) => ({ registry, references: list }))
    .sort((a, b) => b.references.length - a.references.length || compareText(a.registry, b.registry));
}

function head({ registry, references }: Need): string {
  const images = imagesOf(references);
  const mutable = images.filter(isMutable).length;
  return `${registry}: ${counted(references.length, 'reference')} to ${counted(images.length, 'image')}, ${mutable} of them with a tag that may move.`;
}

/** Published limits of upstreams per day. Docker Hub: 100 pulls in six hours per address, 200 for a free account. */
const GRANTED: Readonly<Record<string, string>> = {
  'docker.io': ', of 400 that Docker Hub allows per address and 800 per free account',
};
const MOST_NAMED = 10;

/** A digest is pulled once, a tag again whenever it moves; an index adds one pull per platform. */
function costs({ registry, references }: Need): string[] {
  const images = imagesOf(references);
  const mutable = images.filter(isMutable);
  const perPlatform = (count: number): string => `${counted(2 * count, 'pull')} (an index and one platform)`;
  const named = mutable
    .slice(0, MOST_NAMED)
    .map((one) => `${one.reference ?? one.written}${isLatest(one) ? ' (latest)' : ''} at ${whereOf(one)}`);
  const more = mutable.length > MOST_NAMED ? [`… and ${mutable.length - MOST_NAMED} more`] : [];
  return [
    `  to fill the cache: at most ${perPlatform(images.length)}; then, if every tag moves once a day: ${perPlatform(mutable.length)} a day${GRANTED[registry] ?? ''}`,
    ...[...named, ...more].map((text) => `  may move: ${text}`),
  ];
}

function imagesOf(references: readonly ImageReference[]): readonly ImageReference[] {
  return [...new Map(references.map((reference) => [reference.reference, reference])).values()];
}

function isMutable({ mutable }: ImageReference): boolean {
  return mutable;
}

function isLatest({ tag, digest }: ImageReference): boolean {
  return digest === undefined && (tag === undefined || tag === 'latest');
}

/** The suggestion contains no credential: where an account is needed, it has to be added. */
function advice({ registry }: Need): string {
  const type = typeOf(registry);
  if (type === 'docker-hub') return ' Docker Hub limits pulls by address without an account: declare a credential.';
  return NEEDS_ACCOUNT.has(type) ? ' Harbor needs an account for this type: declare a credential.' : '';
}

/**
 * The types whose host is fixed need no `url`. A project whose name is taken gets the suffix `-cache`: the existing one
 * of that name serves something else.
 */
function declared(needs: readonly Need[], taken: ReadonlySet<string>): string {
  const registries = needs.map(({ registry }): [string, object] => {
    const type = typeOf(registry);
    const isFixed = type === 'docker-hub' || type === 'github-ghcr';
    return [nameOf(registry), compact({ type, url: !isFixed ? `https://${registry}` : undefined })];
  });
  const projects = needs.map(({ registry }): [string, object] => {
    const name = `proxy.${nameOf(registry)}`;
    return [taken.has(name) ? `${name}-cache` : name, { registry: nameOf(registry) }];
  });
  return stringify({ registries: Object.fromEntries(registries), projects: Object.fromEntries(projects) });
}

function typeOf(registry: string): string {
  return TYPES.find(([host]) => host.test(registry))?.[1] ?? 'docker-registry';
}

/** A port is not part of a project's name. */
function nameOf(registry: string): string {
  return registry.replace(/[^a-z0-9._-]+/g, '-');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
