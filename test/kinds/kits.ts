import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { kinds } from '../../src/kinds';
import type { AnyKind } from '../../src/kinds/kind';
import type { JsonObject } from '../../src/json';
import type { KindKit, World } from './kit';
import { merged } from './support/merged';

const load = createRequire(__filename);

/** The kit stands in the file of the kind's name: nothing else lists it. */
export function kitOf(name: string): KindKit {
  return (load(join(__dirname, `${name}.kit`)) as { readonly kit: KindKit }).kit;
}

export interface Kitted {
  readonly name: string;
  readonly kind: AnyKind;
  readonly kit: KindKit;
}

/** All kinds with their kits; a kind without one fails in index.test.ts, and not everywhere. */
export const kitted: readonly Kitted[] = kinds
  .filter(({ name }) => existsSync(join(__dirname, `${name}.kit.ts`)))
  .map((kind) => ({ name: kind.name, kind, kit: kitOf(kind.name) }));

/** One declaration of every kind, with every field declared. */
export function wholeDeclaration(world: World): JsonObject {
  return merged(kitted.map(({ kit }) => kit.declared(world)));
}

/** `sent` as Harbor would return it: with its own fields, and without top-level scalars that are empty. */
export function answeredWire({ answered }: KindKit, sent: object, spec: object): unknown {
  const { added, always = [], instead } = answered;
  const wire = { ...added(sent as Record<string, unknown>), ...sent, ...instead?.(spec) };
  const isShown = ([key, value]: [string, unknown]): boolean =>
    always.includes(key) || !(value === '' || value === false || value === 0);
  return Object.fromEntries(Object.entries(wire).filter(isShown));
}
