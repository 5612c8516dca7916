import type { Row } from '../table';
import type { Time, Timed } from './common';

/** Exists from its first artifact until it is deleted, even if it has become empty. */
export interface RepositoryRow extends Row, Timed {
  readonly projectId: number;
  /** Including the project: `proxy.docker.io/library/alpine`. */
  readonly name: string;
  readonly description: string;
  readonly pullCount: number;
}

/** A child that is stored here. Children that are not stored here are left out. */
export interface ArtifactReference {
  readonly childId: number;
  readonly childDigest: string;
  readonly platform?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly urls?: readonly string[];
}

/** A manifest in one repository. The same image in two repositories is two rows that share their blobs. */
export interface ArtifactRow extends Row {
  readonly projectId: number;
  readonly repositoryId: number;
  readonly repositoryName: string;
  readonly digest: string;
  /** The manifest with all its parts; of an index, with all its children. */
  readonly sizeBytes: number;
  /** `IMAGE`, `CHART`, … as Harbor's processors derive it. */
  readonly type: string;
  /** Media type of the configuration. */
  readonly mediaType: string;
  readonly manifestMediaType: string;
  readonly artifactType: string;
  readonly pushTime: Time;
  /** 0 if it was never pulled. */
  readonly pullTime: Time;
  readonly extraAttrs: Readonly<Record<string, unknown>> | null;
  readonly annotations: Readonly<Record<string, string>> | null;
  /** The children of an index, in its order. */
  readonly references: readonly ArtifactReference[];
  readonly labelIds: readonly number[];
  /** Digests of all its parts, including itself: the project's quota counts each once. */
  readonly blobs: readonly string[];
}

/** A blob that can be read through a repository; the backend keeps this link when Harbor's project is deleted. */
export interface BlobLinkRow extends Row {
  readonly repositoryName: string;
  readonly digest: string;
  readonly sizeBytes: number;
}

/** A blob that counts against a project's quota. */
export interface ProjectBlobRow extends Row {
  readonly projectId: number;
  readonly digest: string;
  readonly sizeBytes: number;
}

/** A signature, an SBOM or any other artifact with a subject. */
export interface AccessoryRow extends Row {
  readonly artifactId: number;
  readonly repositoryName: string;
  readonly subjectDigest: string;
  /** `signature.cosign`, `signature.notation`, `sbom.harbor`, `accelerator.nydus` or `subject.accessory`. */
  readonly type: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly creationTime: Time;
}

/** Belongs to one artifact of its repository; names are unique in it. */
export interface TagRow extends Row {
  readonly repositoryId: number;
  readonly artifactId: number;
  readonly name: string;
  readonly pushTime: Time;
  /** 0 if it was never pulled. */
  readonly pullTime: Time;
}
