import { ok } from '../api/answer';
import type { Api } from '../api/api';
import { namedProjectFor } from '../api/access';
import { type Call, param } from '../api/call';
import { model } from '../api/model';
import { badRequest, notFound, unprocessable } from '../errors';
import { getArtifact } from '../registry/artifacts';
import { repositoryName } from '../artifacts/repository-access';
import type { ArtifactRow, ProjectRow } from '../store/rows';
import { acceptedReports, reportsOf, vulnerabilitiesWire } from '../scanning/reports';
import { scannerOf } from '../scanning/scanners';
import { startScan, stopScan } from '../scanning/scans';

const ScanType = model('ScanType', { scan_type: 'string' });
const TYPES = ['vulnerability', 'sbom'];
const ARTIFACT = '/projects/:project/repositories/:repository/artifacts/:reference';
const ACCEPTED = { status: 202 } as const;

/**
 * Stands in for src/server/v2.0/handler/scan.go and for the addition `vulnerabilities`, which is read from
 * reports and not from the artifact.
 *
 *     POST scan, scan/stop                 202: the scan goes on afterwards
 *     GET scan/UUID/log                    404 for a report of another artifact
 *     GET additions/vulnerabilities        an empty object without a report
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  const find = (call: Call, resource: string, action: string): { project: ProjectRow; artifact: ArtifactRow } => {
    const project = namedProjectFor(store, call, resource, action);
    return { project, artifact: getArtifact(store, repositoryName(call), param(call, 'reference')) };
  };
  api.post(
    `${ARTIFACT}/scan`,
    async (call) => {
      const type = scanType(call);
      const { project, artifact } = find(call, resourceOf(type), 'create');
      if (type === 'sbom') refuseSbom(scannerOf(store, project)?.name, artifact);
      await startScan(context, artifact);
      return ACCEPTED;
    },
    { body: ['scanType', ScanType, 'optional'] },
  );
  api.post(
    `${ARTIFACT}/scan/stop`,
    (call) => {
      const type = scanType(call);
      stopScan(context, find(call, resourceOf(type), 'stop').artifact);
      return ACCEPTED;
    },
    { body: ['scanType', ScanType] },
  );
  api.get(`${ARTIFACT}/scan/:report/log`, (call) => {
    const { artifact } = find(call, 'scan', 'read');
    const row = store.scanReports.find('uuid', param(call, 'report'));
    if (row?.digest !== artifact.digest) throw notFound(`report with uuid ${param(call, 'report')} does not exist`);
    return { status: 200, text: { contentType: 'text/plain', value: row.log.map((line) => `${line}\n`).join('') } };
  });
  api.get(`${ARTIFACT}/additions/vulnerabilities`, (call) => {
    const { project, artifact } = find(call, 'artifact-addition', 'read');
    const scanner = scannerOf(store, project);
    return ok(vulnerabilitiesWire(scanner ? reportsOf(store, scanner, artifact) : [], acceptedReports(call)));
  });
}

/** @throws HarborError 422 */
function scanType({ body }: Call): string {
  const type = (body['scan_type'] as string | undefined) ?? 'vulnerability';
  if (!TYPES.includes(type))
    throw unprocessable(`validation failure list:\nscan_type in body should be one of [${TYPES.join(' ')}]`);
  return type;
}

function resourceOf(type: string): string {
  return type === 'sbom' ? 'sbom' : 'scan';
}

/** No recording shows how an SBOM is created and stored, so it is refused, as with a scanner that creates none. */
function refuseSbom(scanner: string | undefined, { manifestMediaType }: ArtifactRow): void {
  if (scanner === undefined) return;
  throw badRequest(
    `the configured scanner ${scanner} does not support scanning artifact with mime type ${manifestMediaType}`,
  );
}
