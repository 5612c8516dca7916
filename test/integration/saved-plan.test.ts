import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planHash } from '../../src/reconcile/apply';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { callApi } from './harbor-api';

const PASSWORD = 'Harbor12345';
const ENV = { HARBOR_PASSWORD: PASSWORD, UPSTREAM: 'Up-5ecret-1', ROBOT: 'Rob0t-5ecret-1' };

let sandbox: Sandbox;
beforeEach(async () => void (sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.01 })));
afterEach(() => sandbox.close());

const policies = (declared: string): string =>
  directoryWith({
    'all.yaml': `harbor: { url: "${sandbox.url}", username: admin, password: { env: HARBOR_PASSWORD } }\n${declared}`,
  });

function ran(directory: string, ...argv: string[]): Promise<CliResult> {
  const [command = '', ...options] = argv;
  const journal = command === 'apply' ? ['--journal', join(directory, 'journal.jsonl')] : [];
  return cli([command, '--policies', directory, ...options, ...journal], ENV);
}

interface Saved {
  plan: { changes: { address: string; fields: { path: string; after?: unknown }[]; [key: string]: unknown }[] };
}

/** Saves a plan, lets somebody edit it, and computes the hash again, as anybody can. */
async function tampered(directory: string, tamper: (saved: Saved['plan']) => void, ...argv: string[]): Promise<string> {
  const file = join(directory, 'plan.json');
  await ran(directory, 'plan', '--out', file, ...argv);
  const saved = JSON.parse(readFileSync(file, 'utf8')) as Saved;
  tamper(saved.plan);
  writeFileSync(file, JSON.stringify({ ...saved, sha256: planHash(saved.plan as never) }));
  return file;
}

const exists = async (project: string): Promise<boolean> =>
  (await callApi(sandbox, 'HEAD', `/projects?project_name=${project}`)).status === 200;

describe('a saved plan that someone edited', () => {
  it('runs no command, writes no value and deletes nothing that Breakwater would not; the rest is done', async () => {
    await callApi(sandbox, 'POST', '/projects', { project_name: 'theirs', metadata: {} });
    const directory = policies(
      `prune: { projects: true }\nregistries:\n  up: { type: docker-registry, url: "http://127.0.0.1:9", credential: { access_key: bot, access_secret: { env: UPSTREAM } } }\nprojects: { mine: { public: false }, other: { public: false } }\n`,
    );
    const witness = join(directory, 'owned');
    const file = await tampered(directory, (plan) => {
      const change = (address: string) => plan.changes.find((one) => one.address === address)!;
      const command = { command: ['sh', '-c', `touch ${witness}; echo Up-5ecret-1`] };
      for (const field of change('registry/up').fields)
        if (field.path === 'credential.access_secret') field.after = command;
      change('registry/up')['desired'] = {
        ...(change('registry/up')['desired'] as object),
        credential: { access_key: 'bot', access_secret: command },
      };
      for (const field of change('project/mine').fields) if (field.path === 'public') field.after = true;
      plan.changes.push({
        action: 'delete',
        kind: 'project',
        identity: 'theirs',
        address: 'project/theirs',
        fields: [],
        precondition: { hash: '', observed: {} },
        dependsOn: [],
      });
    });
    const { code, out } = await ran(directory, 'apply', file);
    expect(code).toBe(3);
    for (const address of ['registry/up', 'project/mine', 'project/theirs'])
      expect(out).toMatch(new RegExp(`stale {2}${address}: refused: .*Breakwater would not plan this change`));
    expect(out).toContain('1 applied');
    expect(existsSync(witness)).toBe(false);
    expect(await Promise.all(['theirs', 'other', 'mine'].map(exists))).toEqual([true, true, false]);
  });

  it('writes no other account into a registry, and no change under the address of another object', async () => {
    const directory = policies(
      `registries:\n  up: { type: docker-registry, url: "http://127.0.0.1:9", credential: { access_key: bot, access_secret: { env: UPSTREAM } } }\nprojects: { mine: { public: false }, other: { public: false } }\n`,
    );
    const file = await tampered(directory, (plan) => {
      const change = (address: string) => plan.changes.find((one) => one.address === address)!;
      // Another secret of the same environment, and another name under the address that was reviewed.
      for (const field of change('registry/up').fields)
        if (field.path === 'credential.access_secret') field.after = { env: 'HARBOR_PASSWORD' };
      Object.assign(change('project/mine'), { identity: 'injected' });
    });
    const { code, out, err } = await ran(directory, 'apply', file);
    expect(code).toBe(3);
    expect(out + err).toMatch(/registry\/up: refused: .*Breakwater would not plan this change/);
    expect(await exists('injected')).toBe(false);
    const { body } = await callApi(sandbox, 'GET', '/registries');
    expect(body).toEqual([]);
  });

  it('does not treat a refused plan as approved after its refusals were removed', async () => {
    await callApi(sandbox, 'POST', '/projects', { project_name: 'theirs', metadata: {} });
    const directory = policies(
      'prune: { projects: true }\nprojects: { mine: { public: false } }\nconfiguration: { read_only: true }\n',
    );
    const file = await tampered(directory, (plan) => Object.assign(plan, { refusals: [], warnings: [] }));
    const { code, out } = await ran(directory, 'apply', file);
    expect(code).toBe(3);
    expect(out).toMatch(/stale {2}configuration\/harbor: refused \[read-only\]/);
    const { body } = await callApi(sandbox, 'GET', '/configurations');
    expect(body).toMatchObject({ read_only: { value: false } });
  });

  it('cannot ask for a wider mode than the command line', async () => {
    await callApi(sandbox, 'POST', '/projects', { project_name: 'theirs', metadata: {} });
    const directory = policies('prune: { projects: true }\nprojects: { library: {}, mine: { public: false } }\n');
    const file = join(directory, 'plan.json');
    expect((await ran(directory, 'plan', '--out', file, '--mode', 'sync')).code).toBe(0);
    const refused = await ran(directory, 'apply', file);
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('pass --mode sync to apply it');
    expect(await exists('theirs')).toBe(true);
    expect((await ran(directory, 'apply', file, '--mode', 'sync')).code).toBe(0);
    expect(await exists('theirs')).toBe(false);
  });
});

describe('a saved plan that is applied again', () => {
  const declared = `projects: { p: { public: false, robots: { r: { duration: 30, access: [{ resource: repository, action: pull }], secret: { env: ROBOT } } } } }\n`;

  it('finds everything done, and asks Harbor whether the secret is the declared one', async () => {
    const directory = policies(declared);
    const file = join(directory, 'plan.json');
    await ran(directory, 'plan', '--out', file);
    expect((await ran(directory, 'apply', file)).code).toBe(0);
    const again = await ran(directory, 'apply', file);
    expect(again.out).toContain('2 applied (2 already as declared)');
    expect(again.code).toBe(0);
  });

  it('writes the secret of a robot that a killed run left with another one, also without its journal', async () => {
    const directory = policies(declared);
    const file = join(directory, 'plan.json');
    await ran(directory, 'plan', '--out', file);
    await callApi(sandbox, 'POST', '/projects', { project_name: 'p', metadata: { public: 'false' } });
    await callApi(sandbox, 'POST', '/robots', {
      name: 'r',
      level: 'project',
      duration: 30,
      permissions: [{ kind: 'project', namespace: 'p', access: [{ resource: 'repository', action: 'pull' }] }],
    });
    const { code, out } = await ran(directory, 'apply', file);
    expect(out).toContain('2 applied (1 already as declared)');
    expect(code).toBe(0);
    const token = await fetch(`${sandbox.url}/service/token?service=harbor-registry`, {
      headers: { authorization: `Basic ${Buffer.from(`robot$p+r:${ENV.ROBOT}`).toString('base64')}` },
    });
    expect(token.status).toBe(200);
  });
});
