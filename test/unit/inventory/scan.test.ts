import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { inventorySchema } from '../../../src/inventory';
import { cli, directoryWith } from '../../support/cli';

const POLICIES = {
  'policies/all.yaml': `
harbor: { url: https://harbor.example.com:8443, username: admin, password: { env: HARBOR_PASSWORD } }
registries:
  hub: { type: docker-hub }
  quay: { type: docker-registry, url: https://quay.io }
projects:
  proxy.docker.io:
    registry: hub
    conformance: { pull: [library/alpine:3.20], mirrors: [{ domain: mirror.example.com }] }
  proxy.quay.io: { registry: quay }
  own: { public: false }
`,
};

async function scan(files: Readonly<Record<string, string | Buffer>>, ...more: string[]) {
  const root = directoryWith({ ...POLICIES, ...files });
  const result = await cli(['inventory', 'scan', join(root, 'src'), '--policies', join(root, 'policies'), ...more]);
  return { ...result, root };
}

async function scanned(files: Readonly<Record<string, string | Buffer>>) {
  const { out, err, root, code } = await scan(files, '--format', 'json');
  expect(code).toBe(0);
  const document = JSON.parse(out);
  expect(new Ajv2020({ strict: false }).validate(inventorySchema(), document)).toBe(true);
  return { ...document, err, root };
}

describe('inventory scan', () => {
  it.each([
    ['nginx:1', 'needs-rewrite', 'proxy.docker.io', 'harbor.example.com:8443/proxy.docker.io/library/nginx:1'],
    ['index.docker.io/acme/x', 'needs-rewrite', 'proxy.docker.io', 'harbor.example.com:8443/proxy.docker.io/acme/x'],
    ['quay.io/a/b:2', 'needs-rewrite', 'proxy.quay.io', 'harbor.example.com:8443/proxy.quay.io/a/b:2'],
    ['harbor.example.com:8443/proxy.docker.io/library/nginx', 'covered', 'proxy.docker.io', undefined],
    ['harbor.example.com:8443/own/app:1', 'covered', 'own', undefined],
    ['harbor.example.com:8443/typo/app:1', 'unresolvable', undefined, undefined],
    ['mirror.example.com/library/php:8', 'covered', 'proxy.docker.io', undefined],
    ['ghcr.io/a/b:2', 'bypass', undefined, undefined],
  ])('%s: %s', async (image, status, project, target) => {
    const { references } = await scanned({ 'src/Dockerfile': `FROM ${image}\n` });
    expect(references).toMatchObject([{ status, line: 1, column: 6 }]);
    expect([references[0].project, references[0].target]).toEqual([project, target]);
  });

  it('gives the bytes of each reference, after a byte order mark and next to other letters', async () => {
    const text = '\ufeffservices:\r\n  größe: { image: "redis:7", labels: { a: "ü" } }\r\n';
    const { references, root } = await scanned({ 'src/compose.yaml': text });
    const [{ startByte, endByte, line, column }] = references;
    expect(readFileSync(join(root, 'src/compose.yaml')).subarray(startByte, endByte).toString()).toBe('redis:7');
    expect([line, column]).toEqual([2, 20]);
  });

  it('reports which tag it cannot know, and still knows the project', async () => {
    const { references } = await scanned({ 'src/Dockerfile': 'FROM quay.io/a/b:${TAG}\n' });
    expect(references).toMatchObject([{ reference: 'quay.io/a/b', openTag: '${TAG}', status: 'needs-rewrite' }]);
  });

  it('leaves out vendored trees and what .gitignore names, and counts them', async () => {
    const dockerfile = 'FROM alpine:3\n';
    const { references, skipped } = await scanned({
      'src/.gitignore': 'generated/\n*.local\n!keep.local/\n',
      'src/node_modules/a/Dockerfile': dockerfile,
      'src/vendor/Dockerfile': dockerfile,
      'src/generated/Dockerfile': dockerfile,
      'src/sub/keep.local/Dockerfile': dockerfile,
      'src/rust/Cargo.toml': '',
      'src/rust/target/Dockerfile': dockerfile,
      'src/target/Dockerfile': dockerfile,
    });
    expect(references).toHaveLength(2);
    expect(skipped).toEqual({ node_modules: 1, vendor: 1, '.gitignore': 1, target: 1 });
  });

  it('reports a broken file, and reads the others and what comes before the fault', async () => {
    const { references, problems, err } = await scanned({
      'src/a.yaml': 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: alpine:3\n  x: [\n',
      'src/deep.json': `{"image": ${'['.repeat(5000)}`,
      'src/utf16/compose.yaml': Buffer.from('\ufeffservices: {}', 'utf16le'),
      'src/z/Dockerfile': 'FROM busybox\n',
    });
    expect(references.map(({ reference }: { reference: string }) => reference)).toEqual([
      'docker.io/library/alpine:3',
      'docker.io/library/busybox',
    ]);
    expect(problems.map(({ message }: { message: string }) => message)).toEqual([
      expect.stringContaining('collection'),
      'more than 100 levels of nesting: not read further',
      'UTF-16 text: save it as UTF-8',
    ]);
    expect(err).toContain('a.yaml:');
  });

  it('writes text, CSV, SARIF and Markdown', async () => {
    const files = { 'src/Dockerfile': 'FROM quay.io/a/b:1\nCOPY --from=ghcr.io/c/d:2 / /\n' };
    expect((await scan(files)).out).toContain(
      '2 references in 1 file: 0 covered, 1 to rewrite, 1 bypass the cache, 0 unresolvable',
    );
    expect((await scan(files, '--format', 'csv')).out.split('\n')).toHaveLength(4);
    expect((await scan(files, '--format', 'markdown')).out).toContain(
      '| `harbor.example.com:8443/proxy.quay.io/a/b:1` |',
    );
    const sarif = JSON.parse((await scan(files, '--format', 'sarif')).out);
    expect(
      sarif.runs[0].results.map(({ ruleId, level }: { ruleId: string; level: string }) => [ruleId, level]),
    ).toEqual([
      ['inventory/needs-rewrite', 'warning'],
      ['inventory/bypass', 'error'],
    ]);
  });

  it('reads pods and nodes of a cluster', async () => {
    const container = (image: string) => ({ name: 'c', image });
    const list = {
      kind: 'List',
      items: [
        {
          kind: 'Pod',
          metadata: { namespace: 'web', name: 'a' },
          spec: { initContainers: [container('busybox')], containers: [container('quay.io/a/b:1')] },
        },
        {
          kind: 'Node',
          metadata: { name: 'n1' },
          status: {
            images: [
              { names: ['quay.io/a/b@sha256:0', 'quay.io/a/b:1'] },
              { names: ['registry.k8s.io/pause:3.9'] },
              { names: ['<none>@<none>'] },
              { names: null },
            ],
          },
        },
      ],
    };
    const root = directoryWith({ ...POLICIES, 'pods.json': JSON.stringify(list) });
    const run = ['inventory', 'scan', '--policies', join(root, 'policies'), '--format', 'json', '--from-cluster'];
    const { references } = JSON.parse((await cli([...run, join(root, 'pods.json')])).out);
    expect(references.map((one: { file: string; status: string }) => [one.file, one.status])).toEqual([
      ['pod/web/a/c', 'needs-rewrite'],
      ['pod/web/a/c', 'needs-rewrite'],
      ['node/n1', 'bypass'],
    ]);
    const broken = await cli([...run, join(root, 'policies/all.yaml')]);
    expect([broken.code, broken.err]).toEqual([1, expect.stringContaining('kubectl get pods,nodes')]);
  });

  it('reads folders with names that every object has', async () => {
    const { out } = await scan({ 'src/constructor/Dockerfile': 'FROM quay.io/a/b:1\n', 'src/toString/x.sh': 'true\n' });
    expect(out).toContain('1 reference in 2 files');
  });

  it('reads volumes that are images, from files and from a cluster', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: { volumes: [{ name: 'v', image: { reference: 'quay.io/a/b:1', pullPolicy: 'Always' } }] },
    };
    const root = directoryWith({ ...POLICIES, 'pod.json': JSON.stringify(pod) });
    const run = ['inventory', 'scan', '--policies', join(root, 'policies'), '--format', 'json'];
    for (const more of [[join(root, 'pod.json')], ['--from-cluster', join(root, 'pod.json')]]) {
      const { references } = JSON.parse((await cli([...run, ...more])).out);
      expect(references.map((one: { reference: string }) => one.reference)).toEqual(['quay.io/a/b:1']);
    }
  });

  it.each([
    [
      'other kinds alone',
      '{"items":[{"kind":"Deployment"},{"kind":"Deployment"}]}',
      'neither pods nor nodes, but 2 Deployment',
    ],
    ['an error of the API', '{"kind":"Status","status":"Failure"}', 'neither pods nor nodes, but 1 Status'],
    ['items that are no list', '{"items":{}}', 'its items are not a list'],
    ['a list', '[]', 'it is not an object of Kubernetes'],
    ['nothing', 'null', 'it is not an object of Kubernetes'],
  ])('does not call a cluster covered because of %s', async (_case, text, message) => {
    const root = directoryWith({ ...POLICIES, 'pods.json': text });
    const check = [
      'inventory',
      'check',
      '--policies',
      join(root, 'policies'),
      '--from-cluster',
      join(root, 'pods.json'),
    ];
    const { code, err } = await cli(check);
    expect([code, err]).toEqual([1, expect.stringContaining(message)]);
  });

  it('names kinds of a cluster that are not read, and survives broken items', async () => {
    const items = [
      null,
      { kind: 'Deployment' },
      { kind: 'Pod', spec: { containers: [null, { image: 'quay.io/a/b:1' }] } },
    ];
    const text = JSON.stringify({ items });
    const root = directoryWith({ ...POLICIES, 'pods.json': '' });
    const file = join(root, 'pods.json');
    writeFileSync(file, Buffer.from(`\uFEFF${text}`, 'utf16le'));
    const run = ['inventory', 'scan', '--policies', join(root, 'policies'), '--from-cluster', file];
    const { out, err } = await cli(run);
    expect(out).toContain('1 reference');
    expect(err).toContain('1 of kind Deployment not read: only pods and nodes say what runs');
  });

  it('ends if policies were asked for and cannot be used', async () => {
    const root = directoryWith({ 'src/Dockerfile': 'FROM a:1\n' });
    const { code, err } = await cli(['inventory', 'scan', join(root, 'src'), '--policies', join(root, 'none')]);
    expect([code, err]).toEqual([1, expect.stringContaining('none')]);
  });
});

it('counts links, and reports those that lead out of what is scanned', async () => {
  const root = directoryWith({
    ...POLICIES,
    'src/web.yaml': 'image: nginx:1\n',
    'src/node_modules/a.yaml': 'image: no:1\n',
    'shared/db.yaml': 'image: redis:7\n',
    'shared/logo.png': '',
  });
  const link = (target: string, path: string): void => symlinkSync(target, join(root, path));
  link('web.yaml', 'src/same.yaml');
  link('../shared/db.yaml', 'src/db.yaml');
  link('../shared', 'src/all');
  link('../shared/logo.png', 'src/logo.png');
  link('nowhere', 'src/dangling');
  const argv = ['inventory', 'scan', join(root, 'src'), '--policies', join(root, 'policies')];
  const { out, err } = await cli(argv);
  expect(out).toContain('left out: node_modules (1), symbolic links (5)');
  expect(
    err
      .split('\n')
      .filter((line) => line.includes('a link to'))
      .map((line) => line.split(':')[0]),
  ).toEqual([join(root, 'src/all'), join(root, 'src/db.yaml')]);
  const both = await cli([...argv, join(root, 'shared')]);
  expect(both.err).not.toContain('a link to');
  expect(await cli(['inventory', 'check', join(root, 'nowhere'), '--policies', join(root, 'policies')])).toMatchObject({
    code: 1,
    err: expect.stringContaining(`${join(root, 'nowhere')}: no such file or directory`),
  });
});

it('reads the drop-ins of units, and reports a large file of any format that it does not read', async () => {
  const { references, problems } = await scanned({
    'src/web.container.d/10-image.conf': '[Container]\nImage=quay.io/a/b:1\n',
    'src/db.service.d/run.conf': '[Service]\nExecStart=\nExecStart=/usr/bin/docker run quay.io/a/c:1\n',
    'src/Jenkinsfile': `${'// filler\n'.repeat(500_000)}`,
  });
  expect(references.map(({ reference }: { reference: string }) => reference).sort()).toEqual([
    'quay.io/a/b:1',
    'quay.io/a/c:1',
  ]);
  expect(problems).toEqual([{ file: expect.stringMatching(/Jenkinsfile$/), message: 'larger than 4 MiB: not read' }]);
});
