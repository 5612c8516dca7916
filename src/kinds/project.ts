import { checkProject } from './support/project-check';
import type { ProjectSpec } from './support/project-spec';
import { projectShape } from './support/project-shape';
import type { ProjectWire } from '../harbor/wire';
import type { Client } from '../harbor/client';
import type { JsonObject } from '../json';
import { unknownReference } from '../shape';
import {
  addressOf,
  type Hazard,
  type HazardContext,
  type Kind,
  type Placed,
  type PlacingContext,
  type Refs,
} from './kind';
import { compact, pick } from '../compact';
import { allowlistFromWire, allowlistProperties, allowlistToWire, normaliseAllowlist } from './support/cve-allowlist';
import { projectPath } from './support/paths';
import {
  decisiveMetadata,
  METADATA_KEYS,
  metadataFromWire,
  metadataNames,
  metadataSince,
  metadataSchemas,
  metadataToWire,
  metadataToWrite,
  normaliseMetadata,
} from './support/project-metadata';
import { canProxy, noteOnProxying } from './support/registry-types';
import { readable } from './support/readable';
import { disarmPolicy } from './support/retention-trigger';

/** As listed, for the deletion of a project that is not empty. */
export interface RepositoryWire {
  readonly id: number;
  /** Including the project: `proxy.docker.io/library/alpine`. */
  readonly name: string;
}

const schema = {
  title: 'Project',
  type: 'object',
  properties: {
    registry: {
      description: 'Name of the registry; makes this project a proxy cache.',
      type: 'string',
      minLength: 1,
    },
    ...metadataSchemas,
    cve_allowlist: {
      description: 'CVEs that do not block pulls from this project; applies only with reuse_sys_cve_allowlist: false.',
      type: 'object',
      properties: allowlistProperties,
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const;

/**
 * Three requests make one project:
 *
 *     POST  /projects            name, metadata, registry_id, storage_limit (from the kind quota, `carried`)
 *     PUT   /projects/NAME       cve_allowlist, which POST ignores
 *     PUT   /retentions/ID       for a proxy cache: replaces the policy that Harbor made (kind retention)
 *
 * A PUT ignores the rest without an error, so registry and name are `replaceOn` and `renames`, not updates.
 *
 * What is written below a project in the file belongs to several kinds, because Harbor has a request of its own
 * for each:
 *
 *     projects.NAME                 kind                  identity
 *       registry, public, …         project               NAME
 *       storage_limit               quota                 NAME
 *       retention                   retention             NAME
 *       scanner                     project-scanner       NAME
 *       members.[]                  project-member        NAME/…
 *       immutable_tags.[]           immutable-tag-rule    NAME/ and the content
 *       labels.*                    label                 NAME/LABEL
 *       robots.*                    robot                 NAME+ROBOT
 *       webhooks.*                  webhook               NAME/WEBHOOK
 *       preheat.*                   preheat-policy        NAME/POLICY
 */
export const project: Kind<ProjectSpec, ProjectWire> = readable<ProjectSpec, ProjectWire>({
  name: 'project',
  about: 'A project; with a registry, a proxy cache of it.',
  placements: [
    {
      path: 'projects.*',
      schema,
      example: { names: ['proxy.docker.io'], value: { registry: 'docker-hub', public: true, auto_scan: true } },
      defaultsKey: 'project',
      toSpec: (value, [name = '']) => ({
        name,
        ...pick(value as unknown as ProjectSpec, ['registry', 'cve_allowlist', ...METADATA_KEYS]),
      }),
      fromSpec: place,
    },
  ],
  dependsOn: ['registry'],
  // PUT returns 200 and ignores registry_id (docs/harbor-behavior.md 5.1).
  replaceOn: ['registry'],
  writeOnly: [],
  renames:
    'declare a second project with the new name, point the clients to it, pull the images that must be cached, and remove the old one when it is not used any more',
  deletable: true,
  access: { read: 'project:list', create: 'project:create', update: 'project:update', remove: 'project:delete' },
  calls: { bulk: 'GET /projects' },
  harborNames: { registry: 'registry_id', ...metadataNames },
  since: metadataSince,
  alwaysWritten: [...decisiveMetadata, 'cve_allowlist.items', 'cve_allowlist.expires_at'],
  traps: [
    'PUT returns 200 and ignores the registry and the storage limit: a changed registry replaces the project, and the limit is a kind of its own, [quota](quota.md).',
    'Proxy-only keys have no effect on an ordinary project, and `enable_content_trust` has none on a proxy cache project. Harbor does not report it; `validate` does.',
    'A doublestar `*` stops at a slash: `*` does not match `library/alpine`, `library/**` and `**` do. A regex is anchored at both ends.',
    'A repository that the filter excludes is a 404, even if it is cached; cached artifacts stay in the list.',
    'Its `cve_allowlist` applies only with `reuse_sys_cve_allowlist: false`; Harbor stores both lists and does not report it.',
    'Harbor creates a [retention](retention.md) policy with every proxy cache project: artifacts that were not pulled for seven days are deleted.',
    'A proxy cache project that was deleted and recreated does not store the indexes of the old project for seven days.',
  ],

  // Indexes are kept in Redis under the name of the project (docs/harbor-behavior.md, proxy cache).
  recreated: ({ registry }) =>
    registry === undefined
      ? undefined
      : {
          days: 7,
          effect:
            'Harbor stores no image index of a proxy cache project that was deleted and recreated under its name: until then multi-platform images cannot be pulled while the upstream is down',
        },
  audited: ({ identity }) => ({ type: 'project', resource: identity }),
  identity: (spec) => spec.name,
  normalise,
  references: ({ registry }) =>
    registry === undefined ? [] : [{ kind: 'registry', identity: registry, field: 'registry' }],
  check: checkProject,
  hazards: (context) => [...lossOfRepositories(context), ...cannotBeMade(context)],

  list: ({ client }) => client.list('/projects', { shape: projectShape }),

  /**
   * A registry without a name here was deleted or is invisible. It is a fault and not a difference: a plan made
   * from it could replace the project.
   */
  fromWire(wire, refs) {
    const registry = registryOf(wire, refs);
    const isUnknown = Boolean(wire.registry_id) && refs.name('registry', wire.registry_id!) === undefined;
    const metadata = metadataFromWire(wire.metadata, registry !== undefined);
    const cve_allowlist = wire.cve_allowlist && allowlistFromWire(wire.cve_allowlist);
    const spec = normalise(compact<ProjectSpec>({ name: wire.name, registry, cve_allowlist, ...metadata }));
    return compact({
      identity: wire.name,
      id: wire.project_id,
      spec,
      facts: factsOf(wire),
      faults: isUnknown ? unknownReference('registry_id') : undefined,
    });
  },

  toWire: (spec, refs) =>
    compact({
      name: spec.name,
      metadata: metadataToWire(normaliseMetadata(spec)),
      registry_id: spec.registry === undefined ? undefined : refs.id('registry', spec.registry),
      ...allowlistField(spec),
    }),

  async read({ client, refs }, identity) {
    const wire = await client.find(projectPath(identity), { shape: projectShape });
    return wire && project.fromWire(wire, refs);
  },

  // Everyone who is logged in may ask (docs/harbor-behavior.md 2.9).
  isTaken: ({ client }, identity) => client.exists('/projects', { query: { project_name: identity } }),

  /** POST ignores the CVE allowlist (docs/harbor-behavior.md 5.2): it is set by a second request. */
  async create({ client, refs }, desired, carried) {
    const { name, cve_allowlist, ...wire } = project.toWire(desired, refs);
    const { storage_limit } = (carried.get('quota') ?? {}) as { readonly storage_limit?: number };
    const limit = compact<{ storage_limit?: number }>({ storage_limit });
    const created = await client.post('/projects', { project_name: name, ...wire, ...limit });
    if (cve_allowlist) await client.put(projectPath(desired.name), { cve_allowlist });
    return compact<{ id?: number }>({ id: created.id });
  },

  // Keys that are not sent keep their values, also the allowlist; one that is sent replaces the old one.
  async update({ client }, { live, merged, changed }) {
    const metadata = metadataToWrite(merged, changed);
    const list = changed.includes('cve_allowlist') ? allowlistField(merged) : {};
    await client.put(projectPath(live.identity), { metadata, ...list });
  },

  /**
   *     repositories ──► trigger of the retention policy ──► project
   *     (Harbor deletes no project     (without this, Harbor's core
   *      that holds any)                may end, see disarmPolicy)
   */
  async remove({ client }, live) {
    if (live.facts?.['repo_count'] !== 0) await removeRepositories(client, live.identity);
    await disarmPolicy(client, addressOf('project', live.identity), live.facts?.['retention_id']);
    await client.delete(projectPath(live.identity));
  },
});

function factsOf({ repo_count, metadata }: ProjectWire): JsonObject {
  return { repo_count, ...compact<{ retention_id?: string }>({ retention_id: metadata?.['retention_id'] }) };
}

function normalise(spec: ProjectSpec): ProjectSpec {
  const { cve_allowlist, ...rest } = normaliseMetadata(spec);
  return cve_allowlist === undefined ? rest : { ...rest, cve_allowlist: normaliseAllowlist(cve_allowlist) };
}

function place({ name, ...value }: ProjectSpec, { beside }: PlacingContext): Placed {
  const idle = value.reuse_sys_cve_allowlist === false ? [] : ['cve_allowlist'];
  const registry = value.registry === undefined ? undefined : beside?.('registry', value.registry);
  const note = noteOnProxying((registry as { readonly type?: string } | undefined)?.type);
  return { names: [name], value: value as JsonObject, idle, notes: note === undefined ? {} : { registry: note } };
}

function allowlistField({ cve_allowlist: list }: ProjectSpec): Pick<ProjectWire, 'cve_allowlist'> {
  return list === undefined ? {} : { cve_allowlist: allowlistToWire(normaliseAllowlist(list)) };
}

/** A registry without a known name is still a registry: never treated as none. */
function registryOf({ registry_id: id }: ProjectWire, refs: Refs): string | undefined {
  return id ? (refs.name('registry', id) ?? `(id ${id})`) : undefined;
}

/**
 * Harbor deletes no project that contains repositories (412). Deleting them was allowed by name, see
 * `lossOfRepositories`.
 */
async function removeRepositories(client: Client, name: string): Promise<void> {
  const repositories = await client.list<RepositoryWire>(`${projectPath(name)}/repositories`);
  for (const repository of repositories) {
    const path = repository.name.slice(name.length + 1);
    // A slash in a repository's name is encoded twice (docs/harbor-behavior.md 1.5).
    await client.delete(`${projectPath(name)}/repositories/${encodeURIComponent(encodeURIComponent(path))}`);
  }
}

/**
 * Checked only for a project that would be created: an existing one was created by an older Harbor, and still works.
 */
function cannotBeMade({ action, desired, declared, harborVersion }: HazardContext<ProjectSpec>): Hazard[] {
  if (desired?.registry === undefined || (action !== 'create' && action !== 'replace')) return [];
  const { type } = (declared?.('registry', desired.registry) ?? {}) as { readonly type?: string };
  if (type === undefined || canProxy(type, harborVersion) !== false) return [];
  return [
    {
      rule: 'registry-cannot-proxy',
      message: `Harbor does not support proxy caches of type ${type} (400 unsupported registry type ${type})`,
      enforcement: 'soft-mandatory',
      hint: `declare registries.${desired.registry} with type: docker-registry; or pass --target for the project, if PERMITTED_REGISTRY_TYPES_FOR_PROXY_CACHE of this Harbor allows the type`,
    },
  ];
}

/** Also for a replacement, which deletes the project and creates it again: its images are gone in between. */
function lossOfRepositories({ action, live }: HazardContext<ProjectSpec>): Hazard[] {
  const count = Number(live?.facts?.['repo_count'] ?? 0);
  if (!live || count === 0 || (action !== 'delete' && action !== 'replace')) return [];
  const because = action === 'replace' ? 'its registry cannot be changed in place; ' : '';
  const afterwards =
    action === 'replace'
      ? ' For seven days a new proxy cache project with the same name does not store the indexes of the old one.'
      : '';
  return [
    {
      rule: 'project-not-empty',
      message: `${because}project ${live.identity} holds ${count} ${count === 1 ? 'repository' : 'repositories'} that would be deleted.${afterwards}`,
      enforcement: 'soft-mandatory',
      hint: 'name the project with --target to delete its contents, or declare a project with another name',
    },
  ];
}
