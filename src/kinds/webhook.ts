import { flag, integer, key, list, needed, object, optional, text, type Shape } from '../shape';
import { projectShape } from './support/project-shape';
import type { Client } from '../harbor/client';
import type { Json, JsonObject } from '../json';
import type { Finding, Kind, Placed, PlacingContext, Update, WriteContext } from './kind';
import { compact, pick } from '../compact';
import { inProjects } from './support/in-projects';
import { projectPath } from './support/paths';
import { secretSchema } from './support/secret-schema';
import {
  checkTargets,
  PAYLOAD_FORMATS,
  TARGET_TYPES,
  targetFromWire,
  targetKey,
  targetsFromYaml,
  targetsToYaml,
  targetToWire,
  type TargetsSpec,
  type WebhookTarget,
  type WrittenTarget,
  type WebhookTargetWire,
  webhookTargetShape,
} from './support/webhook-target';
import { readable } from './support/readable';

/** As listed. Harbor returns the headers in clear; they are dropped as soon as the response is read. */
export interface WebhookWire {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  readonly enabled: boolean;
  readonly event_types: readonly string[] | null;
  readonly targets: readonly WebhookTargetWire[] | null;
}

/** Lists may be `null` in Harbor's answer, which means empty. */
export const webhookShape: Shape<WebhookWire> = object<WebhookWire>({
  id: needed(integer),
  name: key(text),
  description: optional(text),
  enabled: flag,
  event_types: list(text),
  targets: list(webhookTargetShape),
});

const MAX_NAME_LENGTH = 256;

/** `GET …/webhook/events` lists them. */
export const EVENT_TYPES = [
  'PUSH_ARTIFACT',
  'PULL_ARTIFACT',
  'DELETE_ARTIFACT',
  'QUOTA_EXCEED',
  'QUOTA_WARNING',
  'SCANNING_FAILED',
  'SCANNING_STOPPED',
  'SCANNING_COMPLETED',
  'REPLICATION',
  'TAG_RETENTION',
] as const;

/** Names are unique in a project. `auth_headers` are references by target. */
export interface WebhookSpec extends TargetsSpec {
  readonly project: string;
  readonly name: string;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly event_types: readonly string[];
}

/** The response for a single webhook has the id of its project, not the name. */
export interface OwnedWebhookWire extends WebhookWire {
  readonly project: string;
}

const schema = {
  title: 'Webhook',
  type: 'object',
  properties: {
    description: { description: 'Note about the webhook.', type: 'string', maxLength: 1024, default: '' },
    enabled: { description: 'Off: nothing is sent.', type: 'boolean', default: true },
    event_types: {
      description: 'Events that are sent.',
      type: 'array',
      items: { enum: EVENT_TYPES },
      minItems: 1,
    },
    targets: {
      description: 'Where events are sent to.',
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          type: { enum: TARGET_TYPES },
          address: { description: 'http:// or https://', type: 'string', minLength: 1, maxLength: 2048 },
          auth_header: secretSchema(
            'Value of the Authorization header. Anyone who may read the webhooks of the project can read it.',
          ),
          skip_cert_verify: { description: 'Do not verify the certificate of the target.', type: 'boolean' },
          payload_format: { description: 'For an http target; default: Default', enum: PAYLOAD_FORMATS },
        },
        required: ['type', 'address'],
        additionalProperties: false,
      },
    },
  },
  required: ['event_types', 'targets'],
  additionalProperties: false,
} as const;

/**
 * The one kind whose secret Harbor returns: a plan compares it without showing it (`proveSecret`), and an
 * update that does not change it sends back what Harbor has.
 *
 *     create                        POST with the declared headers
 *     update, header has to change  PUT with the declared headers
 *     update, otherwise             GET for the headers, then PUT with them
 */
export const webhook: Kind<WebhookSpec, OwnedWebhookWire> = readable<WebhookSpec, OwnedWebhookWire>({
  name: 'webhook',
  about: 'Where Harbor sends the events of a project.',
  placements: [
    {
      path: 'projects.*.webhooks.*',
      defaultsKey: 'webhook',
      schema,
      example: {
        names: ['proxy.docker.io', 'ci'],
        value: {
          event_types: ['SCANNING_COMPLETED', 'QUOTA_WARNING'],
          targets: [{ type: 'http', address: 'https://ci.example.com/harbor', auth_header: { env: 'CI_HOOK' } }],
        },
      },
      toSpec,
      fromSpec: place,
    },
  ],
  dependsOn: ['project'],
  replaceOn: [],
  alwaysWritten: ['enabled'],
  restrictedBy: ['event_types', 'targets'],
  writeOnly: [
    {
      field: 'auth_headers',
      with: ['targets'],
      why: 'it belongs to the target; Harbor returns it in clear, a plan never shows it',
      provable: 'always',
    },
  ],
  guarded: [{ field: 'enabled', default: true }],
  // PUT accepts the whole policy, by id.
  renames: true,
  deletable: true,
  access: {
    /** Found by its name in the list: a single one is asked for by number. */
    read: 'notification-policy:list',
    create: 'notification-policy:create',
    update: 'notification-policy:update',
    remove: 'notification-policy:delete',
  },
  calls: { perProject: 'GET /projects/{}/webhook/policies' },
  traps: [
    'Harbor returns `auth_header` in clear to anyone who may read the webhooks of the project. A plan compares it with the declared value (one call for each such webhook) and shows neither.',
    'Harbor sends no `auth_header` to a slack target, and `payload_format` is refused (400). Anyone who knows the address can post to it.',
    'No webhook is sent while `notification_enable` of the configuration is false.',
  ],

  identity: ({ project, name }) => `${project}/${name}`,
  normalise: (spec) => ({ ...spec, event_types: [...new Set(spec.event_types)].sort() }),
  references: ({ project }) => [{ kind: 'project', identity: project, field: '', owner: true }],
  check: (spec) => [...checkName(spec), ...checkTargets(spec)],

  list: (context) => inProjects(context, ({ name }) => webhooksOf(context.client, name)),

  fromWire(wire) {
    const { project, name, description = '', enabled, event_types, targets } = wire;
    const spec = webhook.normalise({
      project,
      name,
      description,
      enabled,
      event_types: event_types ?? [],
      targets: (targets ?? []).map(targetFromWire),
    });
    return { identity: webhook.identity(spec), id: wire.id, spec };
  },

  /** Without its headers. Harbor treats a missing `enabled` as disabled. */
  toWire(spec) {
    const { project, name, description = '', enabled = true, event_types, targets } = webhook.normalise(spec);
    return { project, name, description, enabled, event_types, targets: targets.map(targetToWire) };
  },

  async read({ client, refs }, identity) {
    const name = identity.slice(0, identity.indexOf('/'));
    const project = await client.find(projectPath(name), { shape: projectShape });
    const wires = project ? await webhooksOf(client, name) : [];
    return wires.map((wire) => webhook.fromWire(wire, refs)).find((live) => live.identity === identity);
  },

  async create(context, desired) {
    const body = await bodyOf(context, desired, new Map());
    const created = await context.client.post(policiesPath(desired.project), body);
    return compact<{ id?: number }>({ id: created.id });
  },

  /** PUT replaces everything. A header that is not rewritten is sent with the value that Harbor has. */
  async update(context, { live, merged, changed }: Update<WebhookSpec>) {
    const path = `${policiesPath(merged.project)}/${live.id}`;
    const held = changed.includes('auth_headers') ? new Map() : await heldHeaders(context.client, path);
    await context.client.put(path, await bodyOf(context, merged, held));
  },

  async remove({ client }, live) {
    await client.delete(`${policiesPath(live.spec.project)}/${live.id}`);
  },

  /** Neither of the two values is shown. */
  async proveSecret({ client, secret }, live, { auth_headers = {} }) {
    const held = await heldHeaders(client, `${policiesPath(live.spec.project)}/${live.id}`);
    for (const [target, reference] of Object.entries(auth_headers)) {
      if (held.get(target) !== (await secret(reference))) return { outcome: 'dead', why: 'Harbor has another value' };
    }
    return { outcome: 'same' };
  },
});

function toSpec(value: Json, [project = '', name = '']: readonly string[]): WebhookSpec {
  const { targets, ...rest } = value as unknown as WebhookSpec & { readonly targets: readonly WrittenTarget[] };
  return { ...pick(rest, ['description', 'enabled', 'event_types']), ...targetsFromYaml(targets), project, name };
}

function place({ project, name, targets, auth_headers, ...rest }: WebhookSpec, { secret }: PlacingContext): Placed {
  const written = targetsToYaml(compact({ targets, auth_headers }), secret);
  const toSlack = targets.some(({ type }) => type === 'slack');
  const notes: Record<string, string> = toSlack
    ? { targets: 'Anyone who knows the address of a Slack webhook can post to it.' }
    : {};
  return { names: [project, name], value: { ...(rest as JsonObject), targets: written }, notes };
}

function policiesPath(project: string): string {
  return `${projectPath(project)}/webhook/policies`;
}

async function webhooksOf(client: Client, project: string): Promise<OwnedWebhookWire[]> {
  const webhooks = await client.list(policiesPath(project), { shape: webhookShape });
  return webhooks.map((one) => ({ ...one, project }));
}

type HeldHeaders = ReadonlyMap<string, string>;

async function heldHeaders(client: Client, path: string): Promise<HeldHeaders> {
  const { targets } = await client.get(path, { shape: webhookShape });
  return new Map((targets ?? []).flatMap((one) => (one.auth_header ? [[targetKey(one), one.auth_header]] : [])));
}

/** PUT replaces all targets at once, so a header that is not sent is lost. */
async function bodyOf(context: WriteContext, spec: WebhookSpec, held: HeldHeaders): Promise<object> {
  const { project: _project, ...body } = webhook.toWire(spec, context.refs);
  const targets = spec.targets.map((target) => withHeader(context, spec, held, target));
  return { ...body, targets: await Promise.all(targets) };
}

/**
 * `held` are the headers that Harbor has now. They win, so that an update for another reason does not change
 * them. The map is empty if a new value has to be written.
 */
async function withHeader(
  context: WriteContext,
  { auth_headers = {} }: WebhookSpec,
  held: HeldHeaders,
  target: WebhookTarget,
): Promise<WebhookTargetWire> {
  const wire = targetToWire(target);
  if (!target.authenticated) return wire;
  const key = targetKey(target);
  const reference = auth_headers[key];
  const auth_header = held.get(key) ?? (reference && (await context.secret(reference)));
  return { ...wire, ...compact<{ auth_header?: string }>({ auth_header }) };
}

function checkName({ name }: WebhookSpec): Finding[] {
  if (name.length > 0 && name.length <= MAX_NAME_LENGTH) return [];
  return [
    {
      rule: 'webhook-name',
      message: `a webhook's name must have 1 to ${MAX_NAME_LENGTH} characters, this one has ${name.length}`,
    },
  ];
}
