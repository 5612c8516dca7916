import { dayOf } from '../../answer-words';
import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, type Rule } from '../rule';

const isRefused = ({ symptom }: Failure, { policyWords }: Findings): boolean =>
  symptom === 'policy' || (symptom === 'denied' && policyWords !== undefined);

const isUnscanned = ({ policyWords = '' }: Findings): boolean =>
  /without vulnerability scanning|not scanned/i.test(policyWords);

const said = ({ policyWords }: Findings): { label: string; value: string }[] => [
  { label: 'Harbor says', value: policyWords ?? '412' },
];

function endedAt({ live }: Findings): number | undefined {
  const endsAt = live?.state === 'present' ? live.allowlistEndsAt : undefined;
  return endsAt !== undefined && endsAt * 1000 <= Date.now() ? endsAt * 1000 : undefined;
}

export const POLICY: readonly Rule[] = [
  {
    kind: 'image-unscanned',
    rank: 'outage',
    party: 'policy',
    seen: (failure, findings) => (isRefused(failure, findings) && isUnscanned(findings) ? said(findings) : undefined),
    say: () => ({
      words: 'the policy refuses images that were not scanned',
      whatToDo: 'check that the scanner runs and that auto_scan is on, then scan the image in Harbor',
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
    seen: (failure, findings) => (isRefused(failure, findings) ? said(findings) : undefined),
    say: () => ({
      words: 'the policy of the project refuses the image',
      whatToDo: 'read its scan report; a refusal may be right. Else change prevent_vul, severity or the CVE allowlist',
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
    seen: (failure, { project, live }) => {
      if (live?.state === 'absent' || project?.public !== true) return undefined;
      const isPrivate = live?.state === 'present' && live.metadata['public'] !== 'true';
      if (isProblem(failure, 'anonymous-refused')) return [foundBy(failure)];
      const isAnonymous = failure.symptom === 'refused' && project.pullCredential === undefined;
      return isAnonymous && isPrivate ? [{ label: 'public in Harbor', value: 'false' }] : undefined;
    },
    say: (_failure, { project }) => ({
      words: 'anonymous clients cannot read a public project',
      whatToDo: 'make it public again: the declaration has public: true',
      command: `breakwater apply --target project/${project?.name ?? ''}`,
    }),
  },
];
