import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DeployInputs, Prepared } from '../../../src';
import { harborServices } from '../../../src/deploy/harbor';
import { synthesise } from '../../../stacks/synthesise';
import { startRealRegistry, temporaryFolder, type RealRegistry } from '../real-parts';
import { CANARY, inputsFor, writeHostFiles } from './local-inputs';
import { pushStandIns } from './stand-in-images';
import { describeWithTerraform, docker, hasProvider, Terraform } from './terraform';

/** Stacks as they are, the real docker provider and a real Docker; stand-ins in place of Harbor's and Traefik's images. */
describeWithTerraform('the stacks on a local Docker', () => {
  const folder = temporaryFolder();
  const outdir = join(folder.path, 'cdktf.out');
  const terraform = new Terraform(outdir, folder.path);
  let registry: RealRegistry;
  let inputs: DeployInputs & { prepared: Prepared };

  beforeAll(async () => {
    registry = await startRealRegistry(folder.path);
    const { harbor: pins, traefik } = pushStandIns(registry.host);
    inputs = inputsFor(folder.path, pins, traefik);
    writeHostFiles(inputs);
    synthesise(inputs, outdir);
    mkdirSync(join(folder.path, 'state', 'local'), { recursive: true });
  }, 300_000);

  afterAll(async () => {
    for (const stack of ['edge', 'harbor', 'images']) terraform.destroy(stack);
    await registry.stop();
    folder.remove();
  }, 300_000);

  it.each(['images', 'harbor', 'edge'])('%s is valid for the provider', (stack) => {
    expect(terraform.init(stack)).toMatchObject({ status: 0 });
    expect(terraform.run(stack, 'validate')).toMatchObject({ status: 0 });
  });

  it('stops the plan of harbor if an image was not pulled first', () => {
    const { status, output } = terraform.plan('harbor');
    expect(status).toBe(1);
    expect(output).toContain('did not find docker image');
  });

  it.each(['images', 'harbor', 'edge'])(
    '%s is applied, and then there is nothing to do',
    (stack) => {
      const applied = terraform.apply(stack);
      expect(`${applied.status} ${applied.output}`).toMatch(/^0 [^]*Apply complete!/);
      const again = terraform.plan(stack);
      expect(`${again.status} ${again.output}`).toMatch(/^0 /);
    },
    300_000,
  );

  it('runs every service healthy, as its user, without capabilities', () => {
    for (const { id, user } of harborServices(inputs.environment.harbor, inputs.prepared.services)) {
      // The exporter's image has nothing to ask with.
      const state = id === 'exporter' ? '{{.State.Status}}' : '{{.State.Health.Status}}';
      const format = `${state} {{.Config.User}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}`;
      expect(docker('inspect', '--format', format, `harbor-${id}`)).toBe(
        `${id === 'exporter' ? 'running' : 'healthy'} ${user ?? ''} [ALL] [no-new-privileges:true]`,
      );
    }
  });

  it('gives the wrapped services their environment as it was written, and shows it nowhere', () => {
    for (const id of ['core', 'jobservice', 'registryctl', 'trivy-adapter', 'exporter']) {
      const env = docker('exec', `harbor-${id}`, 'cat', '/proc/1/environ').split('\0');
      expect(env).toContain(`SECRET=${CANARY}`);
      expect(docker('inspect', `harbor-${id}`)).not.toContain('canary-');
    }
    const texts = ['images', 'harbor', 'edge'].map((stack) => terraform.state(`state/local/${stack}.tfstate`));
    for (const text of [...texts, terraform.plan('harbor').output]) expect(text).not.toContain('canary-');
  });

  it('publishes ports of Traefik and the log container only, and keeps the internal network inside', () => {
    const names = docker('ps', '--format', '{{.Names}} {{.Ports}}').split('\n');
    const published = names.filter((line) => line.includes('->')).map((line) => line.split(' ')[0]);
    expect(published.sort()).toEqual(['harbor-log', 'traefik']);
    expect(docker('port', 'harbor-log')).toBe('10514/tcp -> 127.0.0.1:1514');
    expect(docker('network', 'inspect', '--format', '{{.Internal}}', 'harbor-internal')).toBe('true');
    expect(docker('exec', 'harbor-proxy', 'busybox', 'wget', '-q', '-O-', 'http://core:8080/api/v2.0/ping')).toBe('ok');
  });

  it('replaces exactly the container whose prepared files changed', () => {
    const prepared = { ...inputs.prepared, services: { ...inputs.prepared.services, portal: 'd'.repeat(64) } };
    synthesise({ ...inputs, prepared }, outdir);
    expect(terraform.actions('harbor')).toEqual({ 'docker_container.portal': 'delete,create' });
    synthesise(inputs, outdir);
    expect(terraform.actions('harbor')).toEqual({});
  });

  it('leaves a stopped container alone in a plan, and starts the same one again in an apply', () => {
    const id = docker('inspect', '--format', '{{.Id}}', 'harbor-portal');
    docker('stop', '-t', '1', 'harbor-portal');
    expect(terraform.actions('harbor')).toEqual({ 'docker_container.portal': 'update' });
    expect(docker('inspect', '--format', '{{.State.Status}} {{.Id}}', 'harbor-portal')).toBe(`exited ${id}`);
    expect(terraform.apply('harbor')).toMatchObject({ status: 0 });
    expect(docker('inspect', '--format', '{{.State.Status}} {{.Id}}', 'harbor-portal')).toBe(`running ${id}`);
    expect(terraform.actions('harbor')).toEqual({});
  }, 120_000);

  it('leaves Harbor running if the next version cannot be pulled', () => {
    const gone = `${registry.host}/stand-in/core:v9@sha256:${'0'.repeat(64)}`;
    synthesise({ ...inputs, pins: { ...inputs.pins, core: { ...inputs.pins.core!, image: gone } } }, outdir);
    expect(terraform.apply('images')).toMatchObject({ status: 1 });
    expect(terraform.apply('harbor')).toMatchObject({ status: 1 });
    expect(docker('inspect', '--format', '{{.State.Health.Status}}', 'harbor-core')).toBe('healthy');
    synthesise(inputs, outdir);
  }, 120_000);

  it('is destroyed in the order edge, harbor, images, and its data stays', () => {
    for (const stack of ['edge', 'harbor', 'images']) expect(terraform.destroy(stack)).toMatchObject({ status: 0 });
    expect(docker('ps', '-aq', '--filter', 'name=harbor-')).toBe('');
    expect(readdirSync(inputs.environment.harbor.data_volume!)).toContain('registry');
    expect(docker('image', 'ls', '-q', `${registry.host}/stand-in/core`)).not.toBe('');
  }, 300_000);

  const BEFORE = '3.9.0';
  if (!hasProvider(BEFORE)) process.stderr.write(`skipped: the state of provider ${BEFORE}: not in the mirror\n`);
  (hasProvider(BEFORE) ? it : it.skip)(
    `has nothing to do on what provider ${BEFORE} deployed`,
    () => {
      for (const stack of ['images', 'harbor', 'edge']) {
        terraform.pretendProvider(stack, BEFORE);
        expect(terraform.upgrade(stack)).toMatchObject({ status: 0 });
        const applied = terraform.apply(stack);
        expect(`${applied.status} ${applied.output}`).toMatch(/^0 [^]*Apply complete!/);
      }
      synthesise(inputs, outdir);
      for (const stack of ['images', 'harbor', 'edge']) {
        expect(terraform.upgrade(stack)).toMatchObject({ status: 0 });
        const { status, output } = terraform.plan(stack);
        expect(`${status} ${output}`).toMatch(/^0 [^]*No changes/);
      }
    },
    300_000,
  );
});
