/**
 * Options of the registry's storage drivers, in their own spelling. Keys and passwords are elsewhere: on the host, or
 * the role of the machine.
 */
export interface S3Storage {
  readonly bucket: string;
  readonly region: string;
  readonly regionendpoint?: string;
  readonly rootdirectory?: string;
  readonly encrypt?: true;
  readonly keyid?: string;
  readonly storageclass?: string;
  readonly chunksize?: number;
  readonly multipartcopychunksize?: number;
  readonly multipartcopymaxconcurrency?: number;
  readonly multipartcopythresholdsize?: number;
}

/** Only with `cluster:`; on a host it is refused (`check-combinations.ts`). */
export interface GcsStorage {
  readonly bucket: string;
  readonly rootdirectory?: string;
  readonly chunksize?: number;
}

/** Only with `cluster:`, as `GcsStorage`. */
export interface AzureStorage {
  readonly accountname: string;
  readonly container: string;
  readonly realm?: string;
}

/**
 * `prepare` writes these into YAML without quotes: a text with `#`, `: ` or a quote would change the file's meaning.
 */
const text = (description: string) =>
  ({
    description,
    type: 'string',
    title: 'text of letters, digits and / : . _ -',
    pattern: '^[A-Za-z0-9/][A-Za-z0-9/:._-]*$',
    maxLength: 1024,
  }) as const;

const bucket = {
  description: 'The bucket.',
  type: 'string',
  title: 'the name of a bucket: at least 3 letters, digits, dots, hyphens or underscores',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{1,220}[A-Za-z0-9]$',
} as const;

/** The least that S3 takes for a part, except the last. */
const MIN_PART = 5 * 1024 * 1024;
const bytes = (description: string) => ({ description, type: 'integer', minimum: MIN_PART }) as const;

const s3 = {
  description: 'S3-compatible storage. The keys are set on the host, or come from the machine’s role.',
  type: 'object',
  properties: {
    bucket,
    region: {
      description: 'The region.',
      type: 'string',
      title: 'the name of a region: letters, digits, dots, hyphens and underscores',
      pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$',
    },
    regionendpoint: {
      description: 'Endpoint, if it is not AWS.',
      type: 'string',
      title: 'an http:// or https:// URL',
      pattern: '^https?://[A-Za-z0-9.:/_\\[\\]-]+$',
      maxLength: 2048,
    },
    rootdirectory: text('A prefix in the bucket.'),
    encrypt: { description: 'Ask S3 to encrypt what is stored.', const: true },
    keyid: text('The key of KMS for it.'),
    storageclass: {
      description: 'The storage class.',
      type: 'string',
      title: 'a storage class of S3, such as STANDARD_IA',
      pattern: '^[A-Z_]+$',
      maxLength: 64,
    },
    chunksize: bytes('Bytes of a part of an upload.'),
    multipartcopychunksize: bytes('Bytes of a part of a copy.'),
    multipartcopymaxconcurrency: {
      description: 'Parts of a copy at a time.',
      type: 'integer',
      minimum: 1,
      maximum: 1000,
    },
    multipartcopythresholdsize: bytes('Bytes from which a copy has parts.'),
  },
  required: ['bucket', 'region'],
  additionalProperties: false,
} as const;

const gcs = {
  description: 'Google Cloud Storage, with cluster: only.',
  type: 'object',
  properties: {
    bucket,
    rootdirectory: text('A prefix in the bucket.'),
    chunksize: {
      description: 'Bytes of a part of an upload, a multiple of 262144.',
      type: 'integer',
      minimum: 262_144,
      multipleOf: 262_144,
    },
  },
  required: ['bucket'],
  additionalProperties: false,
} as const;

const azure = {
  description: 'Azure Blob Storage, with cluster: only.',
  type: 'object',
  properties: {
    accountname: {
      description: 'The storage account.',
      type: 'string',
      title: 'a storage account: 3 to 24 lower-case letters and digits',
      pattern: '^[a-z0-9]{3,24}$',
    },
    container: { description: 'The container.', type: 'string', minLength: 3, maxLength: 63 },
    realm: {
      description: 'The domain, if it is not core.windows.net.',
      type: 'string',
      title: 'a domain in lower case',
      pattern: '^[a-z0-9.-]+$',
      maxLength: 253,
    },
  },
  required: ['accountname', 'container'],
  additionalProperties: false,
} as const;

/**
 * One of the three. The filesystem has no entry: it is the data volume, or with `cluster:` a volume of the registry.
 */
export const storageSchema = {
  description: 'Storage of the registry’s blobs; default: data_volume.',
  type: 'object',
  properties: { s3, gcs, azure },
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
} as const;
