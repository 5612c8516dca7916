import { integer, key, needed, number, only, optional, text, unused, type Shape } from '../shape';
import { projectShape } from './support/project-shape';
import { ApplyError } from '../errors';
import type { Json } from '../json';
import { addressOf, type Kind } from './kind';
import { neverRemoved } from './support/never-removed';
import { projectPath } from './support/paths';
import { formatSize, parseSize, sizeProblem, sizeSchema } from './support/size';
import { readable } from './support/readable';

/** One quota: the limit and what is used of it. */
export interface QuotaWire {
  readonly id: number;
  /** Absent if the project is deleted, or could not be loaded for this response. */
  readonly ref?: { readonly id: number; readonly name: string };
  /** Bytes; -1 is unlimited. */
  readonly hard: { readonly storage: number };
  readonly used: { readonly storage: number };
}

const usage = unused(only<{ readonly storage: number }>({ storage: number }));

/** Without a limit nothing can be compared; a zero would be read as "everything is full". */
export const quotaShape: Shape<QuotaWire> = only<QuotaWire>({
  id: needed(integer),
  ref: optional(only<NonNullable<QuotaWire['ref']>>({ id: integer, name: key(text) })),
  // No quota has the limit zero: without a limit nothing is known about it.
  hard: needed(only<{ readonly storage: number }>({ storage: needed(number) })),
  used: usage,
});

/**
 * Harbor sleeps 17.5 ms for each quota of a page (docs/harbor-behavior.md 1.7), so a list takes as long as its largest page:
 *
 *     quotas           20         100        1,000      10,000
 *     pages            2 of 10    10 of 10   14 of 72   134 of 75, 64 at a time
 *     Harbor sleeps    0.2 s      0.2 s      1.3 s      3.9 s
 *     in a hurry                             40 of 26, 0.5 s
 *
 * A plan of 1,000 projects takes at most 40 calls in all.
 */
function quotasPerPage(total: number, pages: number): number {
  return Math.min(75, Math.max(10, Math.ceil(total / pages)));
}
const FEW_PAGES = 14;
const MANY_PAGES = 40;

/** From here on a note is shown. */
const NEARLY_FULL = 0.9;
/** Harbor sometimes keeps the quota of a deleted project (goharbor/harbor#12292), and omits what it cannot load. */
const LEFT_OVER = {
  reason: 'Harbor does not return which project it belongs to',
  anonymous: true,
  leftOver: true,
} as const;

/** One for each project. It is never created by itself: the request for the project has the limit. */
export interface QuotaSpec {
  readonly project: string;
  /** Bytes; -1 is unlimited. */
  readonly storage_limit: number;
}

/**
 * Harbor looks up the owner of each quota with a delay of 17 ms, so this list decides how long a plan takes:
 * many short pages at once (docs/harbor-behavior.md 1.7, 1.8).
 */
export const quota: Kind<QuotaSpec, QuotaWire> = readable<QuotaSpec, QuotaWire>({
  name: 'quota',
  about: 'How much a project may store.',
  placements: [
    {
      path: 'projects.*.storage_limit',
      schema: sizeSchema,
      example: { names: ['proxy.docker.io'], value: '500GiB' },
      toSpec: (value, [project = '']) => ({ project, storage_limit: parseSize(value) }),
      fromSpec: ({ project, storage_limit }, { facts }) => ({
        names: [project],
        value: formatSize(storage_limit),
        notes: noteOnFullness(storage_limit, facts['used_bytes']),
      }),
    },
  ],
  dependsOn: ['project'],
  replaceOn: [],
  writeOnly: [],
  deletable: false,
  bornWith: { kind: 'project', carried: true },
  access: { read: 'quota:list', create: 'quota:update', update: 'quota:update', remove: 'quota:update' },
  calls: { bulk: 'GET /quotas' },
  harborNames: { '': 'hard.storage' },
  traps: [
    'Harbor does not show that the quota of a proxy cache project is full: pulls keep working, but nothing more is cached.',
    '`GB` is not accepted: use units of 1024, such as `GiB`.',
  ],

  identity: (spec) => spec.project,
  normalise: (spec) => spec,
  references: ({ project }) => [{ kind: 'project', identity: project, field: '', owner: true }],
  check({ storage_limit }) {
    const message = sizeProblem(storage_limit);
    return message === undefined ? [] : [{ rule: 'bad-size', message, hint: 'write 500GiB, or unlimited' }];
  },
  show: (field, value) => (field === 'storage_limit' && typeof value === 'number' ? formatSize(value) : undefined),

  // The default order, newest first, shifts while pages are read (docs/harbor-behavior.md 1.7).
  list: ({ client, hurry = false }) =>
    client.list('/quotas', {
      shape: quotaShape,
      query: { reference: 'project', sort: 'creation_time' },
      pageSize: (total) => quotasPerPage(total, hurry ? MANY_PAGES : FEW_PAGES),
      concurrency: 64,
    }),

  /** A quota without a project is left over from a deleted one. It cannot be declared, and is a fault. */
  fromWire(wire) {
    const project = wire.ref?.name ?? '';
    const faults = wire.ref ? {} : { faults: LEFT_OVER };
    const spec = { project, storage_limit: wire.hard.storage };
    return { identity: project, id: wire.id, spec, facts: { used_bytes: wire.used.storage }, ...faults };
  },

  toWire: ({ storage_limit }) => ({ hard: { storage: storage_limit } }),

  async read({ client, refs }, identity) {
    const project = await client.find(projectPath(identity), { shape: projectShape });
    if (!project) return undefined;
    const query = { reference: 'project', reference_id: project.project_id };
    const [wire] = await client.list('/quotas', { shape: quotaShape, query });
    // It belongs to the requested project: Harbor omits the reference if it cannot load it.
    return wire && quota.fromWire({ ...wire, ref: wire.ref ?? { id: project.project_id, name: identity } }, refs);
  },

  /**
   * The POST for a new project contains the limit; this is for a project without a quota, which Harbor cannot create
   * later.
   */
  async create(_context, desired) {
    const address = addressOf('quota', desired.project);
    throw new ApplyError(
      `${address}: this project has no quota; Harbor creates none with configuration: { quota_per_project_enable: false }`,
      address,
    );
  },

  // PUT of the project returns 200 and ignores storage_limit (docs/harbor-behavior.md 7.1).
  async update({ client, refs }, { live, merged }) {
    await client.put(`/quotas/${live.id}`, quota.toWire(merged, refs));
  },

  remove: neverRemoved('quota'),
});

/**
 * With a full quota Harbor still serves pulls, stores nothing, and does not report it (docs/harbor-behavior.md 7.2).
 */
function noteOnFullness(limitBytes: number, usedBytes: Json | undefined): Readonly<Record<string, string>> {
  if (limitBytes <= 0 || typeof usedBytes !== 'number' || usedBytes < limitBytes * NEARLY_FULL) return {};
  const percent = Math.floor((usedBytes / limitBytes) * 100);
  return {
    '': `${percent} % used. When it is full, Harbor keeps serving but caches nothing more, and does not report it.`,
  };
}
