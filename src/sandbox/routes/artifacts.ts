import { artifactWire, type ArtifactView, tagWire, accessoryWire } from '../artifacts/wire';
import { type Answer, ok, OK, text } from '../api/answer';
import type { Api } from '../api/api';
import { namedProjectFor, projectFor } from '../api/access';
import { type Call, flagQuery, page, param } from '../api/call';
import { model } from '../api/model';
import { type Columns, exactQ, filterRows, sortRows } from '../api/query';
import { callerName } from '../access/caller';
import type { Context } from '../context';
import { readAddition } from '../artifacts/additions';
import { deleteArtifactAs, tagChanged } from '../registry/events';
import { badRequest, conflict, HarborError, notFound, unprocessable } from '../errors';
import { isTagImmutable, requireDeletableTag } from '../immutable/matcher';
import { ensureTag, getArtifact } from '../registry/artifacts';
import { topLevelArtifacts } from '../registry/top-level';
import { accessoriesOf } from '../registry/accessories';
import { repositoryName } from '../artifacts/repository-access';
import type { ArtifactRow, ProjectRow, TagRow } from '../store/rows';
import { askMetadata, scannerOf } from '../scanning/scanners';
import { acceptedReports } from '../scanning/reports';
import type { Store } from '../store/store';

const NewTag = model('Tag', {
  id: 'int64',
  repository_id: 'int64',
  artifact_id: 'int64',
  name: 'string',
  push_time: 'string',
  pull_time: 'string',
  immutable: 'bool',
});

/** Parts of an artifact that a client may ask for; all but the tags are off by default (see `viewOf`). */
const VIEW = {
  with_tag: 'bool',
  with_label: 'bool',
  with_scan_overview: 'bool',
  with_sbom_overview: 'bool',
  with_immutable_status: 'bool',
  with_accessory: 'bool',
  with_inherited_accessory: 'bool',
} as const;

/** As the registry's specification defines it. */
const TAG_NAME = /^\w[\w.-]{0,127}$/;

const REPOSITORY = '/projects/:project/repositories/:repository';

const TAG_COLUMNS: Columns<TagRow> = {
  id: (row) => row.id,
  name: (row) => row.name,
  push_time: (row) => row.pushTime,
  pull_time: (row) => row.pullTime,
};

/**
 * Stands in for src/server/v2.0/handler/artifact.go. Copying an artifact (POST) is not served. A repository
 * that does not exist has an empty list of artifacts, and is not a 404.
 *
 *                           repository unknown     artifact unknown
 *     GET list              200, empty
 *     GET, DELETE one       404                    404
 *     tags, accessories     404                    404
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  api.get(
    `${REPOSITORY}/artifacts`,
    (call) => {
      const project = namedProjectFor(store, call, 'artifact', 'list');
      const repository = store.repositories.find('name', repositoryName(call));
      const rows = repository ? store.artifacts.findAll('repository', repository.id) : [];
      return listArtifacts(context, call, project, rows);
    },
    { query: VIEW },
  );
  api.get(
    '/projects/:project/artifacts',
    (call) => {
      const project = projectFor(store, call, 'artifact', 'list');
      return listArtifacts(context, call, project, store.artifacts.findAll('project', project.id));
    },
    { query: { ...VIEW, latest_in_repository: 'bool' } },
  );
  api.get(
    `${REPOSITORY}/artifacts/:reference`,
    async (call) => {
      const project = namedProjectFor(store, call, 'artifact', 'read');
      const artifact = getArtifact(store, repositoryName(call), param(call, 'reference'));
      return ok(artifactWire(store, artifact, await viewOf(context, call, project)));
    },
    { query: VIEW },
  );
  api.delete(`${REPOSITORY}/artifacts/:reference`, (call) => {
    deleteArtifactAs(context, callerName(call.caller), artifactFor(store, call, 'artifact', 'delete'));
    return OK;
  });
  api.get(`${REPOSITORY}/artifacts/:reference/accessories`, (call) =>
    page(call, accessoriesOf(context, artifactFor(store, call, 'accessory', 'list')), (row) =>
      accessoryWire(store, row),
    ),
  );
  api.get(`${REPOSITORY}/artifacts/:reference/additions/:addition`, async (call) => {
    const addition = param(call, 'addition');
    if (!ADDITIONS.includes(addition))
      throw unprocessable(`addition in path should be one of [${ADDITIONS.join(' ')}]`);
    const artifact = artifactFor(store, call, 'artifact-addition', 'read');
    const { value, contentType } = await readAddition(context.blobs, artifact, addition);
    return text(value, contentType);
  });
  registerTags(api);
}

const ADDITIONS = ['build_history', 'values.yaml', 'readme.md', 'dependencies', 'sbom'];

/**
 * A tag of a proxy cache project cannot be created by hand (docs/harbor-behavior.md 5.7), but it can be
 * deleted.
 */
function registerTags(api: Api): void {
  const { context } = api;
  const { store, clock } = context;
  const tags = `${REPOSITORY}/artifacts/:reference/tags`;
  api.get(
    tags,
    (call) => {
      const rows = store.tags.findAll('artifact', artifactFor(store, call, 'tag', 'list').id);
      const matching = filterRows(rows, call.query.get('q'), TAG_COLUMNS);
      const immutability = flagQuery(call, 'with_immutable_status') ?? false;
      return page(call, sortRows(matching, call.query.get('sort'), TAG_COLUMNS, '-push_time,-id'), (row) =>
        tagWire(row, immutability && isTagImmutable(store, row)),
      );
    },
    { query: { with_signature: 'bool', with_immutable_status: 'bool' } },
  );
  api.post(
    tags,
    (call) => {
      refuseProxy(store, call);
      const artifact = artifactFor(store, call, 'tag', 'create');
      const name = (call.body['name'] as string | undefined) ?? '';
      if (!TAG_NAME.test(name)) throw badRequest(`bad request: invalid tag name: ${name}`);
      if (store.tags.find('name', `${artifact.repositoryId}:${name}`))
        throw conflict(`tag ${name} already exists under the repository ${artifact.repositoryId}`);
      ensureTag(context, artifact, name);
      tagChanged(context, callerName(call.caller), 'create', artifact, name);
      return { status: 201 };
    },
    { body: ['tag', NewTag] },
  );
  api.delete(`${tags}/:tag_name`, (call) => {
    const artifact = artifactFor(store, call, 'tag', 'delete');
    const name = param(call, 'tag_name');
    const tag = store.tags.findAll('artifact', artifact.id).find((row) => row.name === name);
    if (!tag) throw notFound(`tag ${name} attached to artifact ${artifact.id} not found`);
    requireDeletableTag(store, tag);
    store.tags.remove(tag.id);
    store.repositories.update(artifact.repositoryId, { updateTime: clock.now() });
    tagChanged(context, callerName(call.caller), 'delete', artifact, name);
    return OK;
  });
}

/** Copying into, or tagging in, a proxy cache project is refused as a method (docs/harbor-behavior.md 5.7). */
function refuseProxy(store: Store, call: Call): void {
  if (namedProjectFor(store, call, 'tag', 'create').registryId > 0)
    throw new HarborError('METHOD_NOT_ALLOWED', "the operation isn't supported for a proxy cache project");
}

/**
 * The permission comes first, so a caller without it cannot find out what exists.
 * @throws HarborError 401, 403, 404
 */
export function artifactFor(store: Store, call: Call, resource: string, action: string): ArtifactRow {
  namedProjectFor(store, call, resource, action);
  return getArtifact(store, repositoryName(call), param(call, 'reference'));
}

/**
 * `tags=*` matches every tagged artifact, `tags=nil` every untagged one; both are handled here, not by the general
 * filter.
 */
async function listArtifacts(
  context: Context,
  call: Call,
  project: ProjectRow,
  rows: readonly ArtifactRow[],
): Promise<Answer> {
  const { store } = context;
  const columns = columnsFor(store);
  const q = call.query.get('q');
  const tagged = /(?:^|,)tags=(\*|nil)(?:,|$)/i.exec(decodeURIComponent(q ?? ''))?.[1];
  const rest =
    tagged === undefined
      ? q
      : (q ?? '')
          .split(',')
          .filter((part) => !part.startsWith('tags='))
          .join(',');
  const matching = filterRows(rows, rest, columns).filter(
    (row) => tagged === undefined || store.tags.count('artifact', row.id) > 0 === (tagged === '*'),
  );
  const shown = exactQ(q, 'base') === '*' ? matching : topLevelArtifacts(store, rows, matching);
  const view = await viewOf(context, call, project);
  return page(call, sortRows(shown, call.query.get('sort'), columns, '-push_time,-id'), (row) =>
    artifactWire(store, row, view),
  );
}

/** What `q` and `sort` may name. Labels and tags are lists: one of their values must match. */
function columnsFor(store: Store): Columns<ArtifactRow> {
  return {
    id: (row) => row.id,
    type: (row) => row.type,
    media_type: (row) => row.mediaType,
    manifest_media_type: (row) => row.manifestMediaType,
    artifact_type: (row) => row.artifactType,
    digest: (row) => row.digest,
    size: (row) => row.sizeBytes,
    repository_name: (row) => row.repositoryName,
    push_time: (row) => row.pushTime,
    pull_time: (row) => row.pullTime,
    labels: (row) => row.labelIds,
    tags: (row) => store.tags.findAll('artifact', row.id).map((tag) => tag.name),
  };
}

/** Only tags are shown by default. The scanner is asked once for a list and not once for each artifact. */
async function viewOf({ store, features }: Context, call: Call, project: ProjectRow): Promise<ArtifactView> {
  const row = scannerOf(store, project);
  const metadata = row && (await askMetadata(row));
  return {
    tags: flagQuery(call, 'with_tag') ?? true,
    labels: flagQuery(call, 'with_label') ?? false,
    immutability: flagQuery(call, 'with_immutable_status') ?? false,
    accessories: flagQuery(call, 'with_accessory') ?? false,
    ...(row && metadata ? { scanner: { row, metadata } } : {}),
    ...(flagQuery(call, 'with_scan_overview') ? { scanOverview: { accepted: acceptedReports(call) } } : {}),
    inherited: features.inheritedAccessories && (flagQuery(call, 'with_inherited_accessory') ?? false),
  };
}
