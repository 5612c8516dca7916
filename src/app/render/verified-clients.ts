import type { PodVerification, VerifiedPod } from '../clients/verify-pods';
import type { Verification, VerifiedClient } from '../clients/verify';
import type { Verdict } from '../../clients';
import { compact } from '../../compact';
import { causesOf, type CheckResult, type ConformanceReport, type Status } from '../../conformance';
import { plural } from '../../plural';
import { version } from '../version';
import { diagnosticsText, diagnosticsToJson } from './diagnostics';

/** An unverified client is not green in a fleet. */
const STATUS_OF: Readonly<Record<Verdict, Status>> = {
  'served by the cache': 'pass',
  bypassed: 'fail',
  misconfigured: 'fail',
  'cannot tell': 'error',
};

const CHECK = {
  id: 'C1',
  title: 'The client pulls through the cache',
  proves: 'An image that only the cache has is pulled by the client of this machine.',
  why: 'Every client falls back to the public registry without an error.',
  limits: 'It tests one image of each registry, at one moment.',
  upstreamCost: 'none with your own canary',
  phase: 'serving',
} as const;

/** The fix of a client comes before its other findings. */
export function verifiedAsText({ machine, harborUrl, clients }: Verification): string {
  return `${[...clients.map((one) => clientText(one, machine)), closing(clients, harborUrl)].join('\n\n')}\n`;
}

/** The line that explains the verdict comes first, and replaces the hint. */
function clientText(one: VerifiedClient, machine: string): string {
  const { client, registry, verdict, because, hint, fix, notes, program, findings, sources } = one;
  const shown = fix ? [fix, ...findings.filter((other) => other !== fix)] : findings;
  return [
    `${client} on ${machine}, ${registry}: ${verdict}`,
    `  ${because}`,
    ...(program === undefined ? [] : [`  client program: ${program}`]),
    ...notes.map((note) => `  note: ${note}`),
    ...(hint === undefined || fix ? [] : [`  hint: ${hint}`]),
    ...(shown.length === 0 ? [] : [diagnosticsText(shown, sources).trimEnd()]),
  ].join('\n');
}

function closing(judged: readonly { readonly verdict: Verdict }[], harborUrl: string): string {
  const counts = Object.keys(STATUS_OF).map((verdict) => {
    const count = judged.filter((one) => one.verdict === verdict).length;
    return `${count} ${verdict}`;
  });
  return `${harborUrl}: ${counts.join(', ')}`;
}

/** A report that `report merge` can merge, with the data that only a client has. */
export function verifiedAsJson(verification: Verification): string {
  const { machine, clients } = verification;
  const results = clients.map((one): CheckResult => {
    const evidence = [
      { label: 'client', value: `${one.client} (${one.kind}, ${one.profile})` },
      { label: 'verdict', value: one.verdict },
      ...(one.hint === undefined ? [] : [{ label: 'hint', value: one.hint }]),
      ...one.notes.map((value) => ({ label: 'note', value })),
    ];
    const message = `${one.client}, ${one.registry}: ${one.verdict}: ${one.because}`;
    return resultOf(one.project, one.verdict, message, evidence);
  });
  const judged = clients.map(({ sources: _text, findings, fix, ...one }) =>
    compact({ ...one, fix, ...diagnosticsToJson(findings) }),
  );
  return asReport(verification, machine, results, { clients: judged });
}

/** One line for each image, and a count of those that no project caches. */
export function podsAsText({ pods, notCached, harborUrl }: PodVerification): string {
  const lines = pods.map(
    ({ node, pod, image, verdict, because }) => `${node} ${pod ?? '(no pod)'} ${image}: ${verdict}\n  ${because}`,
  );
  const others = notCached === 0 ? [] : [`${plural(notCached, 'image')} of registries that no project caches`];
  return `${[...lines, ...others, closing(pods, harborUrl)].join('\n')}\n`;
}

/** As `verifiedAsJson`, for a cluster. */
export function podsAsJson(verification: PodVerification): string {
  const results = verification.pods.map((one: VerifiedPod) =>
    resultOf(undefined, one.verdict, `${one.pod ?? one.node}, ${one.image}: ${one.verdict}: ${one.because}`, [
      { label: 'node', value: one.node },
      { label: 'verdict', value: one.verdict },
    ]),
  );
  const { pods, notCached } = verification;
  return asReport(verification, 'cluster', results, { pods, notCached });
}

function resultOf(
  project: string | undefined,
  verdict: Verdict,
  message: string,
  evidence: CheckResult['evidence'],
): CheckResult {
  const { id, title } = CHECK;
  return compact({
    id,
    title,
    project,
    status: STATUS_OF[verdict],
    message,
    evidence,
    startedAfterMs: 0,
    durationMs: 0,
    requests: [],
  });
}

/**
 * The same document as of `conform`, so that whatever reads those reports can read this one. There is one
 * check, run once for each client.
 */
function asReport(
  { harborUrl, startedAt, durationMs }: Pick<Verification, 'harborUrl' | 'startedAt' | 'durationMs'>,
  instance: string,
  results: readonly CheckResult[],
  more: object,
): string {
  const count = (status: Status): number => results.filter((one) => one.status === status).length;
  const names = [...new Set(results.flatMap(({ project }) => project ?? []))];
  const report: ConformanceReport = {
    schemaVersion: 1,
    tool: { name: 'breakwater', version },
    harbor: { url: harborUrl },
    instance,
    startedAt: startedAt.toISOString(),
    durationMs,
    timeScale: 1,
    complete: true,
    summary: {
      pass: count('pass'),
      fail: count('fail'),
      skip: 0,
      error: count('error'),
      'known-deviation': 0,
    },
    checks: [CHECK],
    projects: names.map((name) => ({ name, public: false, proxy: true, images: [], platforms: [] })),
    results,
  };
  return `${JSON.stringify({ ...report, causes: causesOf(results), ...more }, null, 2)}\n`;
}
