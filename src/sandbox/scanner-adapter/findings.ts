/** As the pluggable scanner API writes it; `fix_version` is empty where there is none. */
export interface Finding {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly fix_version: string;
  readonly severity: Severity;
  readonly description: string;
  readonly links: readonly string[];
}

/** From the least to the worst. */
const SEVERITIES = ['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is found, by digest, by repository (`project/library/alpine`), or by `*` for every other image. */
export type Findings = Readonly<Record<string, readonly Finding[]>>;

/** One that can be mended and one that cannot, in every image: enough to try policies and allowlists. */
export const EXAMPLE_FINDINGS: Findings = {
  '*': [
    {
      id: 'CVE-2024-0001',
      package: 'libfixture',
      version: '1.0',
      fix_version: '1.1',
      severity: 'High',
      description: 'fixture',
      links: ['https://cve.example.com/CVE-2024-0001'],
    },
    {
      id: 'CVE-2024-0002',
      package: 'libfixture',
      version: '1.0',
      fix_version: '',
      severity: 'Low',
      description: 'fixture',
      links: [],
    },
  ],
};

export interface ScannedArtifact {
  readonly repository: string;
  readonly digest: string;
}

export function findingsOf(findings: Findings, { repository, digest }: ScannedArtifact): readonly Finding[] {
  return findings[digest] ?? findings[repository] ?? findings['*'] ?? [];
}

/** Of the worst finding. */
export function worstOf(found: readonly Finding[]): Severity {
  return SEVERITIES.findLast((severity) => found.some((finding) => finding.severity === severity)) ?? 'Unknown';
}
