import type { Evidence } from '../../model/outcome';
import { isUnscannedRefusal, OF_SCANS } from './scanning';
import { dayOf } from '../../answer-words';
import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, problemIs, type Rule } from '../rule';

/**
 * 412 is a refusal by policy, unless the repeated pull shows that a proxy in front returns it. A 403 is one only if the
 * repeated pull brought words; without it is a missing permission.
 */
const isRefused = ({ symptom }: Failure, { policyWords, again, isOfRegistry, project }: Findings): boolean =>
  (symptom === 'policy' && project !== undefined && !(again === 412 && isOfRegistry === false)) ||
  (symptom === 'denied' && policyWords !== undefined);

const isUnsigned = ({ policyWords = '' }: Findings): boolean => /not signed/i.test(policyWords);

const said = ({ policyWords }: Findings): { label: string; value: string }[] => [
  { label: 'response of Harbor', value: policyWords ?? '412' },
];

/** When the allowlist ended, in milliseconds since 1970; undefined if it has not, or has no end. */
function endedAt({ live }: Findings): number | undefined {
  const endsAt = live?.state === 'present' ? live.allowlistEndsAt : undefined;
  return endsAt !== undefined && endsAt * 1000 <= Date.now() ? endsAt * 1000 : undefined;
}

/** In Harbor's own order. `none`, like an unset severity, is not a limit: no finding is below it. */
const SEVERITIES = ['none', 'low', 'medium', 'high', 'critical'];
const severityAt = (word: string | undefined): number => SEVERITIES.indexOf((word ?? '').toLowerCase());

/** Then nothing is scanned, whatever the settings are: see `component-down`. */
const isScannerDown = ({ harbor }: Findings): boolean => harbor?.ill?.some((name) => OF_SCANS.includes(name)) ?? false;

/** Settings in Harbor that decide whether anything is refused. */
function guardOf({ live, hasScanner }: Findings): Evidence[] {
  const metadata = live?.state === 'present' ? live.metadata : undefined;
  return [
    { label: 'prevent_vul in Harbor', value: metadata ? (metadata['prevent_vul'] ?? 'not set') : 'not known' },
    { label: 'auto_scan in Harbor', value: metadata?.['auto_scan'] ?? 'not known' },
    { label: 'severity in Harbor', value: metadata?.['severity'] ?? 'not known' },
    { label: 'scanner', value: hasScanner === undefined ? 'not known' : hasScanner ? 'there is one' : 'none' },
  ];
}

const isOff = ({ live }: Findings): boolean => live?.state === 'present' && live.metadata['prevent_vul'] !== 'true';

/**
 * The image's findings are below the threshold, or it has no findings any more. V1 writes what the scan found into the
 * problem: `12 found, the worst Medium`, or `0 found`. Without such a text nothing is known of the findings.
 */
function isBelow({ problem }: Failure, { live }: Findings): boolean {
  const [, count, worst] = /^(\d+) found(?:, the worst (\w+))?$/.exec(problem?.value ?? '') ?? [];
  if (count === undefined || live?.state !== 'present') return false;
  const from = severityAt(live.metadata['severity']);
  return count === '0' || (from > 0 && severityAt(worst) >= 0 && severityAt(worst) < from);
}

/** Served although it has to be refused. The evidence names the settings that could be the reason. */
const served =
  (isSo: (failure: Failure, findings: Findings) => boolean): Rule['seen'] =>
  (failure, findings) =>
    isProblem(failure, 'policy-open') && isSo(failure, findings) ? [foundBy(failure), ...guardOf(findings)] : undefined;

const targetOf = ({ project }: Findings): string => `breakwater apply --target project/${project?.name ?? ''}`;

/**
 * `prevent_vul` and the settings that it depends on: an image that has to be refused is served, or one that has to be
 * served is not scanned. The first that fits:
 *
 *       problem                   and                                           cause
 *       policy-open, setting      prevent_vul is off in Harbor                  policy-off
 *       policy-open, not-scanned  the project has no scanner                    no-scanner
 *       policy-open               only at a mirror domain                       mirror-serves-refused
 *       policy-open               no findings, or all below the threshold       finding-gone
 *       policy-open               nothing of these                              policy-open
 *       first-pull-served, egress-open, scan-failed                             the same
 *       not-scanned               jobservice, trivy not known to be down        not-scanned
 */
const GUARD: readonly Rule[] = [
  {
    kind: 'policy-off',
    rank: 'exposure',
    party: 'policy',
    seen: (failure, findings) => {
      const isServed = findings.problems.some(({ kind }) => kind === 'policy-open');
      const isSetting = isProblem(failure, 'setting') && failure.problem?.subject === 'prevent_vul' && isServed;
      if (isSetting && isOff(findings)) return guardOf(findings);
      return served((_failure, found) => isOff(found))(failure, findings);
    },
    say: (_failure, findings) => ({
      words: 'images that must be refused are served: prevent_vul is off in Harbor',
      whatToDo: 'turn it on again: the declaration has images that must be refused',
      command: targetOf(findings),
    }),
  },
  {
    kind: 'no-scanner',
    rank: 'exposure',
    party: 'policy',
    seen: (failure, findings) =>
      isProblem(failure, 'policy-open', 'not-scanned') && findings.hasScanner === false
        ? [foundBy(failure), ...guardOf(findings)]
        : undefined,
    say: () => ({
      words: 'the project has no scanner: nothing is scanned, and prevent_vul has no effect',
      whatToDo: 'declare a scanner and make it the default',
    }),
  },
  {
    kind: 'mirror-serves-refused',
    rank: 'exposure',
    party: 'front door',
    // V5 has the host in `value`. If any other check got the image as well, the mirror domain is not the reason.
    seen: (failure, { project, problems }) => {
      const isAtMirror = (project?.mirrors ?? []).some(({ url }) => new URL(url).host === failure.problem?.value);
      const isOpen = problems.some(({ kind, value }) => kind === 'policy-open' && value !== failure.problem?.value);
      return isProblem(failure, 'policy-open') && isAtMirror && !isOpen ? [foundBy(failure)] : undefined;
    },
    say: ({ problem }) => ({
      words: `mirror domain ${problem?.value ?? ''} serves what the policy of Harbor refuses`,
      whatToDo: 'its proxy must request every manifest from Harbor and cache none: render its configuration again',
      command: 'breakwater mirror render',
    }),
  },
  {
    kind: 'finding-gone',
    rank: 'proof',
    party: 'declaration',
    seen: served(isBelow),
    say: ({ problem }) => ({
      words: `${problem?.subject ?? 'the image'} no longer has a finding that the policy refuses (${problem?.value ?? ''})`,
      whatToDo: 'declare another image under conformance.vulnerability.refused, or lower severity',
    }),
  },
  {
    kind: 'policy-open',
    rank: 'exposure',
    party: 'policy',
    seen: served(() => true),
    say: () => ({
      words: 'images that the policy must refuse are served',
      whatToDo: "compare severity and the CVE allowlists in Harbor with the declaration, and read the image's scan",
      command: 'breakwater plan',
    }),
  },
  {
    kind: 'first-pull-served',
    rank: 'exposure',
    party: 'Harbor',
    seen: problemIs('first-pull-served'),
    say: () => ({
      words: 'the first pull of an image is served before it was scanned',
      whatToDo: 'pull and scan new images before clients do, or remove refuse_first_pull: no Harbor version refuses it',
    }),
  },
  {
    kind: 'egress-open',
    rank: 'exposure',
    party: 'network',
    seen: problemIs('egress-open'),
    say: ({ problem }) => ({
      words: `${problem?.subject ?? 'the upstream'} can be reached from here: clients can bypass a refusal of the mirror`,
      whatToDo: "block the nodes' access to the upstream in the firewall, or remove egress_closed",
    }),
  },
  {
    kind: 'scan-failed',
    rank: 'soon',
    party: 'scanner',
    seen: problemIs('scan-failed'),
    say: () => ({
      words: 'the scanner fails: images are refused because they are not scanned',
      whatToDo: "read the scan's log in Harbor and the scanner's own, then scan the image again",
    }),
  },
  {
    kind: 'not-scanned',
    rank: 'soon',
    party: 'policy',
    seen: (failure, findings) =>
      isProblem(failure, 'not-scanned') && !isScannerDown(findings)
        ? [foundBy(failure), ...guardOf(findings)]
        : undefined,
    say: () => ({
      words: 'pulled images are not scanned',
      whatToDo: 'set auto_scan: true or schedules.scan_all, and check that the scanner and the job service work',
    }),
  },
];

/**
 * The policy of a project. Harbor refuses with 412, or with 403 and the words of a policy; the words decide:
 *
 *       refused, and                                   cause
 *       "not scanned", scanner not known to be down    image-unscanned
 *       "not signed"                                   image-unsigned
 *       the project's CVE allowlist has ended          allowlist-expired
 *       other words                                    policy
 *       "not scanned", jobservice or trivy is down     none here: see `component-down`
 *
 * After them, the two settings that close a whole project: it does not exist, or it is private although declared
 * public.
 */
export const POLICY: readonly Rule[] = [
  ...GUARD,
  {
    kind: 'image-unscanned',
    rank: 'outage',
    party: 'policy',
    seen: (failure, findings) => {
      if (isScannerDown(findings)) return undefined;
      if (isProblem(failure, 'unscanned-refused')) return [foundBy(failure), ...guardOf(findings)];
      return isRefused(failure, findings) && isUnscannedRefusal(findings) ? said(findings) : undefined;
    },
    say: () => ({
      words: 'the policy refuses images that were not scanned',
      whatToDo: 'check that the scanner runs and that auto_scan is on, then scan the image in Harbor',
    }),
  },
  {
    kind: 'image-unsigned',
    rank: 'outage',
    party: 'policy',
    seen: (failure, findings) => (isRefused(failure, findings) && isUnsigned(findings) ? said(findings) : undefined),
    say: () => ({
      words: 'the policy refuses images that are not signed',
      whatToDo:
        'sign the image, or turn enable_content_trust_cosign off: a proxy cache shows signatures only with proxy_referrer_api',
    }),
  },
  {
    kind: 'allowlist-expired',
    rank: 'outage',
    party: 'policy',
    seen: (failure, findings) => {
      const ended = endedAt(findings);
      return isRefused(failure, findings) && ended !== undefined
        ? [...said(findings), { label: 'CVE allowlist ended', value: dayOf(ended) }]
        : undefined;
    },
    say: (_failure, findings) => ({
      words: `the policy refuses images whose CVE allowlist ended on ${dayOf(endedAt(findings) ?? 0)}`,
      whatToDo: 'set a later expires_at on the allowlist, or update the image',
    }),
  },
  {
    kind: 'policy',
    rank: 'outage',
    party: 'policy',
    seen: (failure, findings) =>
      isRefused(failure, findings) && !(isUnscannedRefusal(findings) && isScannerDown(findings))
        ? said(findings)
        : undefined,
    say: () => ({
      words: 'the policy of the project refuses the image',
      whatToDo:
        'read its scan report; the refusal may be right. Otherwise change prevent_vul, severity or the CVE allowlist',
    }),
  },
  {
    kind: 'project-missing',
    rank: 'outage',
    party: 'declaration',
    seen: (failure, { live }) =>
      (failure.symptom !== undefined || failure.problem !== undefined) && live?.state === 'absent'
        ? [{ label: 'the project in Harbor', value: live.why }]
        : undefined,
    say: (_failure, { project }) => ({
      words: 'the project does not exist in Harbor',
      whatToDo: 'create it from its declaration',
      command: `breakwater apply --target project/${project?.name ?? ''}`,
    }),
  },
  {
    kind: 'project-closed',
    rank: 'outage',
    party: 'policy',
    seen: (failure, { project, live, problems }) => {
      if (live?.state === 'absent' || project?.public !== true) return undefined;
      const isPrivate = live?.state === 'present' && live.metadata['public'] !== 'true';
      // If Harbor's settings cannot be read, its token shows the same; a refusal alone does not.
      const isTold = problems.some(({ kind, value }) => kind === 'anonymous-refused' && value === undefined);
      const isSo = live?.state === 'present' ? isPrivate : isTold;
      if (isProblem(failure, 'anonymous-refused')) return isSo ? [foundBy(failure)] : undefined;
      const isAnonymous =
        (failure.symptom === 'refused' && project.pullCredential === undefined) || isProblem(failure, 'mirror-login');
      if (!isAnonymous || !isSo) return undefined;
      return [isPrivate ? { label: 'public in Harbor', value: 'false' } : foundBy(failure)];
    },
    say: (_failure, { project }) => ({
      words: 'anonymous clients cannot read a public project',
      whatToDo: 'make it public again: the declaration has public: true',
      command: `breakwater apply --target project/${project?.name ?? ''}`,
    }),
  },
];
