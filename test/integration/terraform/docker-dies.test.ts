import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compact } from '../../../src/compact';
import type { UpOptions } from '../../../src/app/up/options';
import type { CliResult } from '../../support/cli';
import { startRealRegistry, temporaryFolder, type RealRegistry } from '../real-parts';
import { eventually } from '../traefik/behind';
import { startUpstream, up, withHarbor } from '../up-run';
import { inputsFor, writeHostFiles, writeRepository } from './local-inputs';
import { OwnDocker } from './own-docker';
import { pushStandIns } from './stand-in-images';
import { describeWithOwnDocker } from './terraform';

const TRIES = 1200;

/** The host is prepared already: a playbook would change this machine. */
const PLAYBOOK = '#!/bin/sh\necho "ok: [this-machine]"\n';

describeWithOwnDocker('up on a host whose Docker dies while Terraform applies', () => {
  const folder = temporaryFolder();
  const docker = new OwnDocker(folder.path);
  let registry: RealRegistry;
  let upstream: { close(): Promise<void> };

  beforeAll(async () => {
    await docker.start();
    upstream = await startUpstream();
    registry = await startRealRegistry(folder.path);
    // Not under the name of Harbor: an image that only Harbor has is refused.
    const name = registry.host.replace('127.0.0.1', 'localhost');
    const { harbor, traefik } = pushStandIns(name, { ...process.env, ...docker.env });
    const inputs = inputsFor(folder.path, harbor, traefik);
    writeHostFiles(inputs);
    writeRepository(folder.path, inputs);
    mkdirSync(join(folder.path, 'bin'));
    writeFileSync(join(folder.path, 'bin/ansible-playbook'), PLAYBOOK, { mode: 0o755 });
  }, 600_000);

  afterAll(async () => {
    await docker.stop();
    await registry.stop();
    await upstream.close();
    folder.remove();
  }, 300_000);

  const deployment = {
    ...{ name: 'local', file: 'stacks/environments/local.yaml', stateDirectory: 'state/local' },
    needs: {
      architecture: 'amd64' as const,
      memory_mib: 64,
      volumes: [{ name: 'data' as const, path: join(folder.path, 'data') }],
    },
    host: { address: 'this-machine', user: 'root', port: 22, local: true },
  };

  function run(url: string, more: Partial<UpOptions> = {}): Promise<CliResult> {
    const path = [join(folder.path, 'bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(':');
    const terraform = { TF_CLI_CONFIG_FILE: join(folder.path, 'terraformrc'), CHECKPOINT_DISABLE: '1' };
    const env = { ...docker.env, ...terraform, HOME: folder.path, PATH: path };
    const project = { directory: folder.path, env, started: () => [], write: () => {}, remove: () => {} };
    return up(project, url, { deployment, options: { wait: 60, ...more } });
  }

  /** Kills Docker once a container is there, in the middle of the apply. */
  async function struckAt(container: string, url: string, more: Partial<UpOptions>): Promise<CliResult> {
    let ended: CliResult | undefined;
    const running = run(url, more).then((result) => (ended = result));
    const isThere = (): boolean => ended !== undefined || docker.names(`name=^${container}$`).length > 0;
    await eventually(isThere, Boolean, TRIES);
    expect(ended).toBeUndefined();
    await docker.die();
    return running;
  }

  /** Does what the messages say until the run is through. */
  async function ended(url: string): Promise<CliResult> {
    for (let tries = 0; ; tries++) {
      const last = await run(url);
      if (tries === 2 || !/port \S+ on this-machine is taken in Docker: .*sudo systemctl restart docker/.test(last.err))
        return last;
      await docker.restart();
    }
  }

  it('reports that Docker is gone, continues where it was, and ends with what was declared', async () => {
    await withHarbor('v2.15.2', async ({ url }) => {
      for (const [container, from, step] of [
        ['harbor-core', undefined, 'harbor'],
        ['traefik', 'harbor', 'edge'],
      ] as const) {
        const struck = await struckAt(container, url, compact({ from }));
        expect({ code: struck.code, err: struck.err }).toEqual({
          code: 1,
          err: expect.stringMatching(
            `Docker on this-machine cannot be used: its Docker daemon does not run[^]*--from ${step}\n`,
          ),
        });
        const refused = await run(url, { from: step });
        expect({ code: refused.code, err: refused.err }).toEqual({
          code: 6,
          err: expect.stringMatching(/\[docker-unreachable\]/),
        });
        await docker.start();
      }
      const done = await ended(url);
      expect({ code: done.code, err: done.err }).toEqual({ code: 0, err: expect.stringMatching(/edge: applied/) });
      const names = docker.names();
      expect(names).toEqual(expect.arrayContaining(['harbor-core', 'harbor-log', 'harbor-proxy', 'traefik']));
      expect(docker.names('status=running')).toEqual(names);

      const again = await run(url);
      expect({ code: again.code, err: again.err }).toEqual({
        code: 0,
        err: expect.stringMatching(/images: no changes[^]*harbor: no changes[^]*edge: no changes/),
      });
    });
  }, 1_800_000);
});
