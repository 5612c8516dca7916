import type { CheckResult, ConformanceTarget, ProjectTarget, VulnerabilityTarget } from '../../../../src/conformance';
import { findingsFrom } from '../../../../src/scanner-adapter';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../support/until';
import { call } from '../../sandbox/api-client';
import { startFrontDouble, type FrontFault } from '../mirror-front-double';
import { Front } from '../../../verdicts/front';
import { openStage, shown, type Stage, type StageOptions } from '../scenarios/stage';

const FINDINGS = findingsFrom({
  '**/library/{bad,many}': [
    { id: 'CVE-2026-0001', severity: 'Critical' },
    { id: 'CVE-2026-0002', severity: 'Low' },
  ],
  '**/library/listed': [{ id: 'CVE-2026-0003', severity: 'Critical' }],
  '*': [],
});
const GUARDED = { prevent_vul: 'true', severity: 'high', auto_scan: 'true' };
const UNSCANNED = { ...GUARDED, auto_scan: 'false' };

const NOTHING: VulnerabilityTarget = {
  refused: [],
  unscanned: [],
  allowed: [],
  refuseFirstPull: false,
  egressClosed: false,
};

let stage: Stage;
afterEach(() => stage.close());

async function open(vulnerability: Partial<VulnerabilityTarget>, options: StageOptions = {}): Promise<void> {
  const { declared = {}, ...others } = options;
  stage = await openStage({
    metadata: GUARDED,
    findings: FINDINGS,
    ...others,
    declared: { images: [], ...declared, vulnerability: { ...NOTHING, ...vulnerability } },
  });
  for (const [name, image] of [
    ['bad', 'a'],
    ['good', 'b'],
    ['listed', 'c'],
    ['many', 'idx'],
  ] as const)
    stage.upstream.put(`library/${name}`, '1', image);
  await call(stage.sandbox, 'PUT system/CVEAllowlist', { items: [{ cve_id: 'CVE-2026-0003' }] });
}

describe('a working prevent_vul', () => {
  it('V1 and V3 pass, for an image and for the images of an index, also when they are cached already', async () => {
    await open({ refused: ['library/bad:1', 'library/many:1'], allowed: ['library/good:1', 'library/listed:1'] });
    for (const round of ['cold', 'cached']) {
      const [v1, v3] = [await stage.play('V1'), await stage.play('V3')];
      expect([round, v1.status, v1.message]).toEqual([
        round,
        'pass',
        expect.stringMatching(
          /^library\/bad:1: refused: PROJECTPOLICYVIOLATION current image with 2 vulnerabilities cannot be pulled .*\nlibrary\/many:1: refused: PROJECTPOLICYVIOLATION/,
        ),
      ]);
      expect([v3.status, v3.message]).toEqual([
        'pass',
        'library/good:1: served, 0 found\nlibrary/listed:1: served, 1 found',
      ]);
    }
  });

  it('V2 passes for what nothing scans', async () => {
    await open({ unscanned: ['library/bad:1', 'library/many:1'] }, { metadata: UNSCANNED });
    const { status, message } = await stage.play('V2');
    expect(status).toBe('pass');
    expect(message).toMatch(
      /^library\/bad:1: refused: PROJECTPOLICYVIOLATION current image without vulnerability scan/,
    );
  });

  it('V2 does not apply to scanned images', async () => {
    await open({ refused: ['library/bad:1'], unscanned: ['library/bad:1'] });
    expect((await stage.play('V1')).status).toBe('pass');
    expect(await stage.play('V2')).toMatchObject({ status: 'skip', message: 'it was scanned' });
  });
});

describe('if it does not', () => {
  it.each<[id: string, where: string, Partial<VulnerabilityTarget>, StageOptions, string, RegExp]>([
    [
      'V1',
      'nothing is found',
      { refused: ['library/good:1'] },
      {},
      'fail',
      /^HEAD library\/good:1: expected 412, got 200 .*; GET .* \(the scan: Success, 0 found\)$/,
    ],
    [
      'V1',
      'the severity is declared and not set',
      { refused: ['library/bad:1'] },
      { metadata: { ...GUARDED, prevent_vul: 'false' } },
      'fail',
      /expected 412, got 200 .* \(the scan: Success, 2 found\)$/,
    ],
    [
      'V1',
      'nothing is scanned',
      { refused: ['library/bad:1'] },
      { metadata: UNSCANNED },
      'error',
      /^refused, but only because it was not scanned: declare auto_scan/,
    ],
    [
      'V2',
      'the policy is off',
      { unscanned: ['library/bad:1'] },
      { metadata: { auto_scan: 'false' } },
      'fail',
      /got 200 .*: it was not scanned; check that the project has a scanner$/,
    ],
    [
      'V3',
      'a finding is on no list',
      { allowed: ['library/bad:1'] },
      {},
      'fail',
      /^HEAD library\/bad:1: expected 200, got 412 .*; GET library\/bad:1: expected 200, got 412 PROJECTPOLICYVIOLATION current image with 2 vul/,
    ],
    [
      'V3',
      'nothing is scanned, and nothing refused',
      { allowed: ['library/good:1'] },
      { metadata: { auto_scan: 'false' } },
      'error',
      /^served, but it was not scanned/,
    ],
  ])('%s: %s', async (id, _where, vulnerability, options, status, words) => {
    await open(vulnerability, options);
    expect(await stage.play(id)).toMatchObject({ status, message: expect.stringMatching(words) });
  });

  it('a scan that failed proves nothing, and is not waited for', async () => {
    await open({ refused: ['library/bad:1'] });
    const { store } = stage.sandbox;
    await stage.play('V1');
    for (const { id } of store.scanReports.all()) store.scanReports.update(id, { status: 'Error' });
    expect(await stage.play('V1')).toMatchObject({
      status: 'error',
      message: expect.stringMatching(/^refused, but because its scan failed/),
    });
  });

  it('without a scanner every image passes, and V1 reports that it was never scanned', async () => {
    stage = await openStage({
      metadata: GUARDED,
      declared: { images: [], vulnerability: { ...NOTHING, refused: ['library/single:1'] } },
    });
    const result = await stage.play('V1');
    expect(result).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/expected 412, got 200 .*it was never scanned/),
    });
    expect(shown(result, 'scan')).toBe('none');
  });
});

describe('a cached index without a required platform', () => {
  it.each<[string, Partial<VulnerabilityTarget>, StageOptions]>([
    ['V1', { refused: ['library/many:1'] }, {}],
    ['V2', { unscanned: ['library/many:1'] }, { metadata: UNSCANNED }],
    ['V3', { allowed: ['library/many:1'] }, {}],
    ['V5', { refused: ['library/many:1'] }, {}],
  ])('%s verifies nothing, and reports that', async (id, vulnerability, options) => {
    await open(vulnerability, options);
    const [project] = stage.target.projects;
    const mirrors = [{ url: stage.sandbox.url, serves: 'docker.io' }];
    const only = (platform: string): ConformanceTarget => ({
      ...stage.target,
      projects: [{ ...project!, mirrors, platforms: [platform] }],
    });
    await stage.play(id, only('linux/amd64'));
    // Harbor stores an index later than its images.
    let status = 0;
    await until(
      () => status === 200,
      async () => {
        await sleep(20);
        ({ status } = await call(stage.sandbox, 'GET projects/proxy/repositories/library%252Fmany/artifacts/1'));
      },
    );
    expect(await stage.play(id, only('linux/s390x'))).toMatchObject({
      status: 'error',
      message: expect.stringMatching(/the index has no image for linux\/s390x, so nothing was requested$/),
      problems: [{ kind: 'missing-platform', subject: 'linux/s390x' }],
    });
  });
});

describe('V4, the first pull', () => {
  it('is served: a known deviation, once for what is declared', async () => {
    await open({ refused: ['library/bad:1'] });
    const { upstream: _none, ...project } = stage.target.projects[0]!;
    const target = { ...stage.target, projects: [project] };
    const first = await stage.play('V4', target);
    expect(first).toMatchObject({
      status: 'known-deviation',
      message: expect.stringMatching(/^served by its first pull, unscanned \[bw-/),
      link: 'https://github.com/goharbor/harbor/issues/13242',
    });
    expect((await stage.play('V1', target)).status).toBe('pass');
    expect(await stage.play('V4', target)).toMatchObject({
      status: 'skip',
      message: expect.stringMatching(/already cached/),
    });
  });

  it('is seen again and again at a canary, and is a failure if that is declared', async () => {
    await open({ refuseFirstPull: true });
    for (const _night of [1, 2])
      expect(await stage.play('V4')).toMatchObject({
        status: 'fail',
        message: expect.stringMatching(/^served by its/),
      });
  });

  it.each([
    ['412', 'pass', /^refused before it was scanned$/],
    ['403', 'error', /^neither served nor refused: 403/],
  ])('%s is a %s', async (answered, status, words) => {
    await open({ refuseFirstPull: true }, { faults: [`${answered}:path=/v2/proxy/*`] });
    expect(await stage.play('V4')).toMatchObject({ status, message: expect.stringMatching(words) });
  });
});

describe('V5, by a mirror domain', () => {
  const NOBODY = 'http://127.0.0.1:9';

  async function through(
    { origin, egressClosed = false }: { origin?: string; egressClosed?: boolean },
    fault?: FrontFault,
  ): Promise<CheckResult> {
    await open({ refused: ['library/bad:1'], egressClosed });
    const front = await startFrontDouble(stage.sandbox.url, 'proxy', fault);
    const [project] = stage.target.projects;
    const mirrored: ProjectTarget = {
      ...project!,
      mirrors: [{ url: front.url, serves: 'docker.io' }],
      origin: { url: origin ?? stage.upstream.url },
    };
    const target: ConformanceTarget = { ...stage.target, projects: [mirrored] };
    try {
      return await stage.play('V5', target);
    } finally {
      await front.close();
    }
  }

  it.each<[string, { origin?: string; egressClosed?: boolean }, FrontFault | undefined, string, RegExp]>([
    [
      'the upstream is out of reach',
      { origin: NOBODY, egressClosed: true },
      undefined,
      'pass',
      /^412 by the mirror domain, and 127\.0\.0\.1:9 cannot be reached from here$/,
    ],
    [
      'the upstream is in reach',
      {},
      undefined,
      'known-deviation',
      /responds to this machine \(\d+\): clients here can bypass the mirror/,
    ],
    [
      'the upstream is in reach of nodes',
      { egressClosed: true },
      undefined,
      'fail',
      /responds to this machine \(\d+\): clients here can bypass the mirror$/,
    ],
    ['the mirror serves it', { origin: NOBODY }, 'serves what is refused', 'fail', /^1: expected 412, got 200/],
    [
      'the mirror has a page',
      { origin: NOBODY },
      'page for what is refused',
      'fail',
      /^1: expected 412, got 200 an HTML page/,
    ],
  ])('%s', async (_where, options, fault, status, words) => {
    expect(await through(options, fault)).toMatchObject({ status, message: expect.stringMatching(words) });
  });
});

describe('answers that are not about the question', () => {
  /** The same Harbor, behind a proxy that answers some requests itself. */
  async function behind(id: string, isSo: (url: string) => boolean, status: number): Promise<CheckResult> {
    const front = await Front.start();
    front.target = stage.sandbox.url;
    front.intercept = (incoming, response) => {
      if (!isSo(incoming.url ?? '')) return false;
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>');
      return true;
    };
    try {
      return await stage.play(id, { ...stage.target, harborUrl: front.url });
    } finally {
      await front.close();
    }
  }
  const isScan = (url: string): boolean => url.includes('with_scan_overview');

  it.each<[string, Partial<VulnerabilityTarget>, StageOptions, RegExp]>([
    ['V1', { refused: ['library/bad:1'] }, {}, /^refused, but whether because of what a scan found is not known: /],
    ['V2', { unscanned: ['library/bad:1'] }, { metadata: UNSCANNED }, /^whether it was scanned is not known: /],
    ['V3', { allowed: ['library/good:1'] }, {}, /^served, but whether it was scanned is not known: /],
  ])('%s does not take a scan that cannot be read for none', async (id, vulnerability, options, words) => {
    await open(vulnerability, options);
    await stage.play(id);
    const result = await behind(id, isScan, 502);
    expect(result).toMatchObject({ status: 'error', message: expect.stringMatching(words) });
    expect(result.problems).toBeUndefined();
  });

  it('V1 does not take a page for a missing scanner', async () => {
    await open({ refused: ['library/good:1'] });
    const { cause } = await behind('V1', (url) => url.endsWith('/scanner'), 200);
    expect(cause).toMatchObject({ kind: 'finding-gone' });
  });

  it('V4 does not take a page for the image', async () => {
    await open({ refused: ['library/bad:1'], refuseFirstPull: true });
    expect(await behind('V4', (url) => url.includes('/manifests/'), 200)).toMatchObject({
      status: 'error',
      message: expect.stringMatching(/neither served nor refused: 200 an HTML page/),
    });
  });

  it('V5 does not take the page of a firewall for the upstream', async () => {
    await open({ refused: ['library/bad:1'], egressClosed: true });
    const [project] = stage.target.projects;
    const [mirror, wall] = [await startFrontDouble(stage.sandbox.url, 'proxy'), await Front.start()];
    wall.intercept = (_incoming, response) => {
      response.writeHead(403, { 'content-type': 'text/html' }).end('<html>');
      return true;
    };
    const mirrors = [{ url: mirror.url, serves: 'docker.io' }];
    const projects = [{ ...project!, mirrors, origin: { url: wall.url } }];
    const result = await stage.play('V5', { ...stage.target, projects });
    await Promise.all([mirror.close(), wall.close()]);
    expect(result).toMatchObject({
      status: 'error',
      message: expect.stringMatching(/whether clients here can bypass it is not known: .* returned 403 an HTML page/),
    });
  });
});

describe('what is not declared', () => {
  it.each([
    ['V1', 'no image is declared as refused (vulnerability.refused)'],
    ['V2', 'no image is declared as unscanned (vulnerability.unscanned)'],
    ['V3', 'no image is declared as allowed (vulnerability.allowed)'],
    ['V5', 'no mirror domain is declared for this project'],
    ['S2', 'no image is declared for this project'],
    ['S3', 'prevent_vul applies to this project; see V1 to V5'],
  ])('%s: %s', async (id, message) => {
    await open({});
    expect(await stage.play(id)).toMatchObject({ status: 'skip', message });
  });

  it.each(['V1', 'V2', 'V3', 'V4', 'V5'])('%s is skipped for an ordinary project', async (id) => {
    stage = await openStage();
    const message = 'no image is declared that prevent_vul must refuse (vulnerability)';
    expect(await stage.play(id)).toMatchObject({ status: 'skip', message });
  });
});
