import { omitEmpty, wireTime } from '../go-compat/wire';
import type { AccessoryRow, ArtifactReference, ArtifactRow, ScannerRow, TagRow } from '../store/rows';
import { additionTypes } from './additions';
import { isTagImmutable } from '../immutable/matcher';
import { labelWire } from './label-wire';
import { partsOf, reportsOf, scanOverview } from '../scanning/reports';
import type { ScannerMetadata } from '../scanning/scanner-client';
import { hasCapability } from '../scanning/scanners';
import type { Store } from '../store/store';

/** Parts that the caller requested. */
export interface ArtifactView {
  readonly tags: boolean;
  readonly labels: boolean;
  /** Whether each tag shows its real immutability; otherwise all are shown as mutable. */
  readonly immutability: boolean;
  readonly accessories: boolean;
  /** Also those of the indexes that contain it. */
  readonly inherited: boolean;
  /** Absent if the caller did not request it; media types as the caller wrote them. */
  readonly scanOverview?: { readonly accepted: string };
  /** The scanner of the artifact's project, and its capabilities. */
  readonly scanner?: { readonly row: ScannerRow; readonly metadata: ScannerMetadata };
}

/** Icons by artifact type; Harbor identifies them by digest. */
const ICONS: Readonly<Record<string, string>> = {
  IMAGE: 'sha256:0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06',
  CHART: 'sha256:61cf3a178ff0f75bf08a25d96b75cf7355dc197749a9f128ed3ef34b0df05518',
  CNAB: 'sha256:089bdda265c14d8686111402c8ad629e8177a1ceb7dcd0f7f39b6480f623b3bd',
  WASM: 'sha256:badd7693bcaf115be202748241dd0ea6ee3b0524bfab9ac22d1e1c43721afec6',
  CNAI: 'sha256:1e1e5c5fdaf0931ec8655e835d1182f723a0c322a6760211622e1270f0193717',
};
const ACCESSORY_ICONS: Readonly<Record<string, string>> = {
  'signature.cosign': 'sha256:20401d5b3a0f6dbc607c8d732eb08471af4ae6b19811a4efce8c6a724aed2882',
  'signature.notation': 'sha256:3ac706e102bbe9362b400aa162df58135d35e66b9c3bee2165de92022d25fe34',
};
const DEFAULT_ICON = 'sha256:da834479c923584f4cbcdecc0dac61f32bef1d51e8aae598cf16bd154efab49f';

/** Nil slices are `null` here and not left out: clients of the real Harbor have to expect both. */
export function artifactWire(store: Store, row: ArtifactRow, view: ArtifactView): object {
  return {
    ...omitEmpty({
      annotations: row.annotations ?? undefined,
      artifact_type: row.artifactType,
      digest: row.digest,
      extra_attrs: row.extraAttrs ?? undefined,
      icon: ICONS[row.type] ?? DEFAULT_ICON,
      id: row.id,
      manifest_media_type: row.manifestMediaType,
      media_type: row.mediaType,
      project_id: row.projectId,
      pull_time: wireTime(row.pullTime),
      push_time: wireTime(row.pushTime),
      repository_id: row.repositoryId,
      repository_name: row.repositoryName,
      size: row.sizeBytes,
      type: row.type,
    }),
    ...omitEmpty({ addition_links: additionLinks(store, row, view), scan_overview: overviewWire(store, row, view) }),
    ...(view.inherited ? omitEmpty({ inherited_accessories: inheritedWire(store, row) }) : {}),
    accessories: orNull(view.accessories ? accessoriesWire(store, row) : []),
    labels: orNull(view.labels ? row.labelIds.flatMap((id) => store.labels.get(id) ?? []).map(labelWire) : []),
    references: orNull(row.references.map((reference) => referenceWire(row, reference))),
    tags: orNull(
      view.tags
        ? newestFirst(store.tags.findAll('artifact', row.id)).map((tag) =>
            tagWire(tag, view.immutability && isTagImmutable(store, tag)),
          )
        : [],
    ),
  };
}

/** Tags of one moment are ordered by id, so that the order is the same in every response. */
function newestFirst(tags: readonly TagRow[]): TagRow[] {
  return [...tags].sort((a, b) => b.pushTime - a.pushTime || b.id - a.id);
}

/** Go's nil slice. */
function orNull(list: readonly object[]): readonly object[] | null {
  return list.length > 0 ? list : null;
}

/**
 * The build history comes from the image configuration, so an index has none. Artifacts that can be scanned show both
 * kinds of reports, even if there are none; the link to an SBOM then has no digest.
 */
function additionLinks(store: Store, row: ArtifactRow, view: ArtifactView): object | undefined {
  const project = store.projects.get(row.projectId)?.name ?? '';
  const repository = encodeURIComponent(encodeURIComponent(row.repositoryName.slice(project.length + 1)));
  const link = (digest: string, addition: string): object => {
    const href = `/api/v2.0/projects/${project}/repositories/${repository}/artifacts/${digest}/additions/${addition}`;
    return { absolute: false, href };
  };
  const own = additionTypes(row).map((type) => [type, link(row.digest, type)] as const);
  const links = {
    ...Object.fromEntries(own),
    ...(isScannable(store, row, view) ? { sboms: link('', 'sbom') } : {}),
    ...(isScannable(store, row, view) ? { vulnerabilities: link(row.digest, 'vulnerabilities') } : {}),
  };
  return Object.keys(links).length > 0 ? links : undefined;
}

/** An index can be scanned if one of its images can: the scanner declares for which media types. */
function isScannable(store: Store, row: ArtifactRow, { scanner }: ArtifactView): boolean {
  return scanner !== undefined && partsOf(store, row).some((part) => hasCapability(scanner.metadata, part));
}

/** Absent, not empty, for an artifact that cannot be scanned. */
function overviewWire(store: Store, row: ArtifactRow, view: ArtifactView): object | undefined {
  if (!view.scanOverview || !view.scanner || !isScannable(store, row, view)) return undefined;
  return scanOverview(reportsOf(store, view.scanner.row, row), view.scanOverview.accepted);
}

/** @param immutable costs a search through the rules of the project, so it is only computed on request */
export function tagWire(row: TagRow, immutable = false): object {
  return {
    artifact_id: row.artifactId,
    id: row.id,
    immutable,
    name: row.name,
    pull_time: wireTime(row.pullTime),
    push_time: wireTime(row.pushTime),
    repository_id: row.repositoryId,
  };
}

/** `urls` and `OsFeatures` are null where a Go slice is nil; other empty fields are left out. */
function referenceWire(parent: ArtifactRow, reference: ArtifactReference): object {
  return {
    ...omitEmpty({
      annotations: reference.annotations,
      child_digest: reference.childDigest,
      child_id: reference.childId,
      parent_id: parent.id,
      platform: reference.platform && { OsFeatures: null, ...reference.platform },
    }),
    urls: reference.urls && reference.urls.length > 0 ? reference.urls : null,
  };
}

function accessoriesWire(store: Store, row: ArtifactRow): object[] {
  return store.accessories
    .findAll('subject', `${row.repositoryName}@${row.digest}`)
    .map((accessory) => accessoryWire(store, accessory));
}

/** Signatures of the indexes that contain it, unless it has its own. */
function inheritedWire(store: Store, row: ArtifactRow): object[] | undefined {
  if (signaturesOf(store, row).length > 0) return undefined;
  const indexes = store.artifacts
    .findAll('repository', row.repositoryId)
    .filter(({ references }) => references.some(({ childId }) => childId === row.id));
  const inherited = indexes.flatMap((index) => signaturesOf(store, index));
  return inherited.length > 0 ? inherited.map((accessory) => accessoryWire(store, accessory)) : undefined;
}

/** Of cosign and notation; SBOMs are accessories too, and are not inherited. */
function signaturesOf(store: Store, { repositoryName, digest }: ArtifactRow): AccessoryRow[] {
  return store.accessories
    .findAll('subject', `${repositoryName}@${digest}`)
    .filter(({ type }) => type.startsWith('signature.'));
}

/**
 * `subject_artifact_id` is absent while the subject is not stored: a signature may be pushed before its image.
 */
export function accessoryWire(store: Store, row: AccessoryRow): object {
  const repository = store.repositories.find('name', row.repositoryName);
  const subject = repository && store.artifacts.find('digest', `${repository.id}@${row.subjectDigest}`);
  return {
    ...omitEmpty({ creation_time: wireTime(row.creationTime), id: row.id, subject_artifact_id: subject?.id }),
    artifact_id: row.artifactId,
    digest: row.digest,
    icon: ACCESSORY_ICONS[row.type] ?? '',
    size: row.sizeBytes,
    subject_artifact_digest: row.subjectDigest,
    subject_artifact_repo: row.repositoryName,
    type: row.type,
  };
}
