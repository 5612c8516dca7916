import fc from 'fast-check';
import type { JsonObject } from '../../src/json';
import type { Drawn } from '../kinds/kit';
import { kitted } from '../kinds/kits';
import { map, named } from '../kinds/support/arbitraries';
import { merged } from '../kinds/support/merged';

/*
 * Whole declarations as a person would write them, over a few names that all of them share, so that each is a change
 * of the one before. Every field is declared or not; what is declared is one of a few values that Harbor takes.
 */

/** A declaration; `upstream` is where registries point to. */
export function documents(upstream: string): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const drawn = kitted.flatMap(({ kit }) => ('notDrawn' in kit.drawn ? [] : [kit.drawn({ upstream })]));
  const all = (part: keyof Drawn) => Object.assign({}, ...drawn.map((one) => one[part])) as NonNullable<Drawn['root']>;
  const always = all('always');
  const proxy = map({ registry: 'up' }, { ...all('project'), ...all('proxy') });
  const plain = map({}, { ...all('project'), ...all('plain') });
  const projects: fc.Arbitrary<unknown> = named({ 'proxy-a': proxy, 'proxy-b': proxy, plain });
  const parts: NonNullable<Drawn['root']> = { ...always, projects, ...all('root') };
  return fc
    .record(parts, { requiredKeys: [...Object.keys(always), 'projects'] })
    .map((values) => merged(Object.entries(values).map(([path, value]) => nested(path, value))));
}

/** `schedules.gc` as `{ schedules: { gc: … } }`. */
function nested(path: string, value: unknown): JsonObject {
  return path.split('.').reduceRight<unknown>((below, key) => ({ [key]: below }), value) as JsonObject;
}
