import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { index, startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith } from '../support/cli';
import { startCliForScripts, type CliForScripts } from '../support/cli-for-scripts';
import { HEAD, startCiHost, TOKEN, type CiHost } from './ci-host';

const ROOT = resolve(__dirname, '../..');
const EXAMPLES = join(ROOT, 'examples/ci');
const PASSWORD = 'Harbor12345';
const PLAN_SECRET = 'Reader12345';

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: object;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
  readonly permissions: object;
  readonly concurrency?: object;
}

interface GitlabJob {
  readonly script: readonly string[];
  readonly resource_group?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

const workflow = (name: string): Workflow =>
  parse(readFileSync(join(EXAMPLES, 'github-actions', name), 'utf8')) as Workflow;
const pipeline = parse(readFileSync(join(EXAMPLES, 'gitlab/.gitlab-ci.yml'), 'utf8')) as Record<string, GitlabJob>;

interface Ran {
  readonly code: number;
  readonly output: string;
}

jest.setTimeout(90_000);

describe('examples/ci, run against the sandbox', () => {
  let sandbox: Sandbox;
  let upstream: FixtureUpstream;
  let host: CiHost;
  let directory: string;
  let breakwater: CliForScripts;

  beforeAll(async () => {
    breakwater = await startCliForScripts();
  });
  afterAll(() => breakwater.close());

  beforeEach(async () => {
    sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.01 });
    upstream = await startFixtureUpstream({ name: 'quay' });
    upstream.put('prometheus/node-exporter', 'v1.8.2', index({ seed: 'node-exporter', archs: ['amd64'] }));
    directory = directoryWith({});
    host = await startCiHost(() => readFileSync(join(directory, 'plan.json'), 'utf8'));
    await cli(['init', directory, '--url', sandbox.url, '--upstream', 'quay', '--ci', 'github']);
    await cli(['init', join(directory, 'lab'), '--url', sandbox.url, '--upstream', 'quay', '--ci', 'gitlab']);
    const accepted = ['HP016', 'HP018'].map(
      (rule) =>
        `  - { rule: ${rule}, object: registry/quay, reason: a fixture on this machine, owner: x, expires: 2090-01-01 }\n`,
    );
    write('policies/waivers.yaml', `waivers:\n${accepted.join('')}`);
    write('policies/registries.yaml', `registries:\n  quay: { type: docker-registry, url: "${upstream.url}" }\n`);
    // In a repository it is the installed package that npx finds.
    write('bin/npx', `#!/bin/sh\nshift 3\nexec ${breakwater.path} "$@"\n`);
    write('bin/npm', '#!/bin/sh\n');
    for (const name of ['npx', 'npm']) chmodSync(join(directory, 'bin', name), 0o755);
    await sh('git init -qb main && git add -A && git -c user.name=x -c user.email=x@example.com commit -qm first');
    await sh('git update-ref refs/remotes/origin/main HEAD');
  });

  afterEach(async () => {
    await sandbox.close();
    await upstream.close();
    await host.close();
  });

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }

  function sh(script: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const path = [join(directory, 'bin'), dirname(process.execPath), process.env['PATH']].join(':');
    const options = { cwd: directory, encoding: 'utf8', env: { PATH: path, HOME: directory, ...env } } as const;
    return new Promise((done) => {
      // As both runners call it.
      const child = execFile('bash', ['-eo', 'pipefail', '-c', script], options, (error, stdout, stderr) =>
        done({ code: error ? (child.exitCode ?? 1) : 0, output: stdout + stderr }),
      );
    });
  }

  const github = (ref: string): Record<string, string> => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: host.url,
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_REF: ref,
    GITHUB_SHA: 'b'.repeat(40),
    GITHUB_OUTPUT: join(directory, 'output.txt'),
    GITHUB_STEP_SUMMARY: join(directory, 'summary.md'),
  });

  /** The steps of a job that are commands, with what the runner puts in for expressions. */
  async function runJob(job: Job, ref: string): Promise<Ran> {
    const known: Readonly<Record<string, string>> = {
      'github.base_ref': 'main',
      'github.token': TOKEN,
      'secrets.HARBOR_PASSWORD': PASSWORD,
      'secrets.HARBOR_PLAN_SECRET': PLAN_SECRET,
    };
    const filled = (text: string): string =>
      text.replaceAll(/\$\{\{ (\S+) \}\}/g, (_all, name: string) => known[name] ?? `unknown ${name}`);
    let output = '';
    for (const { run, env = {} } of job.steps) {
      if (run === undefined) continue;
      const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)]));
      const ran = await sh(filled(run), { ...github(ref), ...own });
      output += ran.output;
      if (ran.code !== 0) return { code: ran.code, output };
    }
    return { code: 0, output };
  }

  const policies = workflow('policies.yml').jobs;
  const PULL = 'refs/pull/12/merge';
  const MAIN = 'refs/heads/main';

  it('GitHub: the plan of a pull request is one comment, and that plan is applied after the merge', async () => {
    // The first apply, by hand: it creates the robot that plans.
    expect(await runJob(policies['apply-now']!, MAIN)).toMatchObject({ code: 0 });
    await sh(`sed -i 's/: 30 }/: 45 }/' policies/harbor.yaml`);

    expect(await runJob(policies['validate']!, PULL)).toMatchObject({ code: 0 });
    expect(await runJob(policies['plan']!, PULL)).toMatchObject({ code: 0 });
    expect(await runJob(policies['plan']!, PULL)).toMatchObject({ code: 0 });
    expect(host.comments).toHaveLength(1);
    expect(host.comments[0]!.text).toMatch(/<!-- breakwater-plan -->[^]*retention\/proxy\.quay\.io/);
    expect(host.comments[0]!.text).not.toMatch(/Refused|no-permission/);
    expect(host.writes).toEqual(['POST issues/12/comments', 'PATCH issues/comments/100']);

    const applied = await runJob(policies['apply']!, MAIN);
    expect(applied).toMatchObject({ code: 0, output: expect.stringContaining('Apply: 1 applied.') });
    expect(readFileSync(join(directory, 'output.txt'), 'utf8')).toBe(`name=plan-${HEAD}\nrun-id=41\n`);
    expect(readFileSync(join(directory, 'summary.md'), 'utf8')).toContain('Apply: 1 applied.');
    expect(host.strangers).toEqual([]);
  });

  it('applies nothing that was not reviewed', async () => {
    await runJob(policies['apply-now']!, MAIN);
    await sh(`sed -i 's/: 30 }/: 45 }/' policies/harbor.yaml`);
    const none = await runJob(policies['apply']!, MAIN);
    expect(none).toMatchObject({ code: 1, output: expect.stringContaining('there is no reviewed plan') });

    await runJob(policies['plan']!, PULL);
    await sh(`sed -i 's/: 45 }/: 60 }/' policies/harbor.yaml`);
    const stale = await runJob(policies['apply']!, MAIN);
    expect(stale).toMatchObject({ code: 3, output: expect.stringContaining('the declaration has changed') });
  });

  it('GitHub: one issue is opened, updated and closed', async () => {
    const { nightly } = workflow('nightly.yml').jobs;
    await runJob(policies['apply-now']!, MAIN);
    await sh(`sed -i 's/: 30 }/: 45 }/' policies/harbor.yaml`);
    for (let night = 0; night < 2; night++) expect((await runJob(nightly!, MAIN)).code).toBe(2);
    expect(host.issues).toHaveLength(1);
    expect(host.issues[0]).toMatchObject({
      open: true,
      title: 'Harbor is not as declared, or does not serve',
      text: expect.stringMatching(/drift ended with exit code 2, conform with 0[^]*retention\/proxy\.quay\.io/),
    });
    await sh(`sed -i 's/: 45 }/: 30 }/' policies/harbor.yaml`);
    expect(await runJob(nightly!, MAIN)).toMatchObject({ code: 0 });
    expect(host.issues[0]!.open).toBe(false);
    expect(existsSync(join(directory, 'out/report.html'))).toBe(true);
  });

  it('GitLab: the same, with notes and its own issues', async () => {
    const env = (more: Record<string, string> = {}): Record<string, string> => ({
      GITLAB_CI: 'true',
      CI_API_V4_URL: host.url,
      CI_PROJECT_ID: '7',
      CI_COMMIT_SHA: 'b'.repeat(40),
      GITLAB_TOKEN: TOKEN,
      HARBOR_PLAN_SECRET: PLAN_SECRET,
      ...more,
    });
    const runScript = (name: string, more: Record<string, string> = {}): Promise<Ran> =>
      sh(pipeline[name]!.script.join('\n'), env(more));
    const merge = { CI_MERGE_REQUEST_IID: '12', BASE_REF: 'origin/main' };
    const admin = { HARBOR_PASSWORD: PASSWORD };

    expect(await runScript('apply now', admin)).toMatchObject({ code: 0 });
    await sh(`sed -i 's/: 30 }/: 45 }/' policies/harbor.yaml`);
    for (let push = 0; push < 2; push++) expect(await runScript('plan', merge)).toMatchObject({ code: 0 });
    expect(host.writes).toEqual(['POST merge_requests/12/notes', 'PUT merge_requests/12/notes/100']);
    expect((await runScript('nightly', admin)).code).toBe(2);
    expect(await runScript('apply', admin)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/plan\.json of !12[^]*Apply: 1 applied\./),
    });
    expect(host.issues).toMatchObject([{ open: true }]);
    expect(host.strangers).toEqual([]);
  });

  it('elsewhere the scripts print their results, and need no CI service', async () => {
    const env = { HARBOR_PASSWORD: PASSWORD, HARBOR_PLAN_SECRET: PLAN_SECRET };
    expect(await sh('ci/apply.sh now', env)).toMatchObject({ code: 0 });
    await sh(`sed -i 's/: 30 }/: 45 }/' policies/harbor.yaml`);
    expect(await sh('ci/plan.sh', env)).toMatchObject({
      code: 0,
      output: expect.stringContaining('retention/proxy.quay.io'),
    });
    expect(await sh('ci/apply.sh', env)).toMatchObject({ code: 0 });
    expect(host.writes).toEqual([]);
  });
});

describe('examples/ci', () => {
  const workflows = readdirSync(join(EXAMPLES, 'github-actions')).map((name) => [name, workflow(name)] as const);
  const jobs = workflows.flatMap(([name, { jobs: all }]) =>
    Object.entries(all).map(([id, job]) => [`${name} ${id}`, job] as const),
  );

  it.each(jobs)('%s: actions are pinned by commit, and it ends', (_name, { steps, 'timeout-minutes': minutes }) => {
    const uses = steps.flatMap((step) => step.uses ?? []);
    expect(uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
    expect(minutes).toBeGreaterThan(0);
  });

  it.each(workflows)('%s: reads by default, and writes only what a job is for', (_name, { permissions }) => {
    expect(permissions).toEqual({ contents: 'read' });
  });

  it('a pull request from a fork is given no secret', () => {
    const { validate, plan, ...others } = workflow('policies.yml').jobs;
    expect(JSON.stringify(validate)).not.toMatch(/secrets\.|github\.token/);
    expect(plan!.if).toBe('github.event.pull_request.head.repo.full_name == github.repository');
    expect(JSON.stringify(plan)).not.toContain('HARBOR_PASSWORD');
    for (const job of Object.values(others)) expect([job.if, job.environment]).not.toContain(undefined);
    expect(Object.values(others).every(({ if: when }) => !when!.includes('pull_request'))).toBe(true);
  });

  it('two applies never run at once, and none is cancelled', () => {
    const { apply, 'apply-now': now, plan } = workflow('policies.yml').jobs;
    expect(apply!.concurrency).toEqual({ group: 'harbor', 'cancel-in-progress': false });
    expect(now!.concurrency).toEqual(apply!.concurrency);
    expect(plan!.concurrency!['cancel-in-progress']).toBe(true);
    expect(pipeline['apply']!.resource_group).toBe('harbor');
    expect(pipeline['apply now']!.resource_group).toBe('harbor');
  });
});
