import { failureOf, judge, linesOfFailure, type Evidence, type Pull, type Trial } from '../../../../src/clients';

const CACHES = ['sha256:a'];
const PUBLICS = ['sha256:b'];
const serves: Trial['cache'] = { serves: true, identities: CACHES, isAnonymous: true };
const asRobot: Trial['cache'] = { serves: true, identities: CACHES, isAnonymous: false };
const refuses: Trial['cache'] = { serves: false, why: '404 NOT_FOUND', isUnreachable: false, status: 404 };
const absent: Trial['public'] = { has: false, denied: false };
const other: Trial['public'] = { has: true, identities: PUBLICS };
const same: Trial['public'] = { has: true, identities: CACHES };
const unreachable: Trial['public'] = { has: undefined, why: 'connect ECONNREFUSED', isUnreachable: true };
const limited: Trial['public'] = { has: undefined, why: 'it answered 429', isUnreachable: false };
const got = (...identities: string[]): Pull => ({ pulled: true, identities });
const failed = (error: string): Pull => ({ pulled: false, error, kind: failureOf(error) });

const NOT_FOUND = 'ctr: failed to resolve reference "docker.io/library/canary:1": not found';
const finding = {
  rule: 'no-override-path',
  severity: 'error',
  message: 'override_path is missing',
  hint: 'add override_path = true',
  at: { file: '/etc/containerd/certs.d/docker.io/hosts.toml', line: 2, column: 1 },
} as const;

function evidence(canary: Partial<Trial> | undefined, more: Partial<Evidence> = {}): Evidence {
  return {
    profile: 'fallback',
    cacheHost: 'harbor.test',
    findings: [],
    ...(canary && {
      canary: { reference: 'canary:1', cache: serves, public: absent, pull: got('sha256:a'), ...canary },
    }),
    ...more,
  };
}

describe('the verdict on a client', () => {
  it.each<[string, string, Evidence]>([
    ['what only the cache has was pulled', 'served by the cache', evidence({})],
    ['the client does not say what it got', 'served by the cache', evidence({ pull: got() })],
    ['the image of the cache, where the public one differs', 'served by the cache', evidence({ public: other })],
    ['nothing but the cache can be reached', 'served by the cache', evidence({ public: unreachable })],
    ['a finding, and yet it works', 'served by the cache', evidence({}, { findings: [finding] })],
    ['the public image', 'bypassed', evidence({ public: other, pull: got('sha256:b') })],
    ['it is nowhere, but at the cache', 'bypassed', evidence({ pull: failed(NOT_FOUND) })],
    [
      'Docker Hub denies what it does not have',
      'bypassed',
      evidence({ pull: failed('pull access denied for canary') }),
    ],
    ['a bypass with a finding', 'bypassed', evidence({ pull: failed(NOT_FOUND) }, { findings: [finding] })],
    ['a finding alone', 'misconfigured', evidence(undefined, { findings: [finding] })],
    [
      'a finding, and an error that nothing is known of',
      'misconfigured',
      evidence({ pull: failed('unexpected media type text/html') }, { findings: [finding] }),
    ],
    [
      'the authority of the cache is not trusted',
      'misconfigured',
      evidence({ pull: failed('Head "https://harbor.test/v2/": x509: certificate signed by unknown authority') }),
    ],
    [
      'a login that the cache refuses',
      'misconfigured',
      evidence({ cache: asRobot, pull: failed('harbor.test: 401 Unauthorized') }),
    ],
    ['no canary', 'cannot tell', evidence(undefined)],
    ['both have the same', 'cannot tell', evidence({ public: same })],
    [
      'both have the same index, and the client names the config that was read from one',
      'cannot tell',
      evidence({
        cache: { serves: true, identities: ['sha256:index', 'sha256:config'], isAnonymous: true },
        public: { has: true, identities: ['sha256:index'] },
        pull: got('sha256:config'),
      }),
    ],
    ['the cache does not serve it', 'cannot tell', evidence({ cache: refuses, pull: failed(NOT_FOUND) })],
    ['pulled, and the cache does not serve it', 'cannot tell', evidence({ cache: refuses })],
    ['an image of neither', 'cannot tell', evidence({ public: other, pull: got('sha256:c') })],
    ['an image that is not the cache’s', 'cannot tell', evidence({ pull: got('sha256:c') })],
    ['the public registry limits', 'cannot tell', evidence({ public: limited })],
    ['the daemon is not running', 'cannot tell', evidence({ pull: failed('Cannot connect to the Docker daemon') })],
    ['nothing runs it', 'cannot tell', evidence({ pull: failed('spawn crictl ENOENT') })],
    ['a certificate of an unknown server', 'cannot tell', evidence({ pull: failed('x509: certificate has expired') })],
    ['a denial by an unknown server', 'cannot tell', evidence({ cache: asRobot, pull: failed('unauthorized') })],
    ['an error that nothing is known of', 'cannot tell', evidence({ pull: failed('no space left on device') })],
  ])('%s: %s', (_, verdict, given) => expect(judge(given).verdict).toBe(verdict));

  it('names the line to change', () => {
    for (const pull of [failed(NOT_FOUND), failed('no space left on device')])
      expect(judge(evidence({ pull }, { findings: [finding] }))).toMatchObject({ fix: finding, hint: finding.hint });
    expect(judge(evidence({}, { findings: [finding] })).fix).toBeUndefined();
  });

  it('explains possible causes of a bypass without a finding', () => {
    const pull = failed(NOT_FOUND);
    expect(judge(evidence({ pull }, { hasFiles: false })).hint).toMatch(/no file configures the cache/);
    expect(judge(evidence({ pull }, { hasFiles: true })).hint).toMatch(/compare the files/);
  });

  it('reports that a client with a login of the public registry is another matter', () => {
    expect(judge(evidence({ public: { has: false, denied: true } })).notes).toEqual([expect.stringMatching(/logs in/)]);
  });

  describe('what the client does when the cache refuses', () => {
    const trial = (more: Partial<Trial>): Trial => ({
      reference: 'refused:1',
      cache: refuses,
      public: other,
      pull: got('sha256:b'),
      ...more,
    });

    it.each<[string, string, 'fallback' | 'strict', Partial<Trial>, RegExp]>([
      ['goes around, as declared', 'served by the cache', 'fallback', {}, /bypasses/],
      ['goes around against what is declared', 'misconfigured', 'strict', {}, /only the cache|does not have it/],
      ['stays', 'served by the cache', 'strict', { pull: failed(NOT_FOUND) }, /does not bypass/],
      ['serves it', 'served by the cache', 'strict', { cache: serves }, /is inconclusive: the cache serves/],
      [
        'fails, which is not a refusal',
        'served by the cache',
        'strict',
        { cache: { serves: false, why: '503', isUnreachable: false, status: 503 } },
        /did not refuse refused:1, but failed: 503/,
      ],
      ['no registry has it', 'served by the cache', 'strict', { public: absent }, /is unknown/],
      ['fails otherwise', 'served by the cache', 'strict', { pull: failed('disk full') }, /failed: disk full/],
    ])('%s: %s', (_, verdict, profile, refused, note) => {
      const judged = judge(evidence({}, { profile, refused: trial(refused) }));
      expect([judged.verdict, judged.notes.join()]).toEqual([verdict, expect.stringMatching(note)]);
    });

    it('keeps the verdict bypass if it is one already', () => {
      const judged = judge(evidence({ pull: failed(NOT_FOUND) }, { profile: 'strict', refused: trial({}) }));
      expect(judged.verdict).toBe('bypassed');
    });
  });
});

describe('the reason that a failed program reports', () => {
  const WARNING =
    'time="2026-11-28T13:41:30Z" level=warning msg="Config \\"/etc/crictl.yaml\\" does not exist, trying next"';
  const OTHER = 'level=error msg="pulling image: failed to unpack: no unpack platforms defined: invalid argument"';

  it.each([
    [`${WARNING}\n${OTHER}\n`, [OTHER], 'other'],
    [`I1128 13:41 not found\nW1128 13:41 401\n${NOT_FOUND}`, [NOT_FOUND], 'missing'],
    [`${WARNING}\n\n`, [WARNING], 'missing'],
    ['', [], 'other'],
  ])('%j', (said, lines, kind) => {
    expect(linesOfFailure(said)).toEqual(lines);
    expect(failureOf(linesOfFailure(said).join(' | '))).toBe(kind);
  });
});
