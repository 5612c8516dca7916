import type { Failure, Findings } from './findings';

/** Lines of YAML for one cause; undefined if the project, robot or registry that they belong to is not known. */
type Change = (failure: Failure, findings: Findings) => string | undefined;

/** Proposed life of a robot: long enough to be no burden, short enough that a lost secret ends by itself. */
const DAYS = 90;

/** Names of projects and robots need no quotes in YAML, except those that look like other types. */
function key(name: string): string {
  return /^[A-Za-z][\w.-]*$/.test(name) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(name)
    ? name
    : JSON.stringify(name);
}

/** `projects:`, the name, and the lines below it: enough to find the place in the declaration. */
function ofProject({ project }: Findings, ...lines: readonly string[]): string | undefined {
  return project && ['projects:', `  ${key(project.name)}:`, ...lines.map((line) => `    ${line}`)].join('\n');
}

function ofRegistry({ project }: Findings, ...lines: readonly string[]): string | undefined {
  const name = project?.registry;
  return name === undefined
    ? undefined
    : ['registries:', `  ${key(name)}:`, ...lines.map((line) => `    ${line}`)].join('\n');
}

/**
 * The declared robot of a cause, in the project or in the system, found by its name in Harbor:
 *
 *      user name             address             place of the line
 *      robot$ci              robot/ci            robots: { ci: … }
 *      robot$hub+puller      robot/hub+puller    projects: { hub: { robots: { puller: … } } }
 */
function ofRobot({ problem }: Failure, findings: Findings, line: string): string | undefined {
  const robots = [...(findings.project?.robots ?? []), findings.project?.pullCredential];
  const username = problem?.subject ?? findings.project?.pullCredential?.username;
  const address = robots.find((one) => one?.username === username)?.address;
  const [, project, name] = /^robot\/(?:(.+)\+)?(.+)$/.exec(address ?? '') ?? [];
  if (name === undefined) return undefined;
  if (project === undefined) return ['robots:', `  ${key(name)}:`, `    ${line}`].join('\n');
  return ['projects:', `  ${key(project)}:`, '    robots:', `      ${key(name)}:`, `        ${line}`].join('\n');
}

/** A name for an environment variable: `UPSTREAM_QUAY_IO_TOKEN` for `quay.io`, without the port. */
function variable({ upstream = 'REGISTRY' }: Findings): string {
  return `UPSTREAM_${upstream.replace(/:\d+$/, '').replace(/\W+/g, '_').toUpperCase()}_TOKEN`;
}

const longer: Change = (failure, findings) => ofRobot(failure, findings, `duration: ${DAYS} # days, or -1`);

const credential: Change = (_failure, findings) =>
  ofRegistry(findings, `credential: { access_key: ACCOUNT, access_secret: { env: ${variable(findings)} } }`);

const scanned: Change = (_failure, findings) => ofProject(findings, 'auto_scan: true');

const otherImage: Change = (_failure, findings) => ofProject(findings, 'conformance: { pull: [ANOTHER/IMAGE:TAG] }');

/** The lines of the declaration to change, if a change of the declaration fixes the cause. */
const CHANGES: Readonly<Record<string, Change>> = {
  'robot-expired': longer,
  'robot-expires': longer,
  'no-robot': (_failure, findings) =>
    ofProject(
      findings,
      'robots:',
      `  puller: { duration: ${DAYS}, access: [{ resource: repository, action: pull }], secret: { env: PULLER_SECRET } }`,
    ),
  'upstream-wants-login': credential,
  'upstream-limit': (failure, findings) =>
    findings.project?.origin?.credential ? undefined : credential(failure, findings),
  'quota-full': (_failure, findings) => ofProject(findings, `storage_limit: ${largerLimit(findings)}`),
  'referrers-off': (_failure, findings) => ofProject(findings, 'proxy_referrer_api: true'),
  'robot-prefix': ({ problem }, findings) => {
    const name = problem?.subject ?? findings.project?.pullCredential?.username ?? '';
    return `configuration: { robot_name_prefix: ${name.slice(0, name.indexOf('$') + 1)} }`;
  },
  'read-only': () => 'configuration: { read_only: false }',
  'image-removed': otherImage,
  'image-malformed': otherImage,
  'image-platform': ({ problem }, findings) => {
    const missing = (problem?.subject ?? '').split(', ');
    const left = (findings.project?.platforms ?? []).filter((platform) => !missing.includes(platform));
    return ofProject(findings, `conformance: { platforms: [${left.join(', ') || 'A/PLATFORM'}] }`);
  },
  'finding-gone': (_failure, findings) =>
    ofProject(findings, 'conformance: { vulnerability: { refused: [ANOTHER/IMAGE:TAG] } }'),
  'mirror-of-private-project': (_failure, findings) => ofProject(findings, 'public: true'),
  'certificate-chain': () => 'harbor: { ca_file: ca.pem } # of a private authority only',
  'not-scanned': scanned,
  'image-unscanned': scanned,
};

/** Twice the limit or the used size, whichever is larger, in whole GiB. */
function largerLimit({ quota }: Findings): string {
  const gib = 2 ** 30;
  return `${Math.max(1, Math.ceil((2 * Math.max(quota?.hardBytes ?? 0, quota?.usedBytes ?? 0)) / gib))}GiB`;
}

/**
 * Undefined if the cause is not in the declaration. The lines are a proposal to edit, not a document to apply: values
 * such as `ANOTHER/IMAGE:TAG` have to be replaced.
 */
export function yamlOf(kind: string, failure: Failure, findings: Findings): string | undefined {
  return CHANGES[kind]?.(failure, findings);
}
