import { SERVICES, type ServiceId } from './service-ids';
import { readFileOf, type ReadFile } from './read-tree';

/** An image by tag and digest, and how it starts. */
export interface ImagePin {
  /** `repository:tag@sha256:…` */
  readonly image: string;
  /** The image's own ENTRYPOINT: a container that sets one must repeat it. */
  readonly entrypoint?: readonly string[];
  /** The image's own CMD, which is dropped when an entrypoint is set. */
  readonly command?: readonly string[];
}

/** Pins of one release. A service that is not deployed needs none. */
export type HarborPins = Readonly<Partial<Record<ServiceId | 'prepare', ImagePin>>>;

/** stacks/images.yaml: every deployed image, in one file that a bot can update. */
export interface ImagePins {
  readonly harbor: Readonly<Record<string, HarborPins>>;
  readonly traefik: ImagePin;
  /** Required signatures, by the prefix of image names. */
  readonly signatures?: readonly DeclaredSignature[];
}

/** A cosign signature: with a key, or keyless by an identity. */
export type DeclaredSignature =
  | { readonly images: string; readonly key: string }
  | { readonly images: string; readonly identity: string; readonly issuer: string };

/**
 * `name:tag@sha256:…`. With only the tag, a moved image would not change the plan (docs/harbor-behavior.md 11.7); with
 * only the digest, people could not read it.
 */
export const PINNED = /^[a-z0-9]+(?:[._/:-][a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}@sha256:[0-9a-f]{64}$/;

const words = (description: string) =>
  ({ description, type: 'array', items: { type: 'string', minLength: 1, maxLength: 4096 }, maxItems: 64 }) as const;

const pin = {
  type: 'object',
  properties: {
    image: {
      description: 'name:tag@sha256:…; the tag is for people, the digest for Docker',
      type: 'string',
      pattern: PINNED.source,
      maxLength: 512,
    },
    entrypoint: words('The image’s own ENTRYPOINT.'),
    command: words('The image’s own CMD.'),
  },
  required: ['image'],
  additionalProperties: false,
} as const;

const signature = {
  type: 'object',
  properties: {
    images: {
      description: 'Prefix of the image names: registry.example.com/hub/goharbor/ or traefik.',
      type: 'string',
      minLength: 1,
      maxLength: 512,
    },
    key: {
      description: 'Public key (PEM) of `cosign sign --key`; relative to this file.',
      type: 'string',
      minLength: 1,
      maxLength: 4096,
    },
    identity: {
      description: 'Identity of the signer, for a signature without a key.',
      type: 'string',
      minLength: 1,
      maxLength: 1000,
    },
    issuer: {
      description: 'OIDC issuer of the identity.',
      type: 'string',
      pattern: '^https://[^\\s]+$',
      maxLength: 1000,
    },
  },
  required: ['images'],
  oneOf: [
    { required: ['key'], not: { anyOf: [{ required: ['identity'] }, { required: ['issuer'] }] } },
    { required: ['identity', 'issuer'], not: { required: ['key'] } },
  ],
  additionalProperties: false,
} as const;

/**
 *      harbor:
 *        v2.15.2:                                                              written by `images pin`
 *          core: { image: goharbor/harbor-core:v2.15.2@sha256:… }
 *      traefik: { image: traefik:v3.5@sha256:… }
 *      signatures: [{ images: registry.example.com/hub/goharbor/, key: cosign.pub }]   or identity and issuer
 *
 * Releases that are not deployed any more stay: hosts may still run them, and their backups are restored with them.
 */
export const imagesSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Breakwater image pins',
  type: 'object',
  properties: {
    harbor: {
      description: 'Harbor’s images by release.',
      type: 'object',
      propertyNames: { pattern: '^v2\\.[0-9]+\\.[0-9]+$' },
      additionalProperties: {
        type: 'object',
        properties: Object.fromEntries([...SERVICES, 'prepare'].map((id) => [id, pin])),
        additionalProperties: false,
      },
    },
    traefik: pin,
    signatures: {
      description: 'Signatures of cosign that `images pin` and `images check` demand.',
      type: 'array',
      items: signature,
      maxItems: 32,
    },
  },
  required: ['harbor', 'traefik'],
  additionalProperties: false,
} as const;

/** The file `images.yaml`, validated; findings have the position of the wrong pin. */
export function loadImages(file: string): Promise<ReadFile<ImagePins>> {
  return readFileOf<ImagePins>(file, imagesSchema);
}
