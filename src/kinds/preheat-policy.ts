import { compareText } from '../compare-text';
import { flag, integer, jsonText, key, list, needed, object, optional, text, unused, type Shape } from '../shape';
import { projectShape } from './support/project-shape';
import type { Client } from '../harbor/client';
import type { Json, JsonObject } from '../json';
import type { Finding, Kind } from './kind';
import { compact } from '../compact';
import { cronProblem, normaliseCron } from './support/cron';
import { inProjects } from './support/in-projects';
import { checkDoublestar } from './support/doublestar';
import { projectPath } from './support/paths';
import { readable } from './support/readable';

/** `filters`, `trigger` and `extra_attrs` are JSON text. */
export interface PreheatPolicyWire {
  readonly id?: number;
  readonly name: string;
  readonly description?: string;
  readonly provider_id: number;
  readonly provider_name?: string;
  readonly filters?: string;
  readonly trigger?: string;
  readonly enabled?: boolean;
  readonly extra_attrs?: string;
}

/** Three fields are JSON inside of text. They are parsed here, so that invalid JSON counts as unreadable. */
export const preheatPolicyShape: Shape<PreheatPolicyWire> = object<PreheatPolicyWire>({
  id: optional(integer),
  name: key(text),
  description: optional(text),
  provider_id: integer,
  provider_name: unused(optional(text)),
  filters: optional(jsonText(list(object<{ readonly type: string }>({ type: needed(text) })))),
  trigger: optional(
    jsonText(
      object<{ readonly type?: string; readonly trigger_setting?: { readonly cron?: string } }>({
        type: optional(text),
        trigger_setting: optional(object<{ readonly cron?: string }>({ cron: optional(text) })),
      }),
    ),
  ),
  enabled: optional(flag),
  extra_attrs: optional(jsonText(object({}))),
});

/** The type of value that Harbor reads for each filter. */
const FILTERS = { repository: 'string', tag: 'string', label: 'string', signature: 'boolean', vulnerability: 'number' };
const MAX_NAME_LENGTH = 255;

/** `value` has the type that `FILTERS` names for `type`; a severity is a number. */
export interface PreheatFilter {
  readonly type: string;
  readonly value: string | boolean | number;
}

/** `scheduled` is a cron with six fields, seconds first. */
export type PreheatTrigger = 'manual' | 'event_based' | { readonly scheduled: string };

/** Names are unique in a project. */
export interface PreheatPolicySpec {
  readonly project: string;
  readonly name: string;
  /** Name of the instance. */
  readonly provider: string;
  readonly description?: string;
  readonly filters: readonly PreheatFilter[];
  readonly trigger?: PreheatTrigger;
  readonly enabled?: boolean;
  readonly extra_attrs?: JsonObject;
}

/** The response for a single policy has the id of the project, not the name. */
export interface OwnedPolicyWire extends PreheatPolicyWire {
  readonly project: string;
}

const schema = {
  title: 'Preheat policy',
  type: 'object',
  properties: {
    provider: { description: 'Name of the preheat instance.', type: 'string', minLength: 1 },
    description: { description: 'Note about the policy.', type: 'string', maxLength: 1024, default: '' },
    filters: {
      description: 'Which artifacts are preheated; an artifact must pass all filters.',
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          type: { enum: Object.keys(FILTERS) },
          value: {
            description:
              'A doublestar pattern for repository and tag; names with commas between them for label; true or false for signature; the highest severity as a number for vulnerability.',
            type: ['string', 'boolean', 'integer'],
          },
        },
        required: ['type', 'value'],
        additionalProperties: false,
      },
    },
    trigger: {
      description: 'manual, event_based (on each push), or { scheduled: "0 0 2 * * *" }, seconds first.',
      type: ['string', 'object'],
      pattern: '^(manual|event_based)$',
      properties: { scheduled: { type: 'string', minLength: 1, maxLength: 255 } },
      required: ['scheduled'],
      additionalProperties: false,
      default: 'manual',
    },
    enabled: { description: 'Default for a new one: true.', type: 'boolean', default: true },
    extra_attrs: { description: 'Additional settings of the vendor.', type: 'object', default: {} },
  },
  required: ['provider', 'filters'],
  additionalProperties: false,
} as const;

/**
 * Which images of a project are sent to an instance. Filters are a set: Harbor applies all, so their order is
 * dropped.
 */
export const preheatPolicy: Kind<PreheatPolicySpec, OwnedPolicyWire> = readable<PreheatPolicySpec, OwnedPolicyWire>({
  name: 'preheat-policy',
  about: 'Which images of a project are sent to a preheat instance, and when.',
  placements: [
    {
      path: 'projects.*.preheat.*',
      schema,
      example: {
        names: ['library', 'base'],
        value: {
          provider: 'p2p',
          filters: [
            { type: 'repository', value: 'base/**' },
            { type: 'tag', value: 'v*' },
          ],
          trigger: 'event_based',
        },
      },
      toSpec: (value, [project = '', name = '']) => ({ ...(value as unknown as PreheatPolicySpec), project, name }),
      fromSpec: ({ project, name, ...value }) => ({ names: [project, name], value: value as unknown as JsonObject }),
    },
  ],
  dependsOn: ['project', 'preheat-instance'],
  replaceOn: [],
  alwaysWritten: ['enabled', 'trigger'],
  restrictedBy: ['filters', 'trigger'],
  writeOnly: [],
  whole: ['extra_attrs'],
  renames: 'declare a policy with the new name and remove the old one: a policy has only settings',
  deletable: true,
  access: {
    read: 'preheat-policy:list',
    /** Harbor wants the number of the project in the body, although the path has its name. */
    create: 'preheat-policy:create',
    update: 'preheat-policy:update',
    remove: 'preheat-policy:delete',
  },
  calls: { perProject: 'GET /projects/{}/preheat/policies' },
  harborNames: { provider: 'provider_id', 'trigger.scheduled': 'trigger.trigger_setting.cron' },
  traps: [
    '`filters`, `trigger` and `extra_attrs` are JSON strings in the API; here they are maps and lists.',
    'PUT uses the id in the body, not the path.',
  ],

  identity: ({ project, name }) => `${project}/${name}`,
  normalise: (spec) => ({
    ...spec,
    filters: [...spec.filters].sort((a, b) => compareText(a.type, b.type)),
    ...compact<{ trigger?: PreheatTrigger }>({ trigger: spec.trigger && normaliseTrigger(spec.trigger) }),
  }),
  references: ({ project, provider }) => [
    { kind: 'project', identity: project, field: '', owner: true },
    { kind: 'preheat-instance', identity: provider, field: 'provider' },
  ],
  check: (spec) => [...checkName(spec), ...checkFilters(spec), ...checkTrigger(spec)],

  list: (context) => inProjects(context, ({ name }) => policiesOf(context.client, name)),

  /** Three parts are JSON inside of a text. An instance that is gone appears by its number. */
  fromWire(wire, refs) {
    const { project, name, provider_id, description = '', enabled = false } = wire;
    const provider = refs.name('preheat-instance', provider_id) ?? wire.provider_name ?? `(id ${provider_id})`;
    const spec = preheatPolicy.normalise({
      project,
      name,
      provider,
      description,
      filters: parsed(wire.filters, []) as unknown as PreheatFilter[],
      trigger: triggerFromWire(parsed(wire.trigger, {}) as JsonObject),
      enabled,
      extra_attrs: parsed(wire.extra_attrs, {}) as JsonObject,
    });
    return { identity: preheatPolicy.identity(spec), ...compact<{ id?: number }>({ id: wire.id }), spec };
  },

  /** Harbor treats a missing `enabled` as disabled. */
  toWire(spec, refs) {
    const { project, name, provider, description, filters, trigger, enabled = true, extra_attrs } = spec;
    return compact<Partial<OwnedPolicyWire>>({
      project,
      name,
      provider_id: refs.id('preheat-instance', provider),
      description,
      filters: JSON.stringify(filters),
      trigger: JSON.stringify(triggerToWire(trigger ?? 'manual')),
      enabled,
      extra_attrs: extra_attrs && JSON.stringify(extra_attrs),
    });
  },

  async read({ client, refs }, identity) {
    const slash = identity.indexOf('/');
    const project = identity.slice(0, slash);
    const wire = await client.find(pathOf(project, identity.slice(slash + 1)), { shape: preheatPolicyShape });
    return wire && preheatPolicy.fromWire({ ...wire, project }, refs);
  },

  async create({ client, refs }, desired) {
    const { project, ...wire } = preheatPolicy.toWire(desired, refs);
    const { project_id } = await client.get(projectPath(desired.project), { shape: projectShape });
    await client.post(`${projectPath(project ?? '')}/preheat/policies`, { ...wire, project_id });
    return {};
  },

  async update({ client, refs }, { live, merged }) {
    const { project: _project, ...wire } = preheatPolicy.toWire(merged, refs);
    const { project_id } = await client.get(projectPath(merged.project), { shape: projectShape });
    await client.put(pathOf(merged.project, merged.name), { ...wire, id: live.id, project_id });
  },

  async remove({ client }, { spec }) {
    await client.delete(pathOf(spec.project, spec.name));
  },
});

function pathOf(project: string, name: string): string {
  return `${projectPath(project)}/preheat/policies/${encodeURIComponent(name)}`;
}

/** The list does not name the project, but the identity needs it. */
async function policiesOf(client: Client, project: string): Promise<OwnedPolicyWire[]> {
  const query = { sort: 'id' };
  const wires = await client.list(`${projectPath(project)}/preheat/policies`, { shape: preheatPolicyShape, query });
  return wires.map((wire) => ({ ...wire, project }));
}

function parsed(text: string | undefined, empty: Json): Json {
  return text ? (JSON.parse(text) as Json) : empty;
}

function normaliseTrigger(trigger: PreheatTrigger): PreheatTrigger {
  return typeof trigger === 'string' ? trigger : { scheduled: normaliseCron(trigger.scheduled) };
}

function triggerToWire(trigger: PreheatTrigger): JsonObject {
  if (typeof trigger === 'string') return { type: trigger };
  return { type: 'scheduled', trigger_setting: { cron: normaliseCron(trigger.scheduled) } };
}

/** A policy without a trigger runs only by hand. */
function triggerFromWire(wire: JsonObject): PreheatTrigger {
  const { type, trigger_setting } = wire as { type?: string; trigger_setting?: { cron?: string } };
  if (type === 'scheduled') return { scheduled: trigger_setting?.cron ?? '' };
  return type === 'event_based' ? type : 'manual';
}

function checkName({ name }: PreheatPolicySpec): Finding[] {
  if (name !== '' && name.length <= MAX_NAME_LENGTH && !name.includes('/')) return [];
  return [
    { rule: 'preheat-name', message: `a policy's name must have 1 to ${MAX_NAME_LENGTH} characters and no slash` },
  ];
}

/** At most one of each type, each with its own type of value. */
function checkFilters({ filters }: PreheatPolicySpec): Finding[] {
  return filters.flatMap(({ type, value }, i): Finding[] => {
    const expected = FILTERS[type as keyof typeof FILTERS];
    const at = { rule: 'preheat-filter', field: `filters[${i}]` };
    if (filters.findIndex((one) => one.type === type) < i)
      return [{ ...at, message: `a second filter of type ${type}` }];
    const isPattern = type === 'repository' || type === 'tag';
    if (isPattern && typeof value === 'string' && value !== '')
      return checkDoublestar(value, type, `filters[${i}].value`);
    if (typeof value === expected && value !== '') return [];
    return [
      {
        ...at,
        message: `the value of a ${type} filter must be a ${expected}${expected === 'string' ? ' and not empty' : ''}`,
      },
    ];
  });
}

function checkTrigger({ trigger }: PreheatPolicySpec): Finding[] {
  const problem = typeof trigger === 'object' ? cronProblem(trigger.scheduled) : undefined;
  return problem ? [{ rule: 'bad-cron', field: 'trigger.scheduled', ...problem }] : [];
}
