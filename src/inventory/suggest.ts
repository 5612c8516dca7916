import { compareText } from '../compare-text';
import { stringify } from 'yaml';
import type { Cache } from './cache';
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
/** Harbor finds these types unhealthy without an account. */
const NEEDS_ACCOUNT: ReadonlySet<string> = new Set(['aws-ecr', 'azure-acr']);
const LOCAL = /^(?:localhost|127\.|\[::1\]|10\.|192\.168\.|host\.docker\.internal)|^[^.]+(?::\d+)?$/;

/** YAML of the registries and proxy cache projects that the references need and the policies lack. */
export function suggest(references: readonly ImageReference[], cache: Cache): string {
  const needs = needsOf(references);
  const local = needs.filter(({ registry }) => LOCAL.test(registry));
  const missing = needs.filter((need) => !local.includes(need));
  const names = new Set(cache.projects.map(({ name }) => name));
  const notes = [
    ...local.map((need) => `# ${need.registry}: ${cost(need)}. Not suggested: a name that only some machines know.`),
    ...(missing.length === 0 ? ['# Nothing is missing: every registry that is named has a proxy cache project.'] : []),
  ];
  const body = missing.length === 0 ? '' : `${declared(missing, names)}`;
  return `${[...notes, ...missing.map((need) => `# ${need.registry}: ${cost(need)}.${advice(need)}`)].join('\n')}\n${body}`;
}

function needsOf(references: readonly ImageReference[]): Need[] {
  const found = new Map<string, ImageReference[]>();
  for (const reference of references) {
    if (reference.status !== 'bypass' || reference.registry === undefined) continue;
    found.set(reference.registry, [...(found.get(reference.registry) ?? []), reference]);
  }
  return [...found]
    .map(([registry, list]) => ({ registry, references: list }))
    .sort((a, b) => b.references.length - a.references.length || compareText(a.registry, b.registry));
}

/** A digest costs one pull for ever, a tag one again whenever it moves. */
function cost({ references }: Need): string {
  const images = new Map(references.map((reference) => [reference.reference, reference.mutable]));
  const mutable = [...images.values()].filter(Boolean).length;
  return `${counted(references.length, 'reference')} to ${counted(images.size, 'image')}, ${mutable} of them by a tag that may move; filling the cache takes ${counted(images.size, 'pull')} per platform`;
}

function advice({ registry }: Need): string {
  const type = typeOf(registry);
  if (type === 'docker-hub') return ' Docker Hub limits pulls by address without an account: declare a credential.';
  return NEEDS_ACCOUNT.has(type) ? ' Harbor needs an account for this type: declare a credential.' : '';
}

function declared(needs: readonly Need[], taken: ReadonlySet<string>): string {
  const registries = needs.map(({ registry }): [string, object] => {
    const type = typeOf(registry);
    const isFixed = type === 'docker-hub' || type === 'github-ghcr';
    return [nameOf(registry), { type, ...(!isFixed && { url: `https://${registry}` }) }];
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

/** A port is no part of a project's name. */
function nameOf(registry: string): string {
  return registry.replace(/[^a-z0-9._-]+/g, '-');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
