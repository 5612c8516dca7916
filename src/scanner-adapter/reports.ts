import { type Finding, worstOf } from './findings';
import type { Capability, ScanRequest } from './scan-request';

/** Exactly Harbor's texts: it picks the report by them. */
export const REPORT_TYPE: Readonly<Record<Capability, string>> = {
  vulnerability: 'application/vnd.security.vulnerability.report; version=1.1',
  sbom: 'application/vnd.security.sbom.report+json; version=1.0',
};
const SPDX = 'application/spdx+json';
const CONSUMED = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'];

/** Shown in the portal as the scanner of a report. */
export interface ScannerIdentity {
  readonly name: string;
  readonly vendor: string;
  readonly version: string;
}

/** The adapter's metadata (pluggable scanner API 1.2; a client of 1.1 ignores `type`). */
export function metadataOf(scanner: ScannerIdentity, withSbom: boolean): object {
  const of = (type: Capability, more: object = {}): object => ({
    type,
    consumes_mime_types: CONSUMED,
    produces_mime_types: [REPORT_TYPE[type]],
    ...more,
  });
  const sbom = of('sbom', { additional_attributes: { sbom_parameters: { sbom_media_types: [SPDX] } } });
  return {
    scanner,
    capabilities: [of('vulnerability'), ...(withSbom ? [sbom] : [])],
    properties: { 'harbor.scanner-adapter/scanner-type': 'os-package-vulnerability' },
  };
}

/** The same findings give the same report, except for `generated_at`. */
export function reportOf(
  { artifact, capability }: ScanRequest,
  scanner: ScannerIdentity,
  found: readonly Finding[],
  now: Date,
): object {
  const head = { generated_at: now.toISOString(), artifact, scanner };
  if (capability === 'sbom')
    return { ...head, vendor_attributes: {}, media_type: SPDX, sbom: spdxOf(artifact, found, now) };
  return { ...head, severity: worstOf(found), vulnerabilities: found };
}

/** The packages with findings are the only known ones of the image. */
function spdxOf({ repository, digest }: ScanRequest['artifact'], found: readonly Finding[], now: Date): object {
  const packages = [...new Map(found.map((one) => [`${one.package}@${one.version}`, one])).values()];
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${repository}@${digest}`,
    documentNamespace: `https://breakwater.invalid/sbom/${digest.replace(':', '-')}`,
    creationInfo: { creators: ['Tool: breakwater-scanner-adapter'], created: now.toISOString().replace(/\.\d+/, '') },
    packages: packages.map((one, index) => ({
      name: one.package,
      SPDXID: `SPDXRef-Package-${index + 1}`,
      versionInfo: one.version,
      downloadLocation: 'NOASSERTION',
    })),
  };
}
