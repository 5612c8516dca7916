import { SERVICES, type ServiceId } from './service-ids';
import { readFileOf, type ReadFile } from './read-tree';

/**
 * What `prepare` wrote on the host, recorded in the repository by Ansible: one keyed digest for the files of each
 * service. Keyed, because a plain hash would reveal `POSTGRES_PASSWORD`, which is one short value.
 */
export interface Prepared {
  readonly schemaVersion: 1;
  /** `v2.15.2`. */
  readonly harborVersion: string;
  readonly hostname: string;
  readonly dataVolume: string;
  readonly preparedDirectory: string;
  /** HMAC-SHA256 in hex; the files are at `<preparedDirectory>/<service>/<digest>/`. */
  readonly services: Readonly<Partial<Record<ServiceId, string>>>;
}

const text = { type: 'string', minLength: 1, maxLength: 4096 } as const;

/** Strict in what is a path or a digest: the file decides what is mounted into containers. */
export const preparedSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Breakwater prepared files',
  type: 'object',
  properties: {
    schemaVersion: { const: 1 },
    harborVersion: { type: 'string', pattern: '^v2\\.[0-9]+\\.[0-9]+$' },
    hostname: text,
    dataVolume: text,
    preparedDirectory: text,
    services: {
      type: 'object',
      properties: Object.fromEntries(
        SERVICES.map((id) => [id, { description: '64 hexadecimal digits', type: 'string', pattern: '^[0-9a-f]{64}$' }]),
      ),
      additionalProperties: false,
    },
  },
  required: ['schemaVersion', 'harborVersion', 'hostname', 'dataVolume', 'preparedDirectory', 'services'],
  additionalProperties: false,
} as const;

/** The file is written by Ansible; a person should not edit it. */
export function loadPrepared(file: string): Promise<ReadFile<Prepared>> {
  return readFileOf<Prepared>(file, preparedSchema);
}
