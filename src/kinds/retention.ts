import { projectShape } from './support/project-shape';
import type { ProjectWire } from '../harbor/wire';
import type { Client } from '../harbor/client';
import { canonicalJson, type JsonObject } from '../json';
import type { Kind, NewBorn, Placed, Refs, WriteContext } from './kind';
import { compact } from '../compact';
import { normaliseCron } from './support/cron';
import { inProjects } from './support/in-projects';
import { neverRemoved } from './support/never-removed';
import { newestProjects } from './support/newest-projects';
import { projectPath } from './support/paths';
import { checkRetention } from './support/retention-check';
import {
  normaliseRules,
  ruleFromWire,
  ruleToWire,
  shortRule,
  TEMPLATES,
  type RetentionRule,
  type RetentionRuleWire,
  retentionRuleShape,
} from './support/retention-rule';
import { conform, integer, list, needed, object, optional, text, unused, type Shape } from '../shape';
import { readable } from './support/readable';
import { cronOf, putPolicy, stateOf, type TriggerState } from './support/retention-trigger';

/** One policy. `trigger.settings` is empty for a policy that other tools wrote without a schedule. */
export interface RetentionWire {
  readonly id?: number;
  readonly algorithm: string;
  readonly scope: { readonly level: string; readonly ref: number };
  readonly trigger: {
    readonly kind: string;
    readonly settings: { readonly cron?: string; readonly next_scheduled_time?: string };
  };
  readonly rules: readonly RetentionRuleWire[] | null;
}

/** `next_scheduled_time` changes by itself, so it is not read. */
export const retentionShape: Shape<RetentionWire> = object<RetentionWire>({
  id: needed(optional(integer)),
  algorithm: unused(text),
  scope: object<RetentionWire['scope']>({ level: unused(text), ref: unused(integer) }),
  trigger: object<RetentionWire['trigger']>({
    kind: text,
    settings: object<RetentionWire['trigger']['settings']>({
      cron: optional(text),
      next_scheduled_time: unused(optional(text)),
    }),
  }),
  rules: list(retentionRuleShape),
});

/** An absent `schedule` or `rules` is unmanaged; an empty one means never, or nothing is deleted. */
export interface RetentionSpec {
  readonly project: string;
  /** Six fields, seconds first; `''` means never. */
  readonly schedule?: string;
  readonly rules?: readonly RetentionRule[];
}

const pattern = { type: 'string', minLength: 1, maxLength: 1024 } as const;

const schema = {
  title: 'Tag retention',
  type: 'object',
  properties: {
    schedule: {
      description: 'Cron with seconds first: "0 0 3 * * *". Empty: never.',
      type: 'string',
      maxLength: 255,
    },
    rules: {
      description: 'What is kept; everything else is deleted when it runs. With an empty list nothing is deleted.',
      type: 'array',
      items: {
        type: 'object',
        properties: {
          template: { description: 'What is counted; its number is in params.', enum: TEMPLATES },
          params: {
            description: 'The number for the template, with the name of the template as key.',
            type: 'object',
            additionalProperties: { type: 'integer' },
          },
          tags: { description: 'Doublestar pattern; default: **', ...pattern },
          tags_exclude: { description: 'Doublestar pattern of tags that the rule ignores.', ...pattern },
          repositories: { description: 'Doublestar pattern; default: **', ...pattern },
          repositories_exclude: {
            description: 'Doublestar pattern of repositories that the rule ignores.',
            ...pattern,
          },
          untagged: {
            description: 'Also select artifacts without a tag; default: true',
            type: 'boolean',
          },
          disabled: { description: 'The rule is kept and does nothing.', type: 'boolean' },
        },
        required: ['template'],
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
} as const;

/**
 * A proxy cache project already has a policy when it is created, which deletes what was not pulled for seven days. So
 * it is `bornWith` its project: a declared one replaces it, and an undeclared one is shown.
 *
 *      project              policy in Harbor                 declared      plan
 *      ordinary             none                             yes           create: POST /retentions
 *      proxy cache, new     Harbor's, once it exists         yes           update, in the plan that creates the project
 *      proxy cache, new     Harbor's, once it exists         no            nothing; the plan shows what will be there
 *      any                  has one                          differs       update: PUT /retentions/ID
 *      any                  has one                          rules: []     update: nothing is deleted any more
 *
 * There is no list of policies: the id is in the metadata of the project (`retention_id`).
 */
export const retention: Kind<RetentionSpec, RetentionWire> = readable<RetentionSpec, RetentionWire>({
  name: 'retention',
  about: 'Which artifacts a project keeps, and when the others are deleted.',
  placements: [
    {
      path: 'projects.*.retention',
      schema,
      example: {
        names: ['proxy.docker.io'],
        value: {
          schedule: '0 0 3 * * *',
          rules: [{ template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 30 } }],
        },
      },
      toSpec: (value, [project = '']) => ({ ...(value as unknown as RetentionSpec), project }),
      fromSpec: placeRetention,
    },
  ],
  dependsOn: ['project'],
  replaceOn: [],
  restrictedBy: ['schedule', 'rules'],
  writeOnly: [],
  // An empty list of rules means "none". Deleting it on a proxy cache project would only be half a decision.
  deletable: false,
  bornWith: { kind: 'project', carried: false, spec: silentPolicy, newest: newestPolicies },
  access: {
    read: 'tag-retention:read',
    create: 'tag-retention:create',
    update: 'tag-retention:update',
    remove: 'tag-retention:delete',
  },
  calls: { perProject: 'GET /retentions/{}' },
  harborNames: {
    schedule: 'trigger.settings.cron',
    'rules[].tags': 'rules[].tag_selectors',
    'rules[].tags_exclude': 'rules[].tag_selectors',
    'rules[].repositories': 'rules[].scope_selectors.repository',
    'rules[].repositories_exclude': 'rules[].scope_selectors.repository',
    'rules[].untagged': 'rules[].tag_selectors[].extras',
  },
  traps: [
    'Harbor creates one with every proxy cache project: it deletes daily what was not pulled for seven days. It stays until another one is declared.',
    'A schedule without a cron, which other tools can write, cannot be replaced by another schedule (500), and deleting its project crashes the core process of Harbor 2.15.2. `apply` gives such a policy another trigger first.',
    'It is never deleted: declare an empty list of rules to keep everything.',
  ],

  identity: (spec) => spec.project,
  normalise: ({ project, schedule, rules }) =>
    compact<RetentionSpec>({
      project,
      schedule: schedule === undefined ? undefined : normaliseCron(schedule),
      rules: rules && normaliseRules(rules),
    }),
  references: ({ project }) => [{ kind: 'project', identity: project, field: '', owner: true }],
  check: checkRetention,

  // There is no list of policies: a project's metadata contains the id of its policy.
  async list(context) {
    return inProjects(context, async (project) => {
      const policy = await policyOf(context.client, project);
      return policy ? [policy] : [];
    });
  },

  /** The state of the trigger is kept: an update depends on it. */
  fromWire(wire, refs) {
    const project = refs.name('project', wire.scope.ref) ?? `(id ${wire.scope.ref})`;
    const rules = normaliseRules((wire.rules ?? []).map(ruleFromWire));
    const spec = { project, schedule: normaliseCron(cronOf(wire.trigger)), rules };
    return compact({ identity: project, id: wire.id, spec, facts: { trigger: stateOf(wire.trigger) } });
  },

  toWire: (spec, refs) => ({
    algorithm: 'or',
    scope: { level: 'project', ref: refs.id('project', spec.project) },
    trigger: { kind: 'Schedule', settings: { cron: normaliseCron(spec.schedule ?? '') } },
    rules: normaliseRules(spec.rules ?? []).map(ruleToWire),
  }),

  async read({ client, refs }, identity) {
    const project = await client.find(projectPath(identity), { shape: projectShape });
    const wire = project && (await policyOf(client, project));
    if (!wire) return undefined;
    const known: Refs = { ...refs, name: () => identity };
    return retention.fromWire(wire, known);
  },

  // Only for an ordinary project: a proxy cache project has a policy from its creation, and Harbor allows no second one (400).
  async create({ client, refs }, desired) {
    const created = await client.post('/retentions', retention.toWire(desired, refs));
    return compact<{ id?: number }>({ id: created.id });
  },

  async update({ client, refs }, { live, merged }) {
    const body = { id: live.id, ...retention.toWire(merged, refs) };
    const stored = { id: live.id as number, state: live.facts?.['trigger'] as TriggerState };
    await putPolicy(client, stored, body, normaliseCron(merged.schedule ?? ''));
  },

  remove: neverRemoved('retention'),
});

/** Harbor creates this policy together with every proxy cache project (docs/harbor-behavior.md 5.4). */
function silentPolicy(parent: object): RetentionSpec | undefined {
  const { name, registry } = parent as { readonly name: string; readonly registry?: string };
  if (registry === undefined) return undefined;
  const rules = [{ template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 7 } }];
  return retention.normalise({ project: name, schedule: '0 0 0 * * *', rules });
}

/**
 * A list of projects contains the ids of their policies, and the policy that Harbor created is a normal one. Without
 * this, each new project would cost one more request before its policy can be replaced.
 */
async function newestPolicies(
  { client }: Pick<WriteContext, 'client'>,
  count: number,
): Promise<ReadonlyMap<string, NewBorn>> {
  const newest = await newestProjects(client, count);
  return new Map(
    newest.flatMap(({ name, metadata }) => {
      const id = Number(metadata['retention_id']);
      return Number.isInteger(id) && id > 0 ? [[name, { id, facts: { trigger: 'scheduled' } }] as const] : [];
    }),
  );
}

/** Nobody wrote the policy that Harbor gives a proxy cache: a note says so. */
function placeRetention({ project, schedule, rules }: RetentionSpec): Placed {
  const value = compact<RetentionSpec>({ project, schedule, rules: rules?.map(shortRule) });
  const { project: _project, ...written } = value;
  const silent = canonicalJson(silentPolicy({ name: project, registry: '' }));
  const isSilent = canonicalJson(retention.normalise({ project, ...written })) === silent;
  const notes = compact<Record<string, string>>({
    '': isSilent
      ? 'Harbor creates this policy with every proxy cache project: it deletes what was not pulled for seven days.'
      : undefined,
    schedule:
      schedule === '' && (rules?.length ?? 0) > 0 ? 'Never: without a schedule the rules delete nothing.' : undefined,
  });
  return { names: [project], value: written as unknown as JsonObject, notes };
}

/** Its number is in the metadata of the project. */
async function policyOf(client: Client, project: ProjectWire): Promise<RetentionWire | undefined> {
  const id = project.metadata['retention_id'];
  if (!id) return undefined;
  const answer = await client.get<RetentionWire>(`/retentions/${id}`, { shape: retentionShape });
  const policy = conform(retentionShape, answer);
  return { ...policy, scope: { level: 'project', ref: project.project_id } };
}
