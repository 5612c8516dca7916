import { headline, type ConformanceReport, type ConformanceTarget } from '../../../src/conformance';
import { startSandbox } from '../../../src/sandbox';
import { makePrivateCa, type PrivateCa } from '../harbor/support/private-ca';
import { both, named, prove, proveDouble } from './fault-run';
import { startSandboxUnderTest } from './sandbox-target';

/** The sandbox does not come upon its upstream by itself within a test: what Harbor believes stays what it is. */
const UNHURRIED = 1;

/** A Harbor of which nothing is cached, before an upstream that answers like this to everybody. */
async function behind(mode: '429' | '500'): Promise<ConformanceReport> {
  const under = await startSandboxUnderTest(UNHURRIED);
  under.upstream.setMode(mode);
  const projects = under.target.projects.map(({ upstream: _none, ...project }) => project);
  try {
    return await prove({ ...under.target, projects });
  } finally {
    await under.close();
  }
}

/** The certificate of `makePrivateCa` is for two days. */
async function byTls(targetOf: (tls: PrivateCa) => Pick<ConformanceTarget, 'ca'>): Promise<ConformanceReport> {
  const tls = makePrivateCa();
  const sandbox = await startSandbox({ tls });
  const projects = [{ name: 'library', public: true, proxy: false, images: [], platforms: ['linux/amd64'] }];
  try {
    return await prove({ harborUrl: sandbox.url, ...targetOf(tls), projects });
  } finally {
    await sandbox.close();
  }
}

const sandboxed = (...ids: string[]): string[] =>
  ['proxy.public', 'proxy.private'].flatMap((project) => ids.map((id) => `${id} ${project}`));

interface Caught {
  /** Of the real runner with every check, but where something in it takes its time. */
  readonly run: () => Promise<ConformanceReport>;
  /** All that fails: what names the fault, and what cannot pass beside it. */
  readonly fails: readonly string[];
  /** What a person reads first. */
  readonly firstLine: RegExp;
  /** Nothing else could be found out. */
  readonly hidesTheRest?: boolean;
}

const TWELVE: Readonly<Record<string, Caught>> = {
  truncated: {
    run: () => proveDouble('truncated layer'),
    fails: both('B1', 'S1', 'S8', 'S9'),
    firstLine: /^Blobs arrive with wrong bytes: B1, S1 failed in open, private$/,
  },
  'bit flip': {
    run: () => proveDouble('bit flip in a layer'),
    fails: both('B1', 'S1', 'S8', 'S9', 'S10'),
    firstLine: /^Blobs arrive with wrong bytes: B1, S1 failed in open, private$/,
  },
  'wrong digest': {
    run: () => proveDouble('wrong digest on HEAD'),
    fails: both('M2', 'M4', 'S1', 'S8', 'S9', 'S10'),
    firstLine:
      /^M2 failed in open: the bytes hash to sha256:\w+…, HEAD announced sha256:0{12}… \(cause not determined\)/,
  },
  'stale tag': {
    run: () => proveDouble('stale tag'),
    fails: both('S3'),
    firstLine:
      /^S3 failed in open, private: the tag was moved upstream, but the old image is served \(cause not determined\)$/,
  },
  429: {
    run: () => behind('429'),
    fails: ['A3 proxy.public', ...sandboxed('M1', 'M4', 'M9', 'M10', 'S1')],
    firstLine: /^Upstream 127\.0\.0\.1:\d+ limits pulls \(429\): .* failed in proxy\.public, proxy\.private$/,
  },
  '5xx': {
    run: () => behind('500'),
    fails: sandboxed('M1', 'M4', 'M10', 'S1'),
    firstLine: /^Upstream 127\.0\.0\.1:\d+ returns errors \(500\): .* failed in proxy\.public, proxy\.private$/,
  },
  'missing platform': {
    run: () => proveDouble('missing platform'),
    fails: ['M5 open', 'S1 open'],
    firstLine: /^M5, S1 failed in open: the index has no linux\/arm64 \(cause not determined\)$/,
  },
  slow: {
    // Each pull of the layer takes nine seconds.
    run: () => proveDouble('slow layer', ['M1', 'M2', 'M7', 'B1', 'B7']),
    fails: ['B7 private'],
    firstLine: /^Layers arrive slowly: B7 failed in private$/,
  },
  'wrong media type': {
    run: () => proveDouble('wrong media type'),
    fails: ['M1 open', 'M2 open', 'M4 open', 'M5 open', 'M1 private', 'M2 private', 'M4 private'],
    firstLine: /^M1 failed in open, private: the type is "application\/.*image\.config.*", which no client requested/,
  },
  'never cached': {
    // Whatever waits for the cache waits for its whole deadline.
    run: () => proveDouble('never cached', ['M1', 'M2', 'B1', 'S1', 'S2']),
    fails: both('S1'),
    firstLine: /^S1 failed in open: the pull succeeded, but Harbor stored nothing within .*: sha256:\w+… is missing; /,
  },
  'anonymous allowed where private': {
    run: () => proveDouble('anonymous may pull what is private'),
    fails: ['A2 private', 'A3 private'],
    firstLine: /^Anonymous clients can read a project that is private in Harbor: A2, A3 failed in private$/,
  },
  'TLS invalid': {
    run: () => byTls(() => ({})),
    fails: ['T1'],
    firstLine: /^The certificate chain of 127\.0\.0\.1:\d+ is not trusted: T1, .* failed in front door/,
    hidesTheRest: true,
  },
  'TLS expiring': {
    run: () => byTls(({ ca }) => ({ ca })),
    fails: ['T1'],
    firstLine:
      /^The certificate of 127\.0\.0\.1:\d+ expires on \d{4}-\d\d-\d\d \d\d:\d\d UTC: T1 failed in front door$/,
  },
};

it.each(Object.entries(TWELVE))(
  '%s',
  async (_name, { run, fails, firstLine, hidesTheRest = false }) => {
    const report = await run();
    expect(named(report, 'fail')).toEqual(fails);
    expect(headline(report).words).toMatch(firstLine);
    if (hidesTheRest) expect(named(report, 'pass')).toEqual(expect.not.arrayContaining([expect.stringContaining(' ')]));
    else expect(named(report, 'error')).toEqual([]);
  },
  120_000,
);

it('an untrusted certificate is explained by the problem of its chain', async () => {
  const { results } = await byTls(() => ({}));
  expect(results.find(({ id }) => id === 'T1')?.message).toMatch(/the chain is refused: SELF_SIGNED_CERT_IN_CHAIN/);
});
