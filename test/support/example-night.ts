import {
  CATALOGUE,
  toFleet,
  toUnreachable,
  type Cause,
  type CheckResult,
  type ConformanceReport,
} from '../../src/conformance';
import { countStatuses, type Status } from '../../src/conformance/model/outcome';
import { toHistoryEntry, type HistoryEntry } from '../../src/conformance/report/history';
import type { FleetReport, ReportedCheck } from '../../src/conformance/model/result';

const DAY_MS = 86_400_000;
const LAST_NIGHT = Date.parse('2026-11-21T03:00:00.000Z');
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const OTHER = `sha256:${'cd'.repeat(32)}`;

/** `project/check`: what became of it; everything else passed. */
export type Night = Readonly<Record<string, Partial<CheckResult>>>;

/** Enough for every look of the page, however long the catalogue grows. */
const IDS = ['T4', 'A1', 'A2', 'A3', 'A4', 'M1', 'M2', 'M3', 'M5', 'B1', 'S1', 'S2', 'S4a', 'S4b'];
const CHECKS = CATALOGUE.filter(({ id }) => IDS.includes(id));

const PROJECTS: readonly (readonly [string, string])[] = [
  ['proxy.docker.io', 'library/alpine:3.20'],
  ['proxy.ghcr.io', 'stefanprodan/podinfo:6.7.1'],
  ['proxy.quay.io', 'prometheus/node-exporter:v1.8.2'],
  ['proxy.gcr.io', 'distroless/static-debian12:nonroot'],
  ['proxy.registry.k8s.io', 'pause:3.10'],
  ['proxy.a-registry-with-a-very-long-name.internal.example.com', 'platform/base-images/java/runtime:21.0.5-jre'],
];

const CREDENTIAL_REFUSED: Cause = {
  kind: 'upstream-credential',
  rank: 'outage',
  party: 'credential',
  words: 'upstream quay.io refuses the declared credential',
  evidence: [{ label: 'asked', value: 'GET https://quay.io/v2/ with the account of registry quay' }],
  whatToDo: 'put a living credential where QUAY_TOKEN comes from, then apply',
  command: 'breakwater apply --rotate registry/quay',
};

export const BAD_NIGHT: Night = {
  'proxy.quay.io/M1': { status: 'fail', message: 'HEAD: 404 not found [bw-7]', cause: CREDENTIAL_REFUSED },
  'proxy.quay.io/S1': { status: 'fail', message: 'the first pull: 404 not found [bw-8]', cause: CREDENTIAL_REFUSED },
  'proxy.docker.io/B1': {
    status: 'fail',
    message: `library/alpine:3.20: blob ${DIGEST} of 3.4 MiB has the digest ${OTHER} [bw-2]\nlinux/arm64: as it should be`,
    evidence: [
      { label: 'expected', value: DIGEST },
      { label: 'got', value: OTHER },
    ],
  },
  'proxy.gcr.io/S4a': {
    status: 'known-deviation',
    message: 'the index has another digest in the cache',
    link: 'https://github.com/goharbor/harbor/issues/21818',
  },
  'proxy.ghcr.io/S4a': {
    status: 'known-deviation',
    message: 'the index has another digest in the cache',
    link: 'https://github.com/goharbor/harbor/issues/21818',
  },
  'proxy.registry.k8s.io/S4b': { status: 'skip', message: 'waits for minutes: only with --deep' },
  'proxy.a-registry-with-a-very-long-name.internal.example.com/A4': {
    status: 'error',
    message: 'the secret of robot$puller could not be read: secrets/puller.txt is missing',
  },
};

export function nightReport(night: Night, nightsAgo = 0, url = 'https://harbor.example.com/'): ConformanceReport {
  const checks = CHECKS.map(({ id, title, proves, why, limits, upstreamCost, phase }): ReportedCheck => ({
    id,
    title,
    proves,
    why,
    limits,
    upstreamCost,
    phase,
  }));
  const ofHost = CHECKS.filter(({ scope }) => scope === 'host').map(({ id, title }) => resultOf(night, url, id, title));
  const ofProjects = PROJECTS.flatMap(([name]) =>
    CHECKS.filter(({ scope }) => scope === 'project').map(({ id, title }) => resultOf(night, url, id, title, name)),
  );
  const results = [...ofHost, ...ofProjects];
  return {
    schemaVersion: 1,
    tool: { name: 'breakwater', version: '1.2.3' },
    harbor: { url, version: 'v2.15.2' },
    startedAt: new Date(LAST_NIGHT - nightsAgo * DAY_MS).toISOString(),
    durationMs: 61_234 + ((nightsAgo * 7919) % 23_000),
    timeScale: 1,
    complete: true,
    summary: countStatuses(results),
    checks,
    projects: PROJECTS.map(([name, image], at) => ({
      name,
      public: at !== 5,
      proxy: true,
      images: [image],
      platforms: ['linux/amd64', 'linux/arm64'],
      position: { file: 'policies/projects.yaml', line: 7 + 4 * at, column: 3 },
    })),
    results,
  };
}

function resultOf(night: Night, url: string, id: string, title: string, project?: string): CheckResult {
  const seed = [...`${project ?? ''}${id}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
  const status: Status = 'pass';
  return {
    id,
    title,
    ...(project !== undefined && { project }),
    status,
    message: `as it should be: ${DIGEST}`,
    evidence: [],
    startedAfterMs: seed,
    durationMs: 20 + (seed % 900),
    requests: [2, 7, 8].slice(0, 1 + (seed % 3)).map((number) => ({
      id: `bw-${number}`,
      method: number === 7 ? 'HEAD' : 'GET',
      url: `${url}v2/${project ?? ''}/manifests/${DIGEST}`,
      status: night[`${project}/${id}`]?.message?.includes('404') === true ? 404 : 200,
      durationMs: 10 + ((seed * number) % 400),
      firstByteMs: 8,
      bytes: seed * 1000,
      digest: number === 2 && night[`${project}/${id}`] ? OTHER : DIGEST,
    })),
    ...night[`${project}/${id}`],
  };
}

/** Thirty nights: docker.io was bad for the last three of them, ghcr.io once three weeks ago. */
export function thirtyNights(url?: string): readonly HistoryEntry[] {
  return Array.from({ length: 30 }, (_none, at) => 29 - at).map((nightsAgo) => {
    const night: Night =
      nightsAgo === 0
        ? BAD_NIGHT
        : nightsAgo < 3
          ? { 'proxy.docker.io/B1': { status: 'fail' } }
          : nightsAgo === 20
            ? { 'proxy.ghcr.io/M1': { status: 'error' } }
            : {};
    return toHistoryEntry(nightReport(night, nightsAgo, url));
  });
}

/** One is well, one is not, and one could not be asked. */
export function fleetNight(): FleetReport {
  return toFleet([
    { ...nightReport({}), instance: 'edge' },
    { ...nightReport(BAD_NIGHT, 0, 'https://harbor.eu.example.com/'), instance: 'eu' },
    toUnreachable({
      tool: { name: 'breakwater', version: '1.2.3' },
      url: 'https://harbor.lab.example.com',
      instance: 'lab',
      startedAt: new Date(LAST_NIGHT),
      why: 'connection refused',
    }),
  ]);
}

const LARGE = 1_000;

/** Every check on a thousand projects: most are well, some fail by one cause, all show what Harbor is known for. */
export function largeNight(): ConformanceReport {
  const checks = CATALOGUE.map(({ id, title, proves, why, limits, upstreamCost, phase }): ReportedCheck => ({
    ...{ id, title, proves, why, limits, upstreamCost, phase },
  }));
  const names = Array.from({ length: LARGE }, (_none, at) => `proxy-${String(at).padStart(4, '0')}.example.com`);
  const url = 'https://harbor.example.com/';
  const ofHost = CATALOGUE.filter(({ scope }) => scope === 'host').map(({ id, title }) => resultOf({}, url, id, title));
  const ofProjects = names.flatMap((name, at) =>
    CATALOGUE.filter(({ scope }) => scope === 'project').map(({ id, title, phase }): CheckResult => {
      const result = resultOf({}, url, id, title, name);
      if (at % 50 === 0 && id === 'M1')
        return { ...result, status: 'fail', message: 'HEAD: 404 not found [bw-7]', cause: CREDENTIAL_REFUSED };
      if (id === 'S4a' || id === 'B4')
        return {
          ...result,
          status: 'known-deviation',
          message: 'another digest (known)',
          link: 'https://example.com/1',
        };
      if (phase === 'situation' || id.startsWith('V'))
        return { ...result, status: 'skip', message: 'no controllable upstream is declared', requests: [] };
      return result;
    }),
  );
  const results = [...ofHost, ...ofProjects];
  return {
    ...nightReport({}),
    ...{ checks, results, summary: countStatuses(results) },
    projects: names.map((name, at) => ({
      ...{
        name,
        public: true,
        proxy: true,
        images: ['library/alpine:3.20'],
        platforms: ['linux/amd64', 'linux/arm64'],
      },
      position: { file: 'policies/projects.yaml', line: 7 + 4 * at, column: 3 },
    })),
  };
}
