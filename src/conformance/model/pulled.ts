import type { ChildDescriptor, Image, Manifest, ManifestAnswer } from '../../oci';
import type { PullContext } from './context';
import type { Problem } from './problem';

/** An image that a check is about, in the three forms in which it is needed. */
export interface NamedImage {
  /** As declared: `library/alpine:3.20`. */
  readonly text: string;
  readonly image: Image;
  /** Repository including its project, as in URLs and scopes. */
  readonly name: string;
}

/** The manifest of an image for one platform, which lists its layers; an index lists such manifests. */
export type ImageManifest = Extract<Manifest, { kind: 'image' }>;

/** A manifest that was received and parsed; checks decide whether its bytes are the right ones. */
export interface FetchedManifest {
  readonly answer: ManifestAnswer;
  readonly digest: string;
  readonly manifest: Manifest;
}

/** One image of an index, or the only image there is. */
export interface PlatformImage {
  readonly platform: string;
  readonly digest: string;
  /** Its entry in the index; absent for an image without an index. */
  readonly descriptor?: ChildDescriptor;
  readonly manifest: ImageManifest;
}

/** One required platform: its image, or why it is missing and which check reports it. */
export type PlatformResult =
  | PlatformImage
  | { readonly platform: string; readonly problem: string; readonly see: string; readonly isUnanswered?: true };

/** What a tag points to, without its layers. */
export interface ResolvedImage {
  readonly top: FetchedManifest;
  /** One for each declared platform, in the declared order. */
  readonly platforms: readonly PlatformResult[];
}

/** What a client would have on its disk after a pull, and every problem on the way. */
export interface PulledImage {
  /** Digest of the tag, as the registry returned it before any download. */
  readonly digest: string;
  readonly isIndex: boolean;
  /** Everything in it was pulled: Harbor waits for all images of an index before it stores it. */
  readonly isWhole: boolean;
  /** Digests of the images of the required platforms. */
  readonly leaves: readonly string[];
  readonly blobs: readonly string[];
  readonly bytes: number;
  readonly durationMs: number;
  readonly problems: readonly string[];
  /** Problems with bytes, for programs. */
  readonly kinds: readonly Problem[];
  /** Every problem is a limit, or a failure of a proxy in front: then what would have been served is not known. */
  readonly isUnanswered: boolean;
}

/** Whether Harbor stored an image after it was pulled (docs/harbor-behavior.md 10.6). */
export type Caching =
  | { readonly state: 'cached'; readonly afterMs: number }
  | { readonly state: 'missing'; readonly waitedMs: number; readonly what: string }
  /** It does not fit into what is left of the project's quota: Harbor stores nothing then. */
  | { readonly state: 'no-room'; readonly neededBytes: number; readonly leftBytes: number; readonly limitBytes: number }
  /** `hidden`: this identity may not read it. */
  | { readonly state: 'unknown'; readonly why: string; readonly hidden?: true };

/** An image that was pulled, and the result of waiting until Harbor cached it. */
export interface AwaitedPull {
  readonly pulled: PulledImage;
  readonly caching: Caching;
  /** Whether it was cached before the pull; undefined if this identity may not read it. */
  readonly wasCached: boolean | undefined;
  /** Requests that a controllable upstream received meanwhile. */
  readonly upstreamLog?: readonly string[];
  /** GET requests for each blob by its digest, with those that were repeated after an error. */
  readonly blobRequests: ReadonlyMap<string, number>;
  /** From the begin of the pull to the end of the wait: what `upstreamLog` covers. */
  readonly tookMs: number;
}

/**
 * What the checks of one project share: each image is resolved once and cached once. The requests are part of the first
 * check's report. `pull/image-cache.ts` is the implementation.
 */
export interface SharedImages {
  resolve(context: PullContext, image: NamedImage): Promise<ResolvedImage | { readonly problem: string }>;
  pullAndWait(context: PullContext, image: NamedImage): Promise<AwaitedPull>;
  /** Also waits for the tag of an index that was pulled in part: without its upstream, Harbor serves no tag before. */
  pullAndWaitForTag(context: PullContext, image: NamedImage): Promise<AwaitedPull>;
}
