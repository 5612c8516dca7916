import { globProblem, globToRegExp } from '../sandbox/go-compat/doublestar';

/** As in the pluggable scanner API; `fix_version` is empty if there is none. */
export interface Finding {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly fix_version: string;
  readonly severity: Severity;
  readonly description: string;
  readonly links: readonly string[];
}

/** In ascending order. */
const SEVERITIES = ['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical'] as const;
/** Harbor's own names, with capitals. */
export type Severity = (typeof SEVERITIES)[number];

/**
 * Findings by digest, by repository as Harbor names it (`project/library/alpine`), by a glob of repositories (`**` +
 * `/alpine`), or by `*` for every other image. The first match in this order counts.
 */
export type Findings = Readonly<Record<string, readonly Finding[]>>;

/** One with a fix and one without, in every image: enough to try policies and allowlists. */
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

/** `repository` includes the project. */
export interface ScannedArtifact {
  readonly repository: string;
  readonly digest: string;
}

/**
 * None for an image that no key matches. A glob does not match before exact names, wherever it is in the file.
 */
export function findingsOf(findings: Findings, { repository, digest }: ScannedArtifact): readonly Finding[] {
  const exact = findings[digest] ?? findings[repository];
  if (exact) return exact;
  const glob = Object.keys(findings).find((key) => key !== '*' && isGlob(key) && globToRegExp(key).test(repository));
  return findings[glob ?? '*'] ?? [];
}

/** The highest severity. */
export function worstOf(found: readonly Finding[]): Severity {
  return SEVERITIES.findLast((severity) => found.some((finding) => finding.severity === severity)) ?? 'Unknown';
}

/** The declaration cannot be used. The message lists every mistake, one per line. */
export class FindingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'FindingsError';
  }
}

/**
 * Parses declared findings: a map from images to lists of `{ id, severity }` with optional `package`, `version`,
 * `fix_version`, `description` and `links`.
 * @throws FindingsError
 */
export function findingsFrom(declared: unknown): Findings {
  if (!isMap(declared)) throw new FindingsError(['expected a map from images to lists of CVEs']);
  const problems: string[] = [];
  const found = Object.entries(declared).map(([image, list]) => {
    if (globProblem(image) !== undefined) problems.push(`${image}: ${globProblem(image)}`);
    if (!Array.isArray(list)) problems.push(`${image}: expected a list of CVEs, or [] for none`);
    const entries: readonly unknown[] = Array.isArray(list) ? list : [];
    return [image, entries.map((entry, index) => findingFrom(entry, `${image}[${index}]`, problems))] as const;
  });
  if (problems.length > 0) throw new FindingsError(problems);
  return Object.fromEntries(found);
}

const TEXTS = ['id', 'severity', 'package', 'version', 'fix_version', 'description'] as const;

/** Reports every mistake of an entry and returns a usable finding anyway, so that all entries are checked. */
function findingFrom(entry: unknown, at: string, problems: string[]): Finding {
  const sent = isMap(entry) ? entry : {};
  const known: readonly string[] = [...TEXTS, 'links'];
  if (!isMap(entry)) problems.push(`${at}: expected { id: CVE-…, severity: … }`);
  for (const key of Object.keys(sent)) if (!known.includes(key)) problems.push(`${at}: unknown key ${key}`);
  for (const key of TEXTS)
    if (sent[key] !== undefined && typeof sent[key] !== 'string')
      problems.push(`${at}.${key}: expected a quoted string`);
  const text = (key: (typeof TEXTS)[number], otherwise = ''): string =>
    typeof sent[key] === 'string' ? sent[key] : otherwise;
  if (isMap(entry) && text('id') === '') problems.push(`${at}: id is missing`);
  const severity = SEVERITIES.find((one) => one.toLowerCase() === text('severity').toLowerCase());
  if (isMap(entry) && !severity) problems.push(`${at}.severity: one of ${SEVERITIES.join(', ')}`);
  const links = sent['links'] ?? [];
  if (!Array.isArray(links) || links.some((link) => typeof link !== 'string'))
    problems.push(`${at}.links: a list of URLs`);
  return {
    id: text('id'),
    package: text('package', 'declared'),
    version: text('version', '0'),
    fix_version: text('fix_version'),
    severity: severity ?? 'Unknown',
    description: text('description'),
    links: Array.isArray(links) ? (links as string[]) : [],
  };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isGlob(key: string): boolean {
  return /[*?[{]/.test(key);
}
