export { bearerChallenge, parseChallenges, type Challenge } from './challenge';
export { basicAuthorization, type Credential } from './credential';
export { isDigest, referrersTag, sha256Digest } from './digest';
export { handshake, type Handshake, type HandshakeOptions } from './handshake';
export { formatImageName, parseImageName, splitHost, splitImageName, type ImageName } from './image-name';
export { readTokenAccess, type TokenAccess } from './jwt';
export {
  readManifest,
  servesPlatform,
  type ChildDescriptor,
  type Descriptor,
  type Manifest,
  type ManifestAnswer,
} from './manifest';
export { ACCEPT_MANIFEST, bareMediaType, isIndexType, isManifestType, isPageType, OCI_INDEX } from './media-type';
export type { Recorder, RequestRecord } from './record';
export {
  formatImage,
  manifestReference,
  parseImage,
  parseReference,
  type Image,
  type Parsed,
  type Reference,
} from './reference';
export {
  MAX_MANIFEST_BYTES,
  RegistryClient,
  type BlobAnswer,
  type BlobOptions,
  type PlainAnswer,
  type PlainRequest,
  type RegistryClientOptions,
} from './registry-client';
export { DEFAULT_RETRY, type RetryPolicy } from './retry';
export { tagsIn } from './tag-list';
export { tokenWords, type TokenAnswer } from './token';
export { header, type Method, type WireOptions, type WireResponse } from './transport';
