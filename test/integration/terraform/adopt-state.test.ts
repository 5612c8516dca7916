import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { EXISTING_SCRIPT, importsAsJson, importsOf, parseExisting } from '../../../src/app/up/steps';
import { synthesise } from '../../../stacks/synthesise';
import { startRealRegistry, temporaryFolder, type RealRegistry } from '../real-parts';
import { inputsFor, writeHostFiles } from './local-inputs';
import { pushStandIns } from './stand-in-images';
import { describeWithTerraform, docker, Terraform } from './terraform';

describeWithTerraform('a lost state, with the real docker provider', () => {
  const folder = temporaryFolder();
  const outdir = join(folder.path, 'cdktf.out');
  const terraform = new Terraform(outdir, folder.path);
  let registry: RealRegistry;

  beforeAll(async () => {
    registry = await startRealRegistry(folder.path);
    const { harbor: pins, traefik } = pushStandIns(registry.host);
    const inputs = inputsFor(folder.path, pins, traefik);
    writeHostFiles(inputs);
    synthesise(inputs, outdir);
    mkdirSync(join(folder.path, 'state', 'local'), { recursive: true });
    for (const stack of ['images', 'harbor']) {
      terraform.init(stack);
      expect(terraform.apply(stack)).toMatchObject({ status: 0 });
    }
  }, 300_000);

  afterAll(async () => {
    // A test that failed left them without a state.
    for (const name of docker('ps', '-a', '--format', '{{.Names}}', '--filter', 'name=^harbor-').split('\n'))
      if (name !== '') docker('rm', '-f', name);
    for (const name of docker('network', 'ls', '--format', '{{.Name}}', '--filter', 'name=^harbor').split('\n'))
      if (name !== '') docker('network', 'rm', name);
    terraform.destroy('images');
    await registry.stop();
    folder.remove();
  }, 300_000);

  it('is rebuilt from the running containers, and keeps every network', () => {
    const networks = docker('network', 'ls', '-q', '--no-trunc', '--filter', 'name=harbor');
    rmSync(join(folder.path, 'state/local/harbor.tfstate'));
    const stack = readFileSync(join(outdir, 'stacks/harbor/cdk.tf.json'), 'utf8');
    const existing = parseExisting(execFileSync('sh', ['-c', EXISTING_SCRIPT], { encoding: 'utf8' }));
    const imports = importsOf(stack, existing);
    expect(imports.map(({ to }) => to)).toEqual(
      expect.arrayContaining(['docker_network.network-internal', 'docker_container.core']),
    );
    writeFileSync(join(outdir, 'stacks/harbor/adopt.tf.json'), importsAsJson(imports));
    // The provider reads too little of a container: each is replaced once. Networks are kept as they are.
    const actions = Object.entries(terraform.actions('harbor'));
    expect(actions.filter(([, action]) => action !== 'delete,create')).toEqual([]);
    expect(actions.filter(([address]) => !address.startsWith('docker_container.'))).toEqual([]);
    const applied = terraform.apply('harbor');
    expect(`${applied.status} ${applied.output}`).toMatch(/^0 [^]*Apply complete!/);
    expect(docker('network', 'ls', '-q', '--no-trunc', '--filter', 'name=harbor')).toBe(networks);
    expect(terraform.plan('harbor')).toMatchObject({ status: 0 });
  }, 300_000);
});
