import {
  CATALOGUE,
  isConformant,
  runConformance,
  unknownChecks,
  type ConformanceEvent,
  type ConformanceOptions,
  type ConformanceTarget,
} from '../../../../src/conformance';
import { toSerialGroups } from '../../../../src/conformance/run/serial-groups';
import { inRunOrder, selectChecks } from '../../../../src/conformance/selection';
import { startDouble } from '../../oci/registry-double';
import { HarborDouble } from '../harbor-double';

const OPTIONS: ConformanceOptions = {
  tool: { name: 'breakwater', version: '0.0.0' },
  timeScale: 0.001,
  retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
};

let double: HarborDouble;
beforeEach(async () => {
  double = await HarborDouble.start();
});
afterEach(() => double.close());

describe('a run', () => {
  it('reports in the order of projects and checks, regardless of speed', async () => {
    const { upstream: _shared, ...first } = double.target().projects[0]!;
    const target: ConformanceTarget = {
      ...double.target(),
      projects: ['open', 'private', 'open'].map((name, at) => ({ ...first, name, public: at !== 1 })),
    };
    const report = await runConformance(target, { ...OPTIONS, checks: ['A2', 'T4', 'M1'] });
    expect(report.results.slice(0, 1)).toEqual([expect.objectContaining({ id: 'T4' })]);
    expect(report.results.filter(({ project }) => project === 'private').map(({ id }) => id)).toEqual(['A2', 'M1']);
    expect(report.checks.map(({ id }) => id)).toEqual(['T4', 'A2', 'M1']);
  });

  it('reports its progress', async () => {
    const events: ConformanceEvent[] = [];
    const reporter = { on: (event: ConformanceEvent) => void events.push(event) };
    const report = await runConformance(double.target(), { ...OPTIONS, checks: ['T4', 'S1'], reporter });
    expect(events.map(({ type }) => type)).toEqual([
      'run-started',
      ...['check-started', 'check-finished'],
      ...['check-started', 'waiting', 'check-finished'],
      'project-finished',
      ...['check-started', 'waiting', 'check-finished'],
      'project-finished',
      'run-finished',
    ]);
    expect(events[0]).toMatchObject({ projects: 2, total: 3 });
    expect(events.at(-1)).toEqual({ type: 'run-finished', report });
    expect(events.flatMap((event) => (event.type === 'check-finished' ? event.done : []))).toEqual([1, 2, 3]);
  });

  it('reports every finished project, also if another one takes longer', async () => {
    const done: string[] = [];
    const on = (event: ConformanceEvent): void => void (event.type === 'project-finished' && done.push(event.project));
    const [first, second] = double.target().projects;
    const again = [
      { id: 'M1', project: first!.name },
      { id: 'M1', project: second!.name },
      { id: 'M2', project: second!.name },
    ];
    await runConformance(double.target(), { ...OPTIONS, again, reporter: { on } });
    expect(done.sort()).toEqual([first!.name, second!.name].sort());
  });

  it('runs outages last in a group: a cold pull after one may find no upstream', async () => {
    const order: string[] = [];
    const reporter = {
      on: (event: ConformanceEvent) =>
        void (event.type === 'check-started' && order.push(`${event.id} ${event.project}`)),
    };
    await runConformance(double.target(), { ...OPTIONS, checks: ['S4a', 'S1', 'A1'], reporter });
    expect(order).toEqual(['A1 open', 'S1 open', 'A1 private', 'S1 private', 'S4a open', 'S4a private']);
  });

  it("requests Harbor's version, or uses a given one", async () => {
    const asked = await runConformance(double.target(), { ...OPTIONS, checks: ['T4'] });
    const given = await runConformance({ ...double.target(), harborVersion: 'v9' }, { ...OPTIONS, checks: ['T4'] });
    expect([asked.harbor.version, given.harbor.version]).toEqual(['v2.15.2', 'v9']);
  });

  it('calls an image that cannot be read an error of ours', async () => {
    const target = double.target();
    const projects = [{ ...target.projects[0]!, images: ['Not A Name'] }];
    const report = await runConformance({ ...target, projects }, { ...OPTIONS, checks: ['M1'] });
    expect(report.results).toEqual([
      expect.objectContaining({ status: 'error', message: expect.stringMatching(/Not A Name/) }),
    ]);
  });

  it('checks a project without images as far as it can', async () => {
    const target = double.target();
    const projects = [{ ...target.projects[0]!, images: [] }];
    const report = await runConformance({ ...target, projects }, { ...OPTIONS, checks: ['T4', 'M1', 'W1', 'S1'] });
    expect(report.results.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'T4 pass',
      'M1 skip',
      'W1 pass',
      'S1 skip',
    ]);
  });

  it('skips the situations if the upstream cannot be controlled, and reports it', async () => {
    const target = double.target();
    const { upstream: _gone, ...project } = target.projects[0]!;
    const report = await runConformance(
      { ...target, projects: [project] },
      { ...OPTIONS, checks: ['S1', 'S2', 'S3', 'S4', 'S5'] },
    );
    expect(report.results.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'S1 pass',
      'S2 pass',
      'S3 skip',
      'S4a skip',
      'S4b skip',
      'S4c skip',
      'S5 skip',
    ]);
    expect(report.results[2]?.message).toMatch(/cannot be controlled/);
  });

  it('leaves the proxy situations out for an ordinary project', async () => {
    const target = double.target();
    const projects = [{ ...target.projects[0]!, proxy: false }];
    const report = await runConformance({ ...target, projects }, { ...OPTIONS, checks: ['W1', 'S1', 'S3'] });
    expect(report.results.map(({ status, message }) => `${status}: ${message}`)).toEqual(
      Array(3).fill('skip: not a proxy cache project'),
    );
  });

  it('expects a removed tag to be served if that is declared', async () => {
    const target = double.target();
    const projects = [{ ...target.projects[0]!, localOnNotFound: true }];
    const report = await runConformance({ ...target, projects }, { ...OPTIONS, checks: ['S5'] });
    expect(report.results[0]).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/by tag: expected 200, got 404/),
    });
  });
});

describe('a deep run', () => {
  it("skips S4b for an identity that may not read Harbor's health of the upstream", async () => {
    const { apiCredential: _none, ...target } = double.target();
    const report = await runConformance(target, { ...OPTIONS, checks: ['S4b'], deep: true });
    expect(report.results.map(({ message }) => message)).toEqual(
      Array(2).fill('this identity may not read the status of the registry'),
    );
  });
});

describe('a Harbor that cannot be reached', () => {
  it('is an error once, and is not asked again for every project', async () => {
    const gone = await startDouble(() => undefined);
    await gone.close();
    const report = await runConformance({ ...double.target(), harborUrl: gone.url }, OPTIONS);
    // The certificate of a Harbor that is reached by plain HTTP is nobody's business.
    const [t1, t2, t3, t4] = report.results;
    expect([t1, t2].map((result) => result?.status)).toEqual(['skip', 'skip']);
    expect(report.summary).toMatchObject({ pass: 0, fail: 0, error: report.results.length - 2 });
    expect(t3?.message).toMatch(/connection refused .*: check that the server is running/);
    expect(t4).toMatchObject({ message: 'not run: T3 could not reach Harbor', requests: [] });
    expect(isConformant(report)).toBe(false);
  });
});

describe('stopping', () => {
  it('writes a valid report of the results so far', async () => {
    const stopping = new AbortController();
    const reporter = {
      on: (event: ConformanceEvent) => {
        if (event.type === 'check-started' && event.id === 'S1') stopping.abort(new Error('SIGTERM'));
      },
    };
    const report = await runConformance(double.target(), { ...OPTIONS, reporter, signal: stopping.signal });
    expect(report).toMatchObject({ complete: false, stopped: 'SIGTERM' });
    const ofHost = CATALOGUE.filter(({ scope }) => scope === 'host');
    expect(report.results).toHaveLength(ofHost.length + 2 * (CATALOGUE.length - ofHost.length));
    expect(report.results.find(({ id, project }) => id === 'A1' && project === 'open')?.status).toBe('pass');
    expect(report.results.find(({ id, project }) => id === 'S1' && project === 'open')?.status).toMatch(/error|skip/);
    expect(report.results.at(-1)).toMatchObject({ status: 'skip', message: 'not run: SIGTERM' });
    expect(isConformant(report)).toBe(false);
  });

  it('names the signal that was passed', async () => {
    const signal = AbortSignal.abort('SIGTERM');
    expect(await runConformance(double.target(), { ...OPTIONS, signal })).toMatchObject({ stopped: 'SIGTERM' });
  });

  it('stops at the deadline, also if something hangs', async () => {
    const isDeadline = (): boolean => performance.now() - startedAt > 150;
    const startedAt = performance.now();
    const hanging = await startDouble((_request, response) => void (isDeadline() && response.end()));
    const { apiCredential: _none, ...target } = { ...double.target(), harborUrl: hanging.url };
    const report = await runConformance(target, { ...OPTIONS, deadlineMs: 150 });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(report.stopped).toBe('the deadline of the run was reached');
    expect(report.results.find(({ status }) => status === 'error')).toMatchObject({
      id: 'T3',
      cause: { party: 'front door' },
    });
    await hanging.close();
  });

  it('starts the upstream again when it was interrupted in an outage', async () => {
    const stopping = new AbortController();
    const target = double.target();
    const project = target.projects[1]!;
    const upstream = project.upstream!;
    let isUp = true;
    const watched = {
      ...upstream,
      stop: async () => {
        isUp = false;
        await upstream.stop();
        stopping.abort(new Error('SIGTERM'));
      },
      start: async () => {
        isUp = true;
        await upstream.start();
      },
    };
    const projects = [{ ...project, upstream: watched }];
    const report = await runConformance(
      { ...target, projects },
      { ...OPTIONS, checks: ['S4a'], signal: stopping.signal },
    );
    expect(report.results[0]).toMatchObject({ status: 'error', message: 'interrupted: SIGTERM' });
    expect(isUp).toBe(true);
  });
});

describe('secrets', () => {
  it('that a server echoes do not reach the report', async () => {
    const secret = 'a-secret-of-the-robot';
    const echo = await startDouble((request, response) => {
      const basic = Buffer.from((request.headers.authorization ?? '').slice(6), 'base64').toString();
      response.writeHead(418, {
        'content-type': 'application/json',
        'www-authenticate': request.headers.authorization ?? '',
      });
      response.end(JSON.stringify({ errors: [{ code: 'TEAPOT', message: `${basic} ${secret}` }] }));
    });
    const target = { ...double.target(), harborUrl: echo.url };
    const report = await runConformance(target, OPTIONS);
    expect(JSON.stringify(report)).toContain('TEAPOT');
    expect(JSON.stringify(report)).not.toContain(secret);
    expect(JSON.stringify(report)).not.toContain(Buffer.from(`robot$private+puller:${secret}`).toString('base64'));
    await echo.close();
  });
});

describe('groups', () => {
  it('keep projects of one upstream together and the others apart', () => {
    const [open, priv] = double.target().projects;
    const { upstream: _none, ...alone } = { ...open!, name: 'alone' };
    expect(toSerialGroups([open!, alone, priv!]).map((group) => group.map(({ name }) => name))).toEqual([
      ['open', 'private'],
      ['alone'],
    ]);
  });
});

describe('selection', () => {
  it.each<[string[] | undefined, string[]]>([
    [['B1'], ['B1']],
    [
      ['b1', 'T4'],
      ['T4', 'B1'],
    ],
    [['S4'], ['S4a', 'S4b', 'S4c']],
    [['s4a'], ['S4a']],
    [['X9'], []],
  ])('%j selects %j', (wanted, ids) => expect(selectChecks(wanted).map(({ id }) => id)).toEqual(ids));

  it.each([undefined, []])('%j selects everything', (wanted) =>
    expect(selectChecks(wanted)).toHaveLength(CATALOGUE.length),
  );

  it('reports selections that match nothing', () => expect(unknownChecks(['B1', 'X9', 'S4'])).toEqual(['X9']));

  it('runs what never reaches the upstream first, the cold pull before warm ones, and the outage last', () => {
    const ids = inRunOrder(CATALOGUE).map(({ id }) => id);
    expect(ids.indexOf('S1')).toBeLessThan(ids.indexOf('A3'));
    expect(ids.indexOf('W1')).toBeLessThan(ids.indexOf('S1'));
    expect(ids.slice(-3)).toEqual(['S4a', 'S4b', 'S4c']);
    expect([...ids].sort()).toEqual(CATALOGUE.map(({ id }) => id).sort());
  });
});

describe('the catalogue', () => {
  it('has unique ids and complete descriptions', () => {
    expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
    for (const { title, proves, why, limits, upstreamCost } of CATALOGUE) {
      for (const words of [title, proves, why, limits, upstreamCost]) expect(words.length).toBeGreaterThan(3);
    }
  });
});
