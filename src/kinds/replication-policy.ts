import { replicationPolicyShape, type ReplicationPolicyWire } from './support/replication-wire';
import type { RegistryWire } from '../harbor/wire';
import type { JsonObject } from '../json';
import type { Kind, Refs } from './kind';
import { compact } from '../compact';
import { normaliseCron } from './support/cron';
import { checkReplication, clashesWithLive } from './support/replication-check';
import {
  DECORATIONS,
  FILTER_TYPES,
  filtersFromWire,
  filtersToWire,
  normaliseFilters,
} from './support/replication-filter';
import { withOneRemote, type ReplicationSpec, type ReplicationTrigger } from './support/replication-spec';
import { readable } from './support/readable';

const NAME = 'replication-policy';
const BY_ID = { query: { sort: 'id' } } as const;

const registryName = { type: 'string', minLength: 1 } as const;

const schema = {
  title: 'Replication policy',
  type: 'object',
  properties: {
    from: { description: 'The registry to pull from. Either this or to.', ...registryName },
    to: { description: 'The registry to push to. Either this or from.', ...registryName },
    description: { description: 'Note about the replication.', type: 'string', default: '' },
    filters: {
      description: 'What is copied; an artifact must pass all filters. An empty list copies everything.',
      type: 'array',
      default: [],
      items: {
        type: 'object',
        properties: {
          type: { enum: FILTER_TYPES },
          value: {
            description:
              'A doublestar pattern for name and tag; image or artifact for resource; a list of names for label.',
            type: ['string', 'array'],
            minLength: 1,
            items: { type: 'string', minLength: 1 },
            minItems: 1,
          },
          decoration: { description: 'For tag and label; default: matches', enum: DECORATIONS },
        },
        required: ['type', 'value'],
        additionalProperties: false,
      },
    },
    dest_namespace: {
      description: 'Project, or path below a project, for the copies. Empty: the same path as at the source.',
      type: 'string',
      maxLength: 256,
      default: '',
    },
    dest_namespace_replace_count: {
      description:
        'How many leading parts of the source path dest_namespace replaces; -1: all but the name, so that a/b/image becomes <dest_namespace>/image.',
      type: 'integer',
      minimum: -1,
      maximum: 127,
      default: -1,
    },
    trigger: {
      description:
        'manual, event_based (on each push to this Harbor, only with to), or { scheduled: "0 0 2 * * *" }, seconds first.',
      type: ['string', 'object'],
      pattern: '^(manual|event_based)$',
      properties: { scheduled: { type: 'string', maxLength: 200 } },
      required: ['scheduled'],
      additionalProperties: false,
      default: 'manual',
    },
    override: {
      description: 'Overwrite a tag that exists at the destination with other content; otherwise it is skipped.',
      type: 'boolean',
      default: false,
    },
    enabled: {
      description: 'A disabled policy cannot be started manually either.',
      type: 'boolean',
      default: true,
    },
    deletion: {
      description: 'Also delete at the destination what is deleted here. Only with trigger event_based.',
      type: 'boolean',
      default: false,
    },
    speed: {
      description: 'Kilobits a second for each task; 0 or -1: no limit.',
      type: 'integer',
      minimum: -1,
      maximum: 2 ** 31 - 1,
      default: 0,
    },
    copy_by_chunk: {
      description: 'Copy blobs in chunks, for unstable networks; only from Harbor to Harbor.',
      type: 'boolean',
      default: false,
    },
    single_active_replication: {
      description: 'Skip a run while another run of this policy is active (Harbor 2.14).',
      type: 'boolean',
      default: false,
    },
  },
  additionalProperties: false,
} as const;

/**
 * PUT replaces the policy, so `toWire` always writes every field: an undeclared one with the value that was
 * read.
 *
 *     declared     src_registry    dest_registry      Harbor
 *     from: R      R               none: this one     pulls
 *     to: R        none: this one  R                  pushes
 */
export const replicationPolicy: Kind<ReplicationSpec, ReplicationPolicyWire> = readable<
  ReplicationSpec,
  ReplicationPolicyWire
>({
  name: NAME,
  about: 'What is copied from another registry into this Harbor, or from it to another one, and when.',
  placements: [
    {
      path: 'replications.*',
      schema,
      example: {
        names: ['nightly-base'],
        value: {
          from: 'docker-hub',
          filters: [{ type: 'name', value: 'library/**' }],
          dest_namespace: 'base',
          trigger: { scheduled: '0 0 2 * * *' },
        },
      },
      defaultsKey: 'replication',
      toSpec: (value, [name = '']) => ({ ...(value as unknown as ReplicationSpec), name }),
      fromSpec: ({ name, ...value }) => ({ names: [name], value: value as unknown as JsonObject }),
    },
  ],
  dependsOn: ['registry'],
  replaceOn: [],
  alwaysWritten: ['enabled', 'filters', 'dest_namespace', 'trigger', 'override', 'deletion'],
  restrictedBy: ['filters', 'dest_namespace', 'trigger'],
  writeOnly: [],
  guarded: [
    { field: 'enabled', default: true },
    { field: 'deletion', default: false },
  ],
  // PUT takes the whole policy, by id.
  renames: true,
  deletable: true,
  access: {
    read: 'replication-policy:list',
    create: 'replication-policy:create',
    update: 'replication-policy:update',
    remove: 'replication-policy:delete',
  },
  calls: { bulk: 'GET /replication/policies' },
  since: { single_active_replication: '2.14' },
  harborNames: { from: 'src_registry', to: 'dest_registry', 'trigger.scheduled': 'trigger.trigger_settings.cron' },
  traps: [
    'Harbor also returns `replicate_deletion`, which it ignores when it is sent: declare `deletion`.',
    'PUT replaces the whole policy: fields that are not declared are written back as they were read.',
    'A new policy is enabled; the default of the API is disabled.',
    'Harbor creates the destination project if it does not exist, and copies nothing into a proxy cache project.',
    'With `dest_namespace` alone only the last part of the source path is kept: `a/b/image` and `c/image` become the same.',
    'Filters are joined with "and" and may have 1,024 characters as JSON; with more, Harbor returns 500.',
  ],

  identity: (spec) => spec.name,
  normalise: (spec) => ({
    ...spec,
    ...compact<Pick<ReplicationSpec, 'filters' | 'trigger' | 'speed'>>({
      filters: spec.filters && normaliseFilters(spec.filters),
      trigger: spec.trigger && normaliseTrigger(spec.trigger),
      // Harbor stores every negative speed as 0.
      speed: spec.speed === undefined ? undefined : Math.max(0, spec.speed),
    }),
  }),
  references: ({ from, to }) => [
    ...(from === undefined ? [] : [{ kind: 'registry', identity: from, field: 'from' }]),
    ...(to === undefined ? [] : [{ kind: 'registry', identity: to, field: 'to' }]),
  ],
  check: checkReplication,
  hazards: ({ action, live, desired }) =>
    action === 'update' && live && desired ? clashesWithLive(live.spec, desired) : [],
  show: (field, value) => (field === 'speed' && value === 0 ? 'unlimited' : undefined),

  // Harbor's own order is newest first, in which pages shift.
  list: ({ client }) => client.list('/replication/policies', { ...BY_ID, shape: replicationPolicyShape }),

  fromWire: (wire, refs) => ({
    identity: wire.name,
    id: wire.id,
    spec: replicationPolicy.normalise({
      name: wire.name,
      ...compact<Pick<ReplicationSpec, 'from' | 'to'>>({
        from: remoteName(wire.src_registry, refs),
        to: remoteName(wire.dest_registry, refs),
      }),
      description: wire.description ?? '',
      filters: filtersFromWire(wire.filters),
      dest_namespace: wire.dest_namespace ?? '',
      dest_namespace_replace_count: wire.dest_namespace_replace_count ?? -1,
      trigger: triggerFromWire(wire.trigger),
      override: wire.override ?? false,
      enabled: wire.enabled ?? false,
      deletion: wire.deletion ?? false,
      speed: wire.speed ?? 0,
      copy_by_chunk: wire.copy_by_chunk ?? false,
      single_active_replication: wire.single_active_replication ?? false,
    }),
  }),

  // The whole policy: PUT treats missing fields as empty, false or none.
  toWire: (spec, refs) => ({
    name: spec.name,
    ...compact<Pick<ReplicationPolicyWire, 'src_registry' | 'dest_registry'>>({
      src_registry: remoteWire(spec.from, refs),
      dest_registry: remoteWire(spec.to, refs),
    }),
    description: spec.description ?? '',
    filters: filtersToWire(spec.filters ?? []),
    dest_namespace: spec.dest_namespace ?? '',
    dest_namespace_replace_count: spec.dest_namespace_replace_count ?? -1,
    trigger: triggerToWire(spec.trigger ?? 'manual'),
    override: spec.override ?? false,
    // Harbor's own default is a disabled policy.
    enabled: spec.enabled ?? true,
    // `replicate_deletion` is returned as well, but ignored when it is sent.
    deletion: spec.deletion ?? false,
    speed: Math.max(0, spec.speed ?? 0),
    copy_by_chunk: spec.copy_by_chunk ?? false,
    single_active_replication: spec.single_active_replication ?? false,
  }),

  // The `name` filter is fuzzy.
  async read({ client, refs }, identity) {
    const all = await client.list('/replication/policies', { ...BY_ID, shape: replicationPolicyShape });
    const wire = all.find(({ name }) => name === identity);
    return wire && replicationPolicy.fromWire(wire, refs);
  },

  async create({ client, refs }, desired) {
    const created = await client.post('/replication/policies', replicationPolicy.toWire(desired, refs));
    return compact<{ id?: number }>({ id: created.id });
  },

  async update({ client, refs }, { live, merged }) {
    const spec = withOneRemote(merged, live.spec);
    await client.put(`/replication/policies/${live.id}`, { id: live.id, ...replicationPolicy.toWire(spec, refs) });
  },

  async remove({ client }, live) {
    await client.delete(`/replication/policies/${live.id}`);
  },
});

function remoteWire(name: string | undefined, refs: Refs): { readonly id: number } | undefined {
  return name === undefined ? undefined : { id: refs.id('registry', name) };
}

/** Id 0 is this Harbor, which Harbor calls "Local". */
function remoteName(wire: Partial<RegistryWire> | undefined, refs: Refs): string | undefined {
  if (!wire?.id) return undefined;
  return refs.name('registry', wire.id) ?? wire.name ?? `(id ${wire.id})`;
}

function normaliseTrigger(trigger: ReplicationTrigger): ReplicationTrigger {
  return typeof trigger === 'string' ? trigger : { scheduled: normaliseCron(trigger.scheduled) };
}

function triggerToWire(trigger: ReplicationTrigger): NonNullable<ReplicationPolicyWire['trigger']> {
  if (typeof trigger === 'string') return { type: trigger };
  return { type: 'scheduled', trigger_settings: { cron: normaliseCron(trigger.scheduled) } };
}

/**
 * A policy that was created without a trigger only starts manually.
 *
 *      Harbor                                                      declared
 *      { type: scheduled, trigger_settings: { cron: … } }          { scheduled: … }
 *      { type: event_based }                                       event_based
 *      { type: manual }, {} or nothing                             manual
 */
function triggerFromWire(wire: ReplicationPolicyWire['trigger']): ReplicationTrigger {
  if (wire?.type === 'scheduled') return { scheduled: wire.trigger_settings?.cron ?? '' };
  return wire?.type === 'event_based' ? wire.type : 'manual';
}
