import type { FixtureBlob, FixtureImage } from './image';

interface Manifest {
  readonly subject?: { readonly digest?: string };
  readonly artifactType?: string;
  readonly config?: { readonly mediaType?: string };
  readonly annotations?: object;
}

/** The contents of an upstream: manifests per repository, tags per repository, blobs shared by all. */
export class FixtureContent {
  private readonly blobs = new Map<string, FixtureBlob>();
  private readonly manifests = new Map<string, FixtureImage>();
  private readonly tags = new Map<string, Map<string, string>>();

  /**
   * Manifests of children are stored too, so that they can be pulled by digest; only the index gets the tag.
   */
  put(repository: string, tag: string, image: FixtureImage): void {
    for (const one of [image, ...image.children]) {
      this.manifests.set(`${repository}@${one.digest}`, one);
      for (const blob of one.blobs) this.blobs.set(blob.digest, blob);
    }
    const tags = this.tags.get(repository) ?? new Map<string, string>();
    this.tags.set(repository, tags.set(tag, image.digest));
  }

  /** The manifest stays and can still be pulled by digest. */
  removeTag(repository: string, tag: string): void {
    this.tags.get(repository)?.delete(tag);
  }

  /** Blobs stay, as in a registry without garbage collection. */
  removeRepository(repository: string): void {
    this.tags.delete(repository);
    for (const key of [...this.manifests.keys()]) {
      if (key.startsWith(`${repository}@`)) this.manifests.delete(key);
    }
  }

  clear(): void {
    this.blobs.clear();
    this.manifests.clear();
    this.tags.clear();
  }

  /** Descriptors of artifacts with this digest as their subject, in this repository. */
  referrersOf(repository: string, digest: string): readonly object[] {
    return [...this.manifests].flatMap(([key, image]) => {
      if (!key.startsWith(`${repository}@`)) return [];
      const { subject, artifactType, config, annotations } = JSON.parse(image.manifest.toString('utf8')) as Manifest;
      if (subject?.digest !== digest) return [];
      const type = artifactType ?? config?.mediaType;
      const { mediaType, manifest } = image;
      return { mediaType, digest: image.digest, size: manifest.length, artifactType: type, annotations };
    });
  }

  /** By tag or digest. Undefined also for a digest that another repository has. */
  manifest(repository: string, reference: string): FixtureImage | undefined {
    const digest = reference.startsWith('sha256:') ? reference : this.tags.get(repository)?.get(reference);
    return digest === undefined ? undefined : this.manifests.get(`${repository}@${digest}`);
  }

  /** Repositories are not checked: a blob of any of them is served. */
  blob(digest: string): FixtureBlob | undefined {
    return this.blobs.get(digest);
  }

  /** Undefined if nothing was ever stored there; an empty list if every tag was removed. */
  tagsOf(repository: string): string[] | undefined {
    const tags = this.tags.get(repository);
    return tags && [...tags.keys()].sort();
  }

  repositories(): string[] {
    return [...this.tags.keys()].sort();
  }
}
