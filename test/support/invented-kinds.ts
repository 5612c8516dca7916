import { ApplyError } from '../../src/errors';
import type { JsonObject } from '../../src/json';
import type { AnyKind, Kind, Live, Refs } from '../../src/kinds/kind';
import type { SecretReference } from '../../src/secret-reference';

/**
 * Five invented kinds with every trait that the planner knows of, and none of Harbor's oddities.
 * A shelf holds boxes; a box has a limit that travels in its own create call, a tidy rule that the store makes
 * silently for a box on a shelf, and labels that live in it. They keep their things in a `StoreDouble`.
 */
export interface Shelf {
  readonly name: string;
  readonly url?: string;
  readonly login?: { readonly user?: string; readonly secret?: SecretReference };
  readonly marks?: { readonly [key: string]: string };
}
export interface Box {
  readonly name: string;
  readonly shelf?: string;
  readonly open?: boolean;
  readonly tags?: readonly string[];
}
export interface Limit {
  readonly box: string;
  readonly bytes: number;
}
export interface Tidy {
  readonly box: string;
  readonly days: number;
}
export interface Label {
  readonly box: string;
  readonly name: string;
  readonly colour?: string;
}

interface Stored {
  readonly id: number;
  readonly identity: string;
  readonly [field: string]: unknown;
}

type Traits<Spec extends object> = Pick<Kind<Spec>, 'name' | 'dependsOn' | 'identity' | 'references'> &
  Partial<Kind<Spec, Stored>>;

const path = (kind: string, identity?: string): string =>
  identity === undefined ? `/${kind}` : `/${kind}/${encodeURIComponent(identity)}`;

function inventedKind<Spec extends object>(traits: Traits<Spec>): Kind<Spec, Stored> {
  const { name } = traits;
  const fromWire = ({ id, identity, facts, ...spec }: Stored): Live<Spec> => ({
    id,
    identity,
    spec: spec as unknown as Spec,
    ...(facts ? { facts: facts as JsonObject } : {}),
  });
  const kind: Kind<Spec, Stored> = {
    about: 'Invented.',
    placements: [],
    replaceOn: [],
    writeOnly: [],
    deletable: true,
    access: { read: 'user', create: 'user', update: 'user', remove: 'user' },
    calls: {},
    normalise: (spec) => spec,
    list: ({ client }) => client.list(path(name)),
    fromWire,
    toWire: (spec) => spec,
    async read(context, identity) {
      const wire = await context.client.find<Stored>(path(name, identity));
      return wire && kind.fromWire(wire, context.refs);
    },
    async create(context, desired, carried) {
      const body = { ...kind.toWire(desired, context.refs), identity: kind.identity(desired) };
      return context.client.post(path(name), carried.size > 0 ? { ...body, carried: [...carried] } : body);
    },
    async update({ client, refs }, { live, merged, changed }) {
      const wire = kind.toWire(merged, refs) as JsonObject;
      await client.put(path(name, live.identity), Object.fromEntries(changed.map((key) => [key, wire[key] ?? null])));
    },
    remove: ({ client }, live) => client.delete(path(name, live.identity)),
    ...traits,
  };
  return kind;
}

export const shelf = inventedKind<Shelf>({
  name: 'shelf',
  dependsOn: [],
  writeOnly: [
    {
      field: 'login.secret',
      with: ['url', 'login.user'],
      why: 'the store forgets it with them',
      provable: 'on-request',
    },
  ],
  whole: ['marks'],
  identity: ({ name }) => name,
  references: () => [],
  async create(context, desired) {
    const reference = desired.login?.secret;
    const secret = reference && (await context.secret(reference));
    const body = { ...desired, identity: desired.name, ...(secret ? { login: { ...desired.login, secret } } : {}) };
    return context.client.post('/shelf', body);
  },
  async update(context, { live, merged, changed }) {
    const reference = merged.login?.secret;
    const secret = changed.includes('login') && reference ? await context.secret(reference) : undefined;
    const wire: Shelf = { ...merged, ...(secret ? { login: { ...merged.login, secret: secret as never } } : {}) };
    const body = Object.fromEntries(changed.map((key) => [key, wire[key] ?? null]));
    await context.client.put(path('shelf', live.identity), body);
  },
});

export const box = inventedKind<Box>({
  name: 'box',
  dependsOn: ['shelf'],
  replaceOn: ['shelf'],
  identity: ({ name }) => name,
  normalise: (spec) => (spec.tags ? { ...spec, tags: [...spec.tags].sort() } : spec),
  references: (spec) =>
    spec.shelf ? [{ kind: 'shelf', identity: spec.shelf, field: 'shelf', mayBeUndeclared: true }] : [],
  toWire: ({ shelf: on, ...spec }, refs) => ({
    ...(spec as Partial<Stored>),
    ...(on === undefined ? {} : { shelf_id: refs.id('shelf', on) }),
  }),
  fromWire: ({ id, identity, facts, shelf_id, ...spec }, refs) => {
    const on = shelf_id === undefined ? undefined : refs.name('shelf', shelf_id as number);
    return {
      id,
      identity,
      spec: { ...(spec as unknown as Box), ...(on ? { shelf: on } : {}) },
      ...(facts ? { facts: facts as JsonObject } : {}),
    };
  },
  ends({ facts }) {
    const atS = facts?.['ends'];
    const lifeS = facts?.['life'];
    if (typeof atS !== 'number') return undefined;
    return { atS, ...(typeof lifeS === 'number' && { lifeS }), remedy: 'make it again', field: 'open' };
  },
  hazards({ action, live }) {
    const things = Number(live?.facts?.['things'] ?? 0);
    if ((action !== 'delete' && action !== 'replace') || things === 0) return [];
    const message = `${live!.identity} holds ${things} things`;
    return [{ rule: 'box-not-empty', message, enforcement: 'soft-mandatory', hint: 'empty it first' }];
  },
});

export const limit = inventedKind<Limit>({
  name: 'limit',
  dependsOn: ['box'],
  deletable: false,
  bornWith: { kind: 'box', carried: true },
  identity: ({ box: of }) => of,
  references: ({ box: of }) => [{ kind: 'box', identity: of, field: '', owner: true }],
  show: (field, value) => (field === 'bytes' ? `${Number(value)} B` : undefined),
});

export const tidy = inventedKind<Tidy>({
  name: 'tidy',
  dependsOn: ['box'],
  deletable: false,
  bornWith: {
    kind: 'box',
    carried: false,
    spec: (parent) => ((parent as Box).shelf ? { box: (parent as Box).name, days: 7 } : undefined),
  },
  identity: ({ box: of }) => of,
  references: ({ box: of }) => [{ kind: 'box', identity: of, field: '', owner: true }],
});

export const label = inventedKind<Label>({
  name: 'label',
  dependsOn: ['box'],
  identity: ({ box: of, name }) => `${of}/${name}`,
  references: ({ box: of }) => [{ kind: 'box', identity: of, field: '', owner: true }],
});

export const inventedKinds: readonly AnyKind[] = [shelf, box, limit, tidy, label];

/** Refs over nothing: for the pure half of a kind. */
export const noRefs: Refs = {
  id(kind, identity) {
    throw new ApplyError(`no ${kind} ${identity}`, `${kind}/${identity}`);
  },
  name: () => undefined,
};
