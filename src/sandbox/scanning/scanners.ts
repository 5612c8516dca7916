import { randomUUID } from 'node:crypto';
import { wireTime } from '../go-compat/wire';
import type { Context } from '../context';
import type { ArtifactRow, ProjectRow, ScannerRow } from '../store/rows';
import { fetchMetadata, type ScannerMetadata } from './scanner-client';
import type { Store } from '../store/store';

/** Where a project's own choice is stored; only the raw listing of the metadata shows it. */
const PROJECT_KEY = 'projectScanner';

/**
 * `undefined` if there is none, as in a Harbor that was installed without Trivy: then nothing can be scanned.
 */
export function defaultScanner(store: Store): ScannerRow | undefined {
  return store.scanners.all().find(({ isDefault }) => isDefault);
}

/** The project's own choice if it exists, else the default. */
export function scannerOf(store: Store, { metadata }: ProjectRow): ScannerRow | undefined {
  return store.scanners.find('uuid', metadata[PROJECT_KEY] ?? '') ?? defaultScanner(store);
}

const OWN_SCANNER = 'Fixture';

/** The adapter that runs next to the sandbox, under a name that does not change with its port and token. */
export function registerOwnScanner({ store, clock }: Context, url: string, token: string): void {
  const now = clock.now();
  const reached = { url, auth: 'Bearer', accessCredential: token, updateTime: now };
  const known = store.scanners.find('name', OWN_SCANNER);
  if (known) return void store.scanners.update(known.id, reached);
  store.scanners.insert({
    ...reached,
    uuid: randomUUID(),
    name: OWN_SCANNER,
    description: 'Reports declared CVEs; it scans no image.',
    skipCertVerify: false,
    useInternalAddr: true,
    disabled: false,
    isDefault: !defaultScanner(store),
    creationTime: now,
  });
}

/**
 * Harbor does not check whether this scanner exists.
 * With an unknown id the project falls back to the default scanner without an error.
 */
export function chooseScanner({ store }: Context, project: ProjectRow, uuid: string): void {
  store.projects.update(project.id, { metadata: { ...project.metadata, [PROJECT_KEY]: uuid } });
}

/** Undefined if the adapter does not respond. */
export async function askMetadata(row: ScannerRow): Promise<ScannerMetadata | undefined> {
  return fetchMetadata(row).catch(() => undefined);
}

/** Only images are scanned, and only if the adapter responds. */
export function hasCapability(
  metadata: ScannerMetadata | undefined,
  { type, manifestMediaType }: ArtifactRow,
): boolean {
  if (type !== 'IMAGE') return false;
  const capabilities = metadata?.capabilities ?? [];
  return capabilities.some(
    ({ type: what = 'vulnerability', consumes_mime_types = [] }) =>
      what === 'vulnerability' && consumes_mime_types.includes(manifestMediaType),
  );
}

/** `capabilities` are requested from the adapter each time; null if that was not done or failed. */
export function scannerWire(row: ScannerRow, metadata: ScannerMetadata | undefined): object {
  return {
    access_credential: '',
    auth: row.auth,
    capabilities: metadata ? capabilitiesOf(metadata) : null,
    create_time: wireTime(row.creationTime),
    description: row.description,
    disabled: row.disabled,
    is_default: row.isDefault,
    name: row.name,
    skip_certVerify: row.skipCertVerify,
    update_time: wireTime(row.updateTime),
    url: row.url,
    use_internal_addr: row.useInternalAddr,
    uuid: row.uuid,
  };
}

/** A capability without a type is a vulnerability scan, as in API 1.1. */
function capabilitiesOf({ capabilities }: ScannerMetadata): object {
  const types = new Set(capabilities.map(({ type = 'vulnerability' }) => type));
  return {
    ...(types.has('sbom') ? { support_sbom: true } : {}),
    ...(types.has('vulnerability') ? { support_vulnerability: true } : {}),
  };
}
