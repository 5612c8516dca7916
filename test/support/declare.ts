import { createHash } from 'node:crypto';
import type { Declaration, DeclaredObject } from '../../src/declaration/declaration';
import { canonicalJson } from '../../src/json';
import type { AnyKind, KindRules, Live } from '../../src/kinds/kind';
import { makePlan, type PlanInput } from '../../src/plan/make-plan';
import { inventedKinds } from './invented-kinds';

/** `{ box: [{ name: 'a' }] }`: specs by kind, as tests write them. */
export type Specs = Readonly<Record<string, readonly object[]>>;
/** The same for what is live; `facts` beside the fields of a spec. */
export type Found = Specs;

export interface DeclareOptions {
  readonly prune?: readonly string[];
  readonly protect?: readonly string[];
  readonly kinds?: readonly AnyKind[];
}

/** A declaration as the loader hands it on, from specs. */
export function declare(
  specs: Specs,
  { prune = [], protect = [], kinds = inventedKinds }: DeclareOptions = {},
): Declaration {
  const objects = kinds
    .flatMap((kind) => (specs[kind.name] ?? []).map((spec) => declared(kind, spec, protect)))
    .sort((a, b) => (a.address < b.address ? -1 : 1))
    .map((object, index) => ({ ...object, at: { file: 'policies/test.yaml', line: index + 1, column: 3 } }));
  const parents = kinds.map((kind): [string, string[]] => {
    const named = (specs[kind.name] ?? []).flatMap((spec) => ownersOf(kind, spec));
    const owners = [...(specs['box'] ?? []), ...(specs['project'] ?? [])];
    const all = prune.includes(kind.name) ? owners.map((one) => (one as { name: string }).name) : [];
    return [kind.name, [...new Set([...named, ...all])]];
  });
  const hash = `sha256:${createHash('sha256').update(canonicalJson(objects)).digest('hex')}`;
  return { directory: 'policies', objects, parents: new Map(parents), prune, conformance: [], hash };
}

function declared(kind: AnyKind, spec: object, protect: readonly string[]): Omit<DeclaredObject, 'at'> {
  const identity = kind.identity(spec);
  const address = `${kind.name}/${identity}`;
  return {
    kind: kind.name,
    identity,
    address,
    spec: kind.normalise(spec) as object,
    protect: protect.includes(address),
  };
}

function ownersOf(kind: AnyKind, spec: object): string[] {
  return kind.references(spec).flatMap((to) => (to.owner ? [to.identity] : []));
}

/** What a read would have found. */
export function live(found: Found, kinds: readonly KindRules[] = inventedKinds): Map<string, Live<object>[]> {
  return new Map(
    kinds.map((kind) => [
      kind.name,
      (found[kind.name] ?? []).map(({ facts, ...spec }: { facts?: object }, index) => ({
        id: index + 1,
        identity: kind.identity(spec),
        spec,
        ...(facts ? { facts: facts as never } : {}),
      })),
    ]),
  );
}

export function plan(
  declaration: Declaration,
  found: Found = {},
  options: Partial<PlanInput> = {},
): ReturnType<typeof makePlan> {
  return makePlan({
    tool: 'breakwater 0.0.0-test',
    declaration,
    current: live(found),
    kinds: inventedKinds,
    mode: 'upsert-only',
    targets: [],
    rotate: [],
    identity: { user: { username: 'admin', userId: 1, sysadmin: true, localAdmin: true } },
    target: { url: 'https://harbor.example.com', harborVersion: 'v2.15.2' },
    ...options,
  });
}
