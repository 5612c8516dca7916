import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { UpOptions } from '../../src/app/up/options';
import { realWorld } from '../../src/app/up/world';
import type { FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { backupJson, ENVIRONMENT, imagesYaml, preparedJson, projectDouble, type ProjectDouble } from './up-doubles';

import { DEPLOYMENT, NO_HARBOR, startUpstream, TAKEN, up, withHarbor, type Asked } from './up-run';

// Whole conformance runs, on machines that have other work as well.
jest.setTimeout(120_000);

let upstream: FixtureUpstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

describe('breakwater up', () => {
  it('runs the whole order, and a second time changes nothing', async () => {
    await withHarbor('v2.15.2', async ({ url }) => {
      const project = projectDouble();
      project.write('notice', 'high HP037 docker_container.traefik: a notice\n');
      const first = await up(project, url);
      expect(first.err).toMatch(/\[7\/7\] conform/);
      // Each of three stacks is synthesized.
      expect(first.err.match(/a notice/g)).toHaveLength(1);
      expect(first.err).toMatch(/harbor: applied/);
      expect(first.err).not.toContain('terraform-double');
      expect(first).toMatchObject({ code: 0 });
      const terraform = (stack: string): string[] => [
        'synth prod',
        `terraform -chdir=cdktf.out/stacks/${stack} init -input=false`,
        `terraform -chdir=cdktf.out/stacks/${stack} plan -input=false -detailed-exitcode -out=breakwater.tfplan`,
        `terraform -chdir=cdktf.out/stacks/${stack} show -json breakwater.tfplan`,
        `terraform -chdir=cdktf.out/stacks/${stack} apply -input=false breakwater.tfplan`,
      ];
      const playbook = (name: string): string =>
        `ansible-playbook ansible/playbooks/${name}.yml -e @stacks/environments/prod.yaml -e breakwater_environment=prod`;
      const all = project.started();
      const started = all.filter((line) => !line.startsWith('ssh '));
      const ssh =
        'ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=20 -p 22 deploy@vm.corp.internal sh -c ';
      const asked = all.filter((line) => line.startsWith('ssh ')).sort();
      expect(asked).toEqual([
        expect.stringContaining(`${ssh}'docker version`),
        expect.stringContaining(`${ssh}'exec python3 - `),
        expect.stringMatching(/python3 -uc .* --hold=.* --environment=prod/),
        expect.stringMatching(/python3 - --data-volume=/),
      ]);
      expect(started).toEqual([playbook('host'), ...['images', 'harbor', 'edge'].flatMap(terraform)]);
      expect(first.out).toMatch(/^ok {7}job/m);
      expect(first.out).toMatch(/^Apply: .* applied/m);

      const second = await up(project, url);
      expect(second.code).toBe(0);
      expect(second.err).toMatch(/harbor: no changes/);
      expect(second.out).toMatch(/^Apply: 0 applied/m);
      expect(project.started().filter((line) => line.includes(' apply '))).toEqual([]);
    });
  });

  it('stops if a step fails, prints how to continue, and continues there', async () => {
    await withHarbor('v2.15.2', async ({ url }) => {
      const project = projectDouble();
      project.write('fails/harbor', '');
      const failed = await up(project, url);
      expect(failed.code).toBe(1);
      expect(failed.err).toMatch(
        /terraform ended with exit code 1\. Its last lines:\n {2}terraform-double: apply failed\n/,
      );
      const log = /everything it printed: (\S+)/.exec(failed.err)![1]!;
      const kept = readFileSync(log, 'utf8');
      expect(kept).toMatch(
        /\$ .*terraform -chdir=cdktf\.out\/stacks\/harbor plan .*\nterraform-double: plan of harbor\n/,
      );
      expect(statSync(log).mode & 0o777).toBe(0o600);
      const verbose = await up(project, url, { options: { only: 'harbor', verbose: true } });
      expect(verbose.err).toContain('terraform-double: plan of harbor\nterraform-double: apply failed\n');
      expect(failed.err).toMatch(/stopped at harbor; continue with the same command and --from harbor\n$/);
      const started = project.started().filter((line) => !line.startsWith('ssh '));
      expect(started.at(-1)).toMatch(/stacks\/harbor apply/);
      expect((await up(project, url, { options: { only: 'harbor' } })).err).toMatch(
        /continue with the same command\n$/,
      );
      project.remove('fails/harbor');
      expect(await up(project, url, { options: { from: 'harbor' } })).toMatchObject({ code: 0 });
      expect(project.started().filter((line) => /ansible|images/.test(line))).toEqual([]);
    });
  });

  it('runs nothing on what another environment left in cdktf.out', async () => {
    const project = projectDouble();
    const images = () => up(project, NO_HARBOR, { options: { only: 'images' } });
    expect(await images()).toMatchObject({ code: 0 });
    project.write('left-out/images', '');
    project.started();
    expect(await images()).toMatchObject({ code: 1, err: expect.stringMatching(/has no stack images/) });
    expect(project.started().filter((line) => line.startsWith('terraform'))).toEqual([]);
  });

  it('shows what it would run, and runs nothing', async () => {
    await withHarbor('v2.15.2', async ({ url }) => {
      const project = projectDouble();
      const { code, out } = await up(project, url, { options: { dryRun: true, yes: false } });
      expect(code).toBe(0);
      expect(out).toMatch(
        /^harbor: start Harbor's containers\n {2}BREAKWATER_ENVIRONMENT=prod node dist\/stacks\/main\.js$/m,
      );
      expect(out).toMatch(/^ {2}# alone: BREAKWATER_ENVIRONMENT=prod cdktf deploy harbor$/m);
      expect(project.started().every((line) => line.startsWith('ssh '))).toBe(true);
    });
  });

  it.each([
    ['SIGINT', 130, 'lets the running tool end'],
    ['SIGTERM', 143, 'hands it on to the running tool'],
  ])('on %s ends with %i, %s, and starts nothing more', async (name, code) => {
    const project = projectDouble();
    project.write('waits/images', '');
    const controller = new AbortController();
    const asked = { options: { from: 'images', to: 'harbor' }, signal: controller.signal } as const;
    project.write('stacks/prepared/prod.json', preparedJson('v2.15.2'));
    const running = up(project, NO_HARBOR, asked);
    const applying = () => existsSync(join(project.directory, 'applying'));
    for (let tries = 0; !applying() && tries < 600; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    controller.abort(name);
    if (name === 'SIGINT') project.remove('waits/images');
    const told = await running;
    expect(told).toMatchObject({
      code,
      err: expect.stringMatching(/stopped at images; continue with .* --from images/),
    });
    expect(told.err.includes('terraform-double: terminated')).toBe(name === 'SIGTERM');
    expect(existsSync(join(project.directory, 'done/images'))).toBe(name === 'SIGINT');
    expect(project.started().some((line) => line.includes('stacks/harbor'))).toBe(false);
  });

  it('does nothing without --yes if no person can be asked', async () => {
    const project = projectDouble();
    const { code, err } = await up(project, NO_HARBOR, { options: { yes: false } });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/not an interactive terminal: pass --yes/) });
    expect(project.started().filter((line) => !line.startsWith('ssh '))).toEqual([]);
  });

  it('takes down edge, harbor and images, in this order and nothing else', async () => {
    const project = projectDouble();
    expect(await up(project, NO_HARBOR, { options: { destroy: true } })).toMatchObject({ code: 0 });
    const plans = project.started().filter((line) => line.includes(' plan '));
    expect(plans.map((line) => /stacks\/(\w+) plan .* -destroy /.exec(line)?.[1])).toEqual([
      'edge',
      'harbor',
      'images',
    ]);
  });

  it.each<[Partial<UpOptions>, number, RegExp]>([
    [{ only: 'images' }, 0, /\[1\/1\] images/],
    [{ from: 'harbor' }, 0, /\[1\/2\] harbor/],
    [{ only: 'machine' }, 6, /\[unknown-step\] .* its steps: edge, harbor, images/],
  ])('takes down %j', async (options, code, words) => {
    const told = await up(projectDouble(), NO_HARBOR, { options: { destroy: true, ...options } });
    expect({ code: told.code, err: told.err }).toEqual({ code, err: expect.stringMatching(words) });
  });

  it('does not apply a plan that replaces the machine without review', async () => {
    const project = projectDouble();
    project.write(
      'plan.json',
      JSON.stringify({
        resource_changes: [
          {
            address: 'hcloud_server.harbor',
            mode: 'managed',
            change: { actions: ['delete', 'create'], after: { name: 'vm' } },
          },
        ],
      }),
    );
    const { code, err } = await up(project, NO_HARBOR, { deployment: { machine: true }, options: { only: 'machine' } });
    expect({ code, err }).toEqual({
      code: 6,
      err: expect.stringMatching(/\[machine-replaced\] .* replace or destroy vm/),
    });
    expect(project.started().filter((line) => line.includes(' apply '))).toEqual([]);
  });
});

describe('an upgrade', () => {
  it('is proven before and after, with a backup behind it', async () => {
    const project = projectDouble();
    project.write('backups/prod/latest.json', backupJson());
    const { code, err, out } = await withHarbor('v2.14.4', async ({ url }) => {
      expect(
        await up(project, url, { deployment: { harborVersion: 'v2.14.4' }, options: { from: 'health' } }),
      ).toMatchObject({ code: 0 });
      return up(project, url);
    });
    expect(err).toMatch(/upgrade v2\.14\.4\S* -> v2\.15\.2 \(Harbor itself\)/);
    expect(err).toMatch(/to go back you need the backup/);
    expect(err).toMatch(/\[1\/8\] before/);
    expect(out).toMatch(/^no check that passed before the upgrade fails now$/m);
    expect(code).toBe(0);
  });

  it('fails if a check passed before the upgrade and fails now', async () => {
    const project = projectDouble();
    await withHarbor('v2.14.4', async ({ url }) => {
      const on2_14 = { deployment: { harborVersion: 'v2.14.4' } };
      expect(await up(project, url, { ...on2_14, options: { from: 'health' } })).toMatchObject({ code: 0 });
      const first = { options: { only: 'before' } };
      expect(await up(project, url, first)).toMatchObject({ code: 0 });
      upstream.removeTag('library/single', '1');
      const { code, out } = await up(project, url, { ...on2_14, options: { only: 'conform' } });
      upstream.put('library/single', '1', 'a');
      expect(out).toMatch(/^passed before the upgrade, fails now: .*M4 proxy\.fixture/m);
      expect(code).toBe(7);
    });
  });

  it.each([
    ['v2.14.4', true],
    ['v2.15.2', false],
  ])('from %s that stops at harbor warns of a migration that may go on: %s', async (running, warns) => {
    const project = projectDouble();
    project.write('fails/harbor', '');
    const options = { withoutBackup: 'a lab', from: 'host', to: 'harbor' };
    const { code, err } = await withHarbor(running, ({ url }) => up(project, url, { options }));
    expect(code).toBe(1);
    expect(err.includes('a migration of the data may still be running')).toBe(warns);
    expect(err.includes('continue with')).toBe(!warns);
  });

  it.each<[string, string | undefined, Partial<UpOptions>, number, RegExp]>([
    [
      'without a backup',
      undefined,
      {},
      6,
      /\[backup\] there is no backup: backups\/prod\/latest\.json is not a backup manifest/,
    ],
    ['with an old one', backupJson({ takenAt: '2020-01-01T00:00:00Z' }), {}, 6, /\[backup\] .* hours old/],
    ['with one that nobody verified', backupJson({ verified: false }), {}, 6, /\[backup\] .* not verified/],
    ['without one, for a reason', undefined, { withoutBackup: 'a lab' }, 0, /without a backup: a lab/],
  ])('is refused %s', async (_what, backup, options, code, words) => {
    const project = projectDouble();
    if (backup !== undefined) project.write('backups/prod/latest.json', backup);
    const told = await withHarbor('v2.14.4', ({ url }) => up(project, url, { options: { dryRun: true, ...options } }));
    expect({ code: told.code, err: told.err }).toEqual({ code, err: expect.stringMatching(words) });
  });

  it.each<[string, string | undefined, string, boolean]>([
    ['a first deployment of 2.15.0', undefined, 'v2.15.0', true],
    ['an upgrade to 2.15.0', 'v2.14.4', 'v2.15.0', true],
    ['another run on 2.15.0', 'v2.15.0', 'v2.15.0', false],
    ['an upgrade from 2.15.0', 'v2.15.0', 'v2.15.2', false],
    ['a first deployment of 2.15.2', undefined, 'v2.15.2', false],
  ])('with Docker Hub, %s (%s -> %s) is refused: %s', async (_what, running, harborVersion, refused) => {
    const project = projectDouble();
    project.write('stacks/images.yaml', imagesYaml().replaceAll('v2.15.2', harborVersion));
    project.write('stacks/environments/prod.yaml', ENVIRONMENT.replace('v2.15.2', harborVersion));
    const told = async (url: string): Promise<CliResult> => {
      const hub = `harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD } }\nregistries: { hub: { type: docker-hub, url: "https://hub.docker.com" } }\nprojects: { p: { registry: hub, conformance: { pull: ["a:1"] } } }\n`;
      const policies = directoryWith({ 'p.yaml': hub });
      const options = { dryRun: true, withoutBackup: 'a lab' };
      return up(project, url, { policies, options, deployment: { harborVersion } });
    };
    const { code, err } = await (running === undefined ? told(NO_HARBOR) : withHarbor(running, ({ url }) => told(url)));
    expect({ code, refused: err.includes('[faulty-release]') }).toEqual({ code: refused ? 6 : 0, refused });
    if (refused)
      expect(err).toMatch(/v2\.15\.0 is not deployed: docker-hub-login: .* \(registry\/hub\).*fixed in 2\.15\.1/);
  });

  it.each<[string, string, RegExp]>([
    ['v2.13.5', 'v2.16.0', /\[version-jump\] from v2\.13\.5\S* to v2\.16\.0 is too far.* upgrade to v2\.15 first/],
    ['v2.15.2', 'v2.14.4', /\[downgrade\] v2\.15\.2\S* runs, but v2\.14\.4 is older.*migrate its database back/],
  ])('from %s to %s is refused', async (running, harborVersion, words) => {
    const project = projectDouble();
    const told = await withHarbor(running, ({ url }) => up(project, url, { deployment: { harborVersion } }));
    expect({ code: told.code, err: told.err }).toEqual({ code: 6, err: expect.stringMatching(words) });
    expect(project.started().filter((line) => !line.startsWith('ssh '))).toEqual([]);
  });

  it('that stopped before the data was migrated still needs its backup', async () => {
    const project = projectDouble();
    project.write('stacks/prepared/prod.json', preparedJson('v2.15.2'));
    project.write('backups/prod/latest.json', backupJson({ verified: false }));
    const { code, err } = await up(project, NO_HARBOR);
    expect({ code, err }).toEqual({ code: 6, err: expect.stringMatching(/\[backup\] .* not verified/) });
  });
});

describe('a container that Terraform did not see healthy in time', () => {
  const state = (running: boolean, health: string, restarts = 0, restarting = false): string =>
    `${running} ${restarting} ${health} ${restarts}\n`;
  const plan = (service: string): string =>
    JSON.stringify({
      resource_changes: [
        {
          address: `docker_container.${service}`,
          type: 'docker_container',
          action_reason: 'replace_because_tainted',
          change: { actions: ['delete', 'create'], before: { name: `harbor-${service}` }, after: {} },
        },
      ],
    });
  const tools = (project: ProjectDouble): string[] =>
    project.started().flatMap((line) => /stacks\/harbor (plan|untaint|apply)/.exec(line)?.[1] ?? []);
  const harbor = { only: 'harbor', withoutBackup: 'a lab' } as const;
  const run = (project: ProjectDouble, waits = { core: 60 }): Promise<CliResult> => {
    project.write('stacks/prepared/prod.json', preparedJson('v2.15.2'));
    return up(project, NO_HARBOR, { options: harbor, deployment: { waits } });
  };

  it('is waited for and kept, if it migrates', async () => {
    const project = projectDouble();
    project.write('plan.json', plan('core'));
    project.write('core', state(true, 'unhealthy') + state(true, 'starting') + state(true, 'healthy'));
    const { code, err } = await run(project);
    expect(err).toMatch(/harbor-core is running but not healthy yet: waiting up to 1 minute/);
    expect(err).toMatch(/harbor-core is healthy: it is kept, not replaced/);
    expect({ code, tools: tools(project) }).toEqual({ code: 0, tools: ['plan', 'untaint', 'plan', 'apply'] });
  });

  it('is waited for in the run in which it was too slow', async () => {
    const project = projectDouble();
    project.write('fails/harbor', '');
    project.write('core', state(true, 'starting').repeat(3) + state(true, 'healthy'));
    project.write('tainted.json', plan('core'));
    const { code, err } = await run(project);
    expect({ code, err }).toEqual({ code: 0, err: expect.not.stringMatching(/continue with/) });
    expect(tools(project)).toEqual(['plan', 'apply', 'plan', 'untaint', 'plan', 'apply']);
  });

  it('is waited for while Docker restarts on the host', async () => {
    const project = projectDouble();
    project.write('plan.json', plan('core'));
    project.write('core', `${state(true, 'starting')}gone\ngone\n${state(true, 'starting')}${state(true, 'healthy')}`);
    const { code, err } = await run(project);
    expect(
      err.match(/Docker on vm\.corp\.internal cannot be used: its Docker daemon does not run; still/g),
    ).toHaveLength(1);
    expect({ code, tools: tools(project) }).toEqual({ code: 0, tools: ['plan', 'untaint', 'plan', 'apply'] });
  });

  it.each<[string, string, RegExp]>([
    [
      'Docker cannot be asked about',
      'gone\n',
      /may still be starting: Docker on vm\.corp\.internal cannot be used: its/,
    ],
    ['is not healthy when the time is over', state(true, 'unhealthy'), /which is not healthy after 1 minute.*core/],
    ['keeps restarting', state(true, 'starting') + state(true, 'starting', 3), /which keeps restarting/],
    ['Docker says nothing of', '', /which may still be starting: Docker reports no health status/],
  ])('that %s is not replaced', async (_what, states, words) => {
    const project = projectDouble();
    project.write('plan.json', plan('core'));
    if (states !== '') project.write('core', states);
    const { code, err } = await run(project, { core: 1 });
    expect({ code, err }).toEqual({ code: 6, err: expect.stringMatching(words) });
    expect(err).toMatch(/\[migration-running\] .*docker logs harbor-core .*untaint docker_container\.core/);
    expect(err).not.toMatch(/continue with/);
    expect(tools(project)).toEqual(['plan']);
  });

  it.each([
    ['that stopped', 'core', state(false, 'unhealthy')],
    ['that is about to be started again', 'core', state(true, 'starting', 4, true)],
    ['that migrates nothing', 'portal', state(true, 'unhealthy')],
  ])('%s is replaced', async (_what, service, states) => {
    const project = projectDouble();
    project.write('plan.json', plan(service));
    project.write('core', states);
    expect(await run(project)).toMatchObject({ code: 0 });
    expect(tools(project)).toEqual(['plan', 'apply']);
  });
});

describe('a host that is gone in the middle of a run', () => {
  const daemon = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';

  it.each<[string, string, string, RegExp]>([
    [
      'Docker',
      'no-docker',
      daemon,
      /Docker on vm\.corp\.internal cannot be used: its Docker daemon does not run; start it/,
    ],
    [
      'ssh',
      'ssh-says',
      'ssh: connect to host vm port 22: No route to host',
      /cannot be reached: no answer; check that the/,
    ],
  ])('%s: reports where it stops, and continues there', async (_what, file, said, words) => {
    const project = projectDouble();
    project.write(
      'strike-before',
      `case "$what" in *"stacks/harbor plan"*) echo '${said}' >${file}; touch no-plan ;; esac\n`,
    );
    const stopped = await up(project, NO_HARBOR, { options: { to: 'harbor' } });
    expect(stopped).toMatchObject({ code: 1, err: expect.stringMatching(words) });
    expect(stopped.err).toMatch(/stopped at harbor; continue with the same command and --from harbor\n$/);
    // Nothing begins while it is gone.
    project.remove('strike-before');
    project.started();
    const refused = await up(project, NO_HARBOR, { options: { from: 'harbor', to: 'harbor' } });
    expect(refused).toMatchObject({ code: 6, err: expect.stringContaining('nothing was changed') });
    expect(project.started().filter((line) => !line.startsWith('ssh '))).toEqual([]);
    for (const one of [file, 'no-plan']) project.remove(one);
    const again = await up(project, NO_HARBOR, { options: { from: 'harbor', to: 'harbor' } });
    expect(again).toMatchObject({
      code: 0,
      err: expect.stringMatching(/failed in the step harbor; done before: host, images/),
    });
  });
});

describe('before anything changes', () => {
  const first = { ...DEPLOYMENT.host!, identityFile: 'key' };

  it.each<[string, Asked, (project: ProjectDouble) => void, RegExp]>([
    [
      'a missing Terraform',
      { env: { TERRAFORM_BINARY_NAME: 'tofu-double' } },
      none,
      /\[missing-program\] tofu-double is not/,
    ],
    [
      'a name without a record',
      { world: { resolves: async () => false } },
      none,
      /\[dns\] 127\.0\.0\.1 does not resolve/,
    ],
    [
      'a mirror domain without a record',
      {
        deployment: { mirrorHostnames: ['mirror.corp.internal'] },
        world: { resolves: async (name) => name !== 'mirror.corp.internal' },
      },
      none,
      /\[dns\] mirror\.corp\.internal does not resolve/,
    ],
    [
      'a Harbor that runs on the host already',
      {},
      (p) => p.write('occupants', `${JSON.stringify(FOREIGN)}\n`),
      /\[foreign-containers\] 1 container is in the way on vm\.corp\.internal .* harbor-db \(a:1, running\) mounts \/data/,
    ],
    [
      'a Harbor that runs on the host already, from a later step on',
      { options: { from: 'edge' } },
      (p) => p.write('occupants', `${JSON.stringify(FOREIGN)}\n`),
      /\[foreign-containers\] .* docs\/guides\/take-over\.md/,
    ],
    [
      'a PostgreSQL that runs on the data',
      {},
      (p) => p.write('occupants', '{"kind":"database","directory":"/data/database/pg15","pid":7,"why":"live"}\n'),
      /\[database-in-use\] a PostgreSQL \(pid 7\) outside of Docker uses \/data\/database\/pg15 on vm/,
    ],
    [
      'a host that does not say what runs there',
      { options: { only: 'images' } },
      (p) => p.write('silent', 'python3: not found'),
      /\[host-not-examined\] the containers on vm\.corp\.internal could not be listed: python3: not found/,
    ],
    [
      'a host without room',
      {},
      (p) => p.write('unfit', '{"rule":"disk-space","message":"1.0 GiB free for /data","hint":"free some space"}\n'),
      /\[disk-space\] vm\.corp\.internal: 1\.0 GiB free for \/data/,
    ],
    [
      'a Docker that the user may not use',
      { options: { only: 'images' } },
      (p) => p.write('no-docker', 'permission denied while trying to connect to the Docker daemon socket'),
      /\[docker-unreachable\] Docker on vm\.corp\.internal cannot be used: its user may not use Docker.* usermod -aG docker deploy/,
    ],
    [
      'a host without Docker, after the step that installs it',
      { options: { only: 'images' } },
      (p) => p.write('no-docker', 'sh: 1: docker: not found'),
      /\[docker-unreachable\] .* not installed.* --from host/,
    ],
    [
      'a vault that is not there',
      { deployment: { vault: { files: ['secrets/prod.yml'] } } },
      none,
      /\[vault-file\] secrets\/prod\.yml does not exist/,
    ],
    ['a port in use', { world: TAKEN }, none, /\[port-in-use\] port 80 .*\n.*\[port-in-use\] port 443/],
    [
      'a host that refuses',
      {},
      (p) => p.write('ssh-says', 'Connection refused'),
      /\[host-unreachable\] deploy@vm\.corp.* connection refused/,
    ],
    [
      'a host that takes no key',
      {},
      (p) => p.write('ssh-says', 'Permission denied (publickey)'),
      /none of the offered keys/,
    ],
    ['a key that is not there', { deployment: { host: first } }, none, /\[ssh-key\] key does not exist/],
    [
      'a login for a registry that is not there',
      { deployment: { host: { ...DEPLOYMENT.host!, loginFiles: ['/none/config.json'] } } },
      none,
      /\[registry-login\] \/none\/config\.json does not exist/,
    ],
    [
      'a key that others can read',
      { deployment: { host: first } },
      keyOf(0o644),
      /\[ssh-key-mode\] key has mode 0644.*chmod 600 key/,
    ],
    [
      'policies of another Harbor',
      { deployment: { hostname: 'other.internal' } },
      none,
      /\[other-harbor\] .* declares 127\.0\.0\.1, .* deploys other/,
    ],
    [
      'an image that Harbor itself would have to serve',
      {},
      pinnedToItself,
      /\[pulled-through-itself\] 127\.0\.0\.1:443\/hub/,
    ],
    [
      'an image without a digest',
      {},
      (p) => p.write('stacks/images.yaml', imagesYaml().replace(/(portal:v2\.15\.2)@[^"]*/, '$1')),
      /\[bad-format\] \S*stacks\/images\.yaml:8:22: harbor\.v2\.15\.2\.portal\.image: .*name:tag@sha256/,
    ],
    [
      'a release without pins',
      {},
      (p) => p.write('stacks/images.yaml', imagesYaml().replace('v2.15.2:', 'v2.15.1:')),
      /\[no-pins\] \S*images\.yaml:2:3: .* pinned releases: v2\.15\.1/,
    ],
    ['an unset secret', { env: { HARBOR_PASSWORD: '' } }, none, /\[secret-unset\]/],
    ['an unknown step', { options: { from: 'harbour' } }, none, /\[unknown-step\] .* did you mean "harbor"/],
    [
      'files of prepare that are missing',
      { options: { from: 'harbor' } },
      none,
      /\[not-prepared\] .* does not exist.* --from host/,
    ],
    [
      'files of an older prepare',
      { options: { from: 'images' } },
      olderPrepare,
      /\[not-prepared\] .* is for v2\.14\.4/,
    ],
  ])('%s is found, with a helpful message', async (_what, asked, arrange, words) => {
    const project = projectDouble();
    arrange(project);
    const { code, err } = await up(project, NO_HARBOR, asked);
    expect({ code, err }).toEqual({ code: 6, err: expect.stringMatching(words) });
    expect(project.started().filter((line) => !line.startsWith('ssh '))).toEqual([]);
  });

  it('a state that another Terraform locks is found; a lock file of a killed Terraform does not block', async () => {
    const project = projectDouble();
    const info = { Operation: 'OperationTypeApply', Who: 'ci@runner', Created: '2026-11-28T03:14:15Z' };
    project.write('state/prod/harbor.tfstate', '{}');
    project.write('state/prod/.harbor.tfstate.lock.info', JSON.stringify(info));
    const only = { options: { only: 'harbor', dryRun: true }, deployment: { harborVersion: 'v2.15.2' } } as const;
    project.write('stacks/prepared/prod.json', preparedJson('v2.15.2'));
    expect((await up(project, NO_HARBOR, only)).err).not.toContain('state-locked');
    const holds =
      'import fcntl, sys, time; f = open(sys.argv[1], "r+"); fcntl.lockf(f, fcntl.LOCK_EX); print("held", flush=True); time.sleep(60)';
    const holder = spawn('python3', ['-c', holds, join(project.directory, 'state/prod/harbor.tfstate')]);
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const { code, err } = await up(project, NO_HARBOR, only);
    holder.kill('SIGKILL');
    expect({ code, err }).toEqual({
      code: 6,
      err: expect.stringMatching(
        /\[state-locked\] \S*state\/prod\/harbor\.tfstate is locked by ci@runner since 2026-11-28 03:14 UTC \(OperationTypeApply\)/,
      ),
    });
  });

  it('a host without room is no reason not to start what was stopped', async () => {
    const project = projectDouble();
    project.write('unfit', '{"rule":"memory","message":"2 GiB of memory","hint":"use a larger machine"}\n');
    project.write('stacks/prepared/prod.json', preparedJson('v2.15.2'));
    const { code, err } = await up(project, NO_HARBOR, { options: { only: 'harbor', dryRun: true } });
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('vm.corp.internal: 2 GiB of memory') });
  });

  it('Docker that is not installed is no problem if the step host installs it', async () => {
    const project = projectDouble();
    project.write('no-docker', 'sh: 1: docker: not found');
    const { err } = await up(project, NO_HARBOR, { options: { only: 'host', dryRun: true } });
    expect(err).not.toContain('docker-unreachable');
  });

  it('finds everything at once', async () => {
    const project = projectDouble();
    const { err } = await up(project, NO_HARBOR, { world: { resolves: async () => false, ...TAKEN } });
    expect(err.match(/^ {2}hint: \[[\w-]+\]/gm)).toHaveLength(3);
  });

  it('distinguishes a used port from a free one, and resolves a name', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await realWorld.listens('127.0.0.1', port)).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    expect(await realWorld.listens('127.0.0.1', port)).toBe(false);
    expect(await realWorld.resolves('localhost')).toBe(true);
    expect(await realWorld.resolves('harbor.corp.invalid')).toBe(false);
  });
});

describe('which environment', () => {
  const environment = (hostname: string, more = ''): string =>
    `harbor: { version: v2.15.2, hostname: ${hostname} }\nhost: { address: vm.corp.internal }\n${more}`;
  const policies = directoryWith({ 'p.yaml': 'harbor: { url: "https://harbor.corp.internal" }\nlabels: { a: {} }\n' });
  const asked = (project: ProjectDouble, ...argv: string[]): Promise<CliResult> =>
    cli(['up', '--dry-run', '--policies', policies, ...argv], project.env, project.directory);

  it.each<[string, string, readonly string[], RegExp]>([
    [
      'one that is not there',
      environment('a.corp.internal'),
      ['--environment', 'prdo'],
      /no environment named "prdo".*\n.*did you mean "prod"\?/,
    ],
    ['a sample hostname', environment('reg.mydomain.com'), [], /"reg\.mydomain\.com" is a sample name/],
    ['a wrong key', environment('a.corp.internal', 'hots: {}'), [], /hots/],
  ])('is refused if it is %s', async (_what, text, argv, words) => {
    const { code, err } = await asked(projectDouble(text), ...argv);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(words) });
  });

  const sample = environment('harbor.example.com', 'sample: true\nedge: { certificate: { self_signed: true } }\n');

  it.each([
    ['what it would run', [], /^host: .*\n[^]*^images: [^]*^harbor: [^]*^edge: [^]*^conform: /m],
    ['one step', ['--only', 'edge'], /^edge: .*\n(?: {2}.*\n)+$/],
    ['what it would take down', ['--destroy'], /^edge: [^]*^harbor: [^]*^images: /m],
  ])('shows of a sample %s, and asks its names for nothing', async (_what, argv, shown) => {
    const project = projectDouble(sample);
    const { code, out, err } = await asked(project, ...argv);
    expect({ code, out, err }).toEqual({
      ...{ code: 0, out: expect.stringMatching(shown) },
      err: expect.stringMatching(/prod is a sample: the commands are shown, nothing was checked/),
    });
    expect(project.started()).toEqual([]);
  });

  it('never runs a sample', async () => {
    const project = projectDouble(sample);
    const run = ['up', '--yes', '--policies', policies];
    for (const argv of [run, [...run, '--destroy']]) {
      const { code, err } = await cli(argv, project.env, project.directory);
      expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/prod is a sample.*\n.*--dry-run shows/) });
    }
    expect(project.started()).toEqual([]);
  });

  it('gives Ansible what this host needs', async () => {
    const project = projectDouble(environment('harbor.corp.internal'));
    project.write('stacks/environments/prod.host.yaml', 'docker_host_proxy: { https: "http://proxy:3128" }\n');
    const { code, out } = await asked(project, '--only', 'host');
    expect(out).toContain('-e @stacks/environments/prod.yaml -e @stacks/environments/prod.host.yaml');
    project.write('stacks/environments/prod.host.yaml', 'docker_hots_proxy: {}\n');
    expect((await asked(project, '--only', 'host')).code).toBe(1);
    expect([0, 6]).toContain(code);
  });

  it('needs no name if there is one', async () => {
    const { code, out, err } = await asked(projectDouble(environment('harbor.corp.internal')), '--only', 'images');
    expect(out).toMatch(/^images: pull every image/);
    expect({ code, err }).toMatchObject({ code: 0 });
  });

  it('names a sample if there is nothing else', async () => {
    const project = projectDouble(sample);
    project.remove('stacks/environments/prod.yaml');
    project.write('stacks/environments/example.yaml', sample);
    const { code, err } = await asked(project);
    const words = /contains only samples\n.*--environment example --dry-run/;
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(words) });
  });

  it('needs one if there are several', async () => {
    const project = projectDouble(environment('harbor.corp.internal'));
    project.write('stacks/environments/lab.yaml', environment('lab.corp.internal'));
    const { code, err } = await asked(project);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/contains lab, prod\n.*--environment NAME/) });
  });
});

const FOREIGN = { kind: 'container', name: 'harbor-db', image: 'a:1', state: 'running', why: ['mounts /data'] };

function none(): void {}

function pinnedToItself(project: ProjectDouble): void {
  project.write('stacks/images.yaml', imagesYaml('127.0.0.1:443/hub/harbor-core:v2.15.2'));
}

function keyOf(mode: number): (project: ProjectDouble) => void {
  return (project) => {
    project.write('key', 'not a key');
    chmodSync(join(project.directory, 'key'), mode);
  };
}

function olderPrepare(project: ProjectDouble): void {
  project.write('stacks/prepared/prod.json', preparedJson('v2.14.4'));
  project.write('backups/prod/latest.json', backupJson());
}
