import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import ts from '@typescript/typescript6';
import { withoutNotes } from '../../../scripts/golden-stacks/without-notes';
import { literal } from '../../../stacks/escape';
import { containersOf, inputsOf, synth } from './synth';

const ROOT = resolve(__dirname, '../../..');

/** Ends a process that uses the network. */
const WITHOUT_NETWORK = { NODE_OPTIONS: `--require=${join(ROOT, 'test/support/no-network.cjs')}` };

describe('the stacks', () => {
  it('can each be deployed and destroyed alone: none depends on another in the manifest', () => {
    expect(synth(inputsOf()).order).toEqual({ images: [], harbor: [], edge: [] });
  });

  it('are only those before the host is prepared, until it is', () => {
    const { prepared: _prepared, ...unprepared } = inputsOf();
    expect(Object.keys(synth(unprepared).stacks)).toEqual(['images']);
  });

  it('keep images on destroy, and name each with its digest', () => {
    const images = Object.values(synth(inputsOf()).stacks['images']!.resource['docker_image']!);
    expect(images).toHaveLength(9);
    for (const image of images) {
      expect(image).toMatchObject({ keep_locally: true, name: expect.stringMatching(/:[^@]+@sha256:[0-9a-f]{64}$/) });
    }
  });

  it('reach Docker by ssh and never accept an unknown host key', () => {
    const host = { address: 'vm.lab.test', user: 'ops', port: 2222, identity_file: '~/.ssh/harbor' };
    const { provider, terraform } = synth(inputsOf({ host })).stacks['harbor']!;
    expect(provider.docker).toEqual([
      {
        host: 'ssh://ops@vm.lab.test:2222',
        ssh_opts: expect.arrayContaining(['StrictHostKeyChecking=yes', '-i', '~/.ssh/harbor']),
      },
    ]);
    expect(terraform.required_providers['docker']).toMatchObject({ version: '4.6.0' });
    expect(synth(inputsOf({ host: { local: true } })).stacks['harbor']!.provider.docker).toEqual([{}]);
  });

  it('log in to registries by the path of a file, which is all that a plan has of it', () => {
    const registry_auth = [{ address: 'registry.lab.test', config_file: '~/.docker/config.json' }];
    const { images, harbor } = synth(inputsOf({ host: { address: 'vm.lab.test', registry_auth } })).stacks;
    for (const stack of [images, harbor])
      expect(stack!.provider.docker).toEqual([expect.objectContaining({ registry_auth })]);
  });

  it('replace Traefik by a label if its ports are at several addresses, which Docker lists in its own order', () => {
    const listen = { addresses: ['203.0.113.7', '2001:db8::7'], http_port: 8080 };
    const certificate = { self_signed: true as const };
    const several = containersOf(synth(inputsOf({ edge: { certificate, listen } })).stacks['edge'])['traefik']!;
    expect(several.ports).toHaveLength(4);
    expect(several['lifecycle']).toEqual({ ignore_changes: ['ports'] });
    expect(several.labels).toContainEqual({
      label: 'io.breakwater.ports',
      value: '203.0.113.7/8080/8080 203.0.113.7/443/8443 2001:db8::7/8080/8080 2001:db8::7/443/8443',
    });
    const one = { certificate, listen: { addresses: ['203.0.113.7'] } };
    const single = containersOf(synth(inputsOf({ edge: one })).stacks['edge'])['traefik']!;
    expect([single['lifecycle'], single.labels.map(({ label }) => label)]).toEqual([undefined, ['io.breakwater.spec']]);
  });

  it('have the edge network looked up by Traefik, the only container with published ports', () => {
    const { edge } = synth(inputsOf()).stacks;
    expect(edge!.data!['docker_network']).toMatchObject({ 'network-edge': { name: 'harbor-edge' } });
    const { traefik } = containersOf(edge);
    expect(traefik!.ports).toEqual([
      { internal: 8080, external: 80 },
      { internal: 8443, external: 443 },
    ]);
    expect(traefik).toMatchObject({ read_only: true, user: '65532:65532', capabilities: { drop: ['ALL'] } });
    expect(JSON.stringify(traefik)).not.toContain('docker.sock');
  });

  it.each(['a ${b} c', '%{ if true }', '$${already}', '${', 'no template: $HOME %d'])(
    'pass %j to Terraform unchanged',
    (text) => {
      const written = JSON.stringify(literal({ text, list: [text] }));
      // What Terraform makes of it: a doubled sign is one sign.
      const read = written.replaceAll(/([$%])\1\{/g, '$1{');
      expect(JSON.parse(read)).toEqual({ text, list: [text] });
      expect(written).not.toMatch(/(?<![$%])[$%]\{/);
    },
  );

  it('carry a value with template signs through to the containers', () => {
    const inputs = inputsOf({ harbor: { ...inputsOf().environment.harbor, data_volume: '/srv/${x}/%{y}' } });
    expect(containersOf(synth(inputs).stacks['harbor'])['redis']!.mounts[0]!.source).toBe('/srv/$${x}/%%{y}/redis');
  });

  it('import cdktf by its name and no bindings of a provider, so that a move to its fork is two lines', () => {
    const folder = join(ROOT, 'stacks');
    const imports = readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => ts.preProcessFile(readFileSync(join(folder, name), 'utf8')).importedFiles)
      .map(({ fileName }) => fileName);
    const allowed = /^(cdktf|node:[a-z/]+|\.\/[a-z-]+|\.\.\/src\/deployment)$/;
    expect(imports.filter((name) => !allowed.test(name))).toEqual([]);
    expect(imports).toContain('../src/deployment');
  });
});

describe('node dist/stacks/main.js', () => {
  const environmentNames = readdirSync(join(ROOT, 'stacks/environments'))
    .map((file) => file.replace(/\.yaml$/, ''))
    .flatMap((name) => (name === 'example-pair' ? [`${name}-a`, `${name}-b`] : [name]));
  const CANARY = 'canary-5b2f9e';
  const SECRETS = Object.fromEntries(
    [
      'HARBOR_PASSWORD',
      'HARBOR_ADMIN_PASSWORD',
      'HARBOR_DATABASE_PASSWORD',
      'AWS_SECRET_ACCESS_KEY',
      'HCLOUD_TOKEN',
      'OS_PASSWORD',
      'KUBE_TOKEN',
      'PG_CONN_STR',
      'TF_HTTP_PASSWORD',
      'TF_VAR_password',
    ].map((name) => [name, CANARY]),
  );

  const folder = mkdtempSync(join(tmpdir(), 'breakwater-main-'));
  let outdir: string;
  beforeEach(() => {
    outdir = mkdtempSync(join(folder, 'out-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function run(environment: string, more: Record<string, string> = {}): string {
    const own = { PATH: process.env['PATH'] ?? '', BREAKWATER_ENVIRONMENT: environment };
    const env = { CDKTF_OUTDIR: outdir, ...more, ...own };
    return execFileSync(process.execPath, [join(ROOT, 'dist/stacks/main.js')], {
      cwd: ROOT,
      env,
      stdio: 'pipe',
    }).toString();
  }

  const synthesised = new Map<string, string>();

  /** What one process writes for an environment, without a network and with secrets in its environment variables. */
  function outputOf(environment: string): string {
    const known = synthesised.get(environment);
    if (known !== undefined) return known;
    const to = join(folder, environment);
    const loaded = { LOADED_MODULES_FILE: `${to}.loaded.json` };
    run(environment, { ...SECRETS, ...WITHOUT_NETWORK, ...loaded, CDKTF_OUTDIR: to });
    synthesised.set(environment, to);
    return to;
  }

  it.each([
    ['example', ['images', 'harbor', 'edge']],
    ['example-aws', ['machine', 'images']],
    ['example-hetzner', ['machine', 'images']],
    ['example-openstack', ['machine', 'images']],
    ['example-cluster', ['cluster']],
    ['example-pair-a', ['images', 'harbor', 'edge']],
    ['example-pair-b', ['images', 'harbor', 'edge']],
  ])('writes the stacks of %s as they stand in test/golden, without Terraform, CLI or network', (environment, ids) => {
    const stacks = join(outputOf(environment), 'stacks');
    expect(readdirSync(stacks).sort()).toEqual([...ids].sort());
    for (const id of ids) {
      const written = withoutNotes(JSON.parse(readFileSync(join(stacks, id, 'cdk.tf.json'), 'utf8')));
      const golden: unknown = JSON.parse(
        readFileSync(join(ROOT, 'test/golden/stacks', environment, `${id}.json`), 'utf8'),
      );
      expect(written).toEqual(golden);
    }
  });

  it.each([
    "require('net').connect(9)",
    "fetch('http://127.0.0.1:65001').catch(() => 0)",
    "require('dns').lookup('a', () => 0)",
  ])('would be ended by %s', (script) => {
    const env = { PATH: process.env['PATH'] ?? '', ...WITHOUT_NETWORK };
    expect(spawnSync(process.execPath, ['-e', script], { env }).status).toBe(70);
  });

  it('loads the reader of environments, and no client of Harbor', () => {
    const loaded = JSON.parse(readFileSync(`${outputOf('example')}.loaded.json`, 'utf8')) as string[];
    expect(loaded.filter((file) => /node_modules\/(undici|fastify|commander)\//.test(file))).toEqual([]);
    const own = loaded.map((file) => relative(ROOT, file)).filter((file) => file.startsWith('dist/src/'));
    expect(
      own.filter(
        (file) =>
          !/^dist\/src\/([a-z-]+\.js$|(declaration|deploy|json-schema|kinds\/support|mirror|plan\/(?:address-pattern|field-path)|rules)\b)/.test(
            file,
          ),
      ),
    ).toEqual([]);
    expect(own).toContain('dist/src/deployment.js');
    // Of which cdktf is more than half.
    expect(loaded.length).toBeLessThan(800);
  });

  it.each(environmentNames)('contains no secret of %s, with any environment of the process', (environment) => {
    const output = outputOf(environment);
    const files = readdirSync(output, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['manifest.json', 'cdk.tf.json']));
    for (const { parentPath, name } of files)
      expect(readFileSync(join(parentPath, name), 'utf8')).not.toContain(CANARY);
  });

  it('leaves no stack of an earlier run when a synthesis fails or leaves it out, and then lists the environments', () => {
    cpSync(outputOf('example'), outdir, { recursive: true });
    expect(readdirSync(join(outdir, 'stacks')).sort()).toEqual(['edge', 'harbor', 'images']);
    const written = (): string[] =>
      ['edge', 'harbor', 'images', 'machine'].filter((id) => existsSync(join(outdir, 'stacks', id, 'cdk.tf.json')));
    run('example-aws');
    expect(written()).toEqual(['images', 'machine']);
    expect(() => run('exampel')).toThrow('did you mean "example"?');
    expect(written()).toEqual([]);
    expect(existsSync(join(outdir, 'manifest.json'))).toBe(false);
  });

  it('keeps what Terraform wrote there, but for where the state of another environment is', () => {
    cpSync(outputOf('example'), outdir, { recursive: true });
    const kept = join(outdir, 'stacks', 'images', '.terraform');
    mkdirSync(kept);
    for (const name of ['terraform.tfstate', 'providers']) writeFileSync(join(kept, name), name);
    run('example');
    expect(readdirSync(kept).sort()).toEqual(['providers', 'terraform.tfstate']);
    run('example-hetzner');
    expect(readdirSync(kept)).toEqual(['providers']);
  });
});
