import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { corpus } from './corpus-files';
import { cli, directoryWith } from '../../support/cli';

const POLICIES = `
harbor: { url: https://harbor.example.com, username: admin, password: { env: HARBOR_PASSWORD } }
registries:
  hub: { type: docker-hub }
  quay: { type: docker-registry, url: https://quay.io }
  ghcr: { type: github-ghcr }
projects:
  proxy.docker.io: { registry: hub }
  proxy.quay.io: { registry: quay }
  proxy.ghcr.io: { registry: ghcr }
`;

function world(files: Readonly<Record<string, string | Buffer>>) {
  const root = directoryWith({ 'policies/all.yaml': POLICIES, ...prefixed(files) });
  const rewrite = (...more: string[]) =>
    cli([
      'inventory',
      'rewrite',
      join(root, 'src'),
      '--policies',
      join(root, 'policies'),
      '--record',
      join(root, 'record.jsonl'),
      ...more,
    ]);
  const read = (name: string) => readFileSync(join(root, 'src', name));
  return { root, rewrite, read };
}

function prefixed(files: Readonly<Record<string, string | Buffer>>): Record<string, string | Buffer> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`src/${name}`, text]));
}

async function rewritten(name: string, text: string): Promise<string> {
  const { rewrite, read } = world({ [name]: text });
  expect((await rewrite('--write')).code).toBe(0);
  return read(name).toString();
}

describe('inventory rewrite', () => {
  it.each([
    ['Dockerfile', 'FROM nginx:1 AS a # c\r\n', 'FROM harbor.example.com/proxy.docker.io/library/nginx:1 AS a # c\r\n'],
    ['Dockerfile', 'FROM docker.io/nginx', 'FROM harbor.example.com/proxy.docker.io/library/nginx'],
    [
      'Dockerfile',
      'FROM index.docker.io/acme/x@sha256:' + 'a'.repeat(64),
      'FROM harbor.example.com/proxy.docker.io/acme/x@sha256:' + 'a'.repeat(64),
    ],
    ['Dockerfile', 'FROM quay.io/a/b:${TAG}\n', 'FROM harbor.example.com/proxy.quay.io/a/b:${TAG}\n'],
    [
      'Dockerfile',
      'ARG B="alpine:3"\nFROM ${B}\n',
      'ARG B="harbor.example.com/proxy.docker.io/library/alpine:3"\nFROM ${B}\n',
    ],
    [
      'Dockerfile',
      'ARG R=quay.io\nFROM $R/a/b:1\nFROM $R/c/d:1\n',
      'ARG R=harbor.example.com/proxy.quay.io\nFROM $R/a/b:1\nFROM $R/c/d:1\n',
    ],
    [
      'compose.yaml',
      'services: { a: { image: "${I:-redis:7}" } } # x\n',
      'services: { a: { image: "${I:-harbor.example.com/proxy.docker.io/library/redis:7}" } } # x\n',
    ],
    [
      'values.yaml',
      'image:\n  registry: docker.io\n  repository: redis\n  tag: 1.10\n',
      'image:\n  registry: harbor.example.com/proxy.docker.io\n  repository: library/redis\n  tag: 1.10\n',
    ],
    [
      'values.yaml',
      'image: { repository: \'quay.io/a/b\', tag: "" }\n',
      'image: { repository: \'harbor.example.com/proxy.quay.io/a/b\', tag: "" }\n',
    ],
    [
      'x.sh',
      "docker run -it --rm 'nginx:1' x:1\n",
      "docker run -it --rm 'harbor.example.com/proxy.docker.io/library/nginx:1' x:1\n",
    ],
    [
      'Dockerfile',
      'ARG R=docker.io\nFROM $R/nginx:1\nFROM $R/acme/x:1\n',
      'ARG R=harbor.example.com/proxy.docker.io\nFROM $R/library/nginx:1\nFROM $R/acme/x:1\n',
    ],
    [
      'x.sh',
      'skopeo copy docker://quay.io/a/b:1 docker://quay.io/own/b:1\n',
      'skopeo copy docker://harbor.example.com/proxy.quay.io/a/b:1 docker://quay.io/own/b:1\n',
    ],
  ])('%s: %j', async (name, before, after) => {
    expect(await rewritten(name, before)).toBe(after);
  });

  it.each([
    ['a registry that has no project', 'Dockerfile', 'FROM registry.example.org/a:1\n'],
    [
      'a variable that is used for more than images',
      'Dockerfile',
      'ARG R=quay.io\nFROM $R/a/b:1\nRUN curl https://$R/x\n',
    ],
    ['the name that a kustomization has to match', 'kustomization.yaml', 'images:\n  - name: nginx\n    newTag: "1"\n'],
    ['an image that is built', 'compose.yaml', 'services: { a: { build: ., image: acme/a:1 } }\n'],
    [
      'a module of Testcontainers that checks the name',
      'A.java',
      'import org.testcontainers.X;\nnew PostgreSQLContainer<>("postgres:16");\n',
    ],
  ])('keeps %s unchanged', async (_what, name, text) => {
    expect(await rewritten(name, text)).toBe(text);
  });

  it('shows a unified diff that patch can apply, and writes nothing', async () => {
    const text = 'a\nb\nc\nd\nFROM nginx:1\ne\nf\ng\nh\n';
    const { rewrite, read } = world({ Dockerfile: text });
    const { out, err } = await rewrite();
    expect(read('Dockerfile').toString()).toBe(text);
    expect(out).toContain(
      '@@ -2,7 +2,7 @@\n b\n c\n d\n-FROM nginx:1\n+FROM harbor.example.com/proxy.docker.io/library/nginx:1\n e\n f\n g\n',
    );
    expect(err).toContain('1 edit in 1 file; write them with --write');
  });

  it('configures the upstreams for Renovate', async () => {
    const { rewrite } = world({ Dockerfile: 'FROM nginx:1\n' });
    expect((await rewrite('--write')).err).toContain('"harbor.example.com/proxy.quay.io":"quay.io"');
  });

  it('restores what was covered before, and what was rewritten in two rounds', async () => {
    const { rewrite, read, root } = world({
      Dockerfile: 'FROM nginx:1\nFROM harbor.example.com/proxy.docker.io/library/own:1\n',
    });
    const before = read('Dockerfile');
    await rewrite('--write');
    writeFileSync(join(root, 'src/new.sh'), 'docker pull redis\n');
    await rewrite('--write');
    await rewrite('--write', '--reverse');
    expect(read('Dockerfile')).toEqual(before);
    expect(read('new.sh').toString()).toBe('docker pull redis\n');
    expect(readdirSync(root)).not.toContain('record.jsonl');
  });

  it('restores short names if the file was changed since, and reports it', async () => {
    const { rewrite, read, root } = world({ Dockerfile: 'FROM docker.io/library/nginx:1\n' });
    await rewrite('--write');
    writeFileSync(join(root, 'src/Dockerfile'), `${read('Dockerfile').toString()}RUN true\n`);
    const { err } = await rewrite('--write', '--reverse');
    expect(read('Dockerfile').toString()).toBe('FROM nginx:1\nRUN true\n');
    expect(err).toContain('no matching record');
  });

  it('refuses to work with a damaged record, and touches nothing', async () => {
    const { rewrite, read, root } = world({ Dockerfile: 'FROM nginx:1\n' });
    writeFileSync(join(root, 'record.jsonl'), 'nonsense\n');
    const { code, err } = await rewrite('--write');
    expect([code, read('Dockerfile').toString()]).toEqual([1, 'FROM nginx:1\n']);
    expect(err).toContain('record.jsonl:1');
  });

  it('keeps the mode of a file', async () => {
    const { rewrite, root } = world({ 'x.sh': 'docker pull nginx\n' });
    const { mode } = statSync(join(root, 'src/x.sh'));
    await rewrite('--write');
    expect(statSync(join(root, 'src/x.sh')).mode).toBe(mode);
  });

  it('changes nothing in a second run, and restores every byte of the corpus', async () => {
    await roundTrip(Object.fromEntries(corpus.map(({ path, text }) => [path, text])));
  });

  it('changes nothing in a second run, and restores every byte of generated files', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(generatedFile, { minLength: 1, maxLength: 6 }), (files) =>
        roundTrip(Object.fromEntries(files.map(([name, text], at) => [`${at}/${name}`, Buffer.from(text)]))),
      ),
      { numRuns: 40 },
    );
  });
});

async function roundTrip(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  const { rewrite, read } = world(files);
  const names = Object.keys(files);
  // As text of one byte per character: `expect` compares buffers element by element.
  const bytes = (): string[] => names.map((name) => read(name).toString('latin1'));
  const before = bytes();
  await rewrite('--write');
  const after = bytes();
  expect((await rewrite('--write')).err).toContain('0 edits in 0 files');
  expect(bytes()).toEqual(after);
  await rewrite('--write', '--reverse');
  expect(bytes()).toEqual(before);
}

const image = fc.constantFrom(
  'nginx',
  'nginx:1.27',
  'docker.io/nginx',
  'docker.io/library/nginx:1',
  'index.docker.io/a/b',
  'quay.io/a/b:1',
  'ghcr.io/a/b/c:v1',
  `quay.io/a/b@sha256:${'0'.repeat(64)}`,
  'harbor.example.com/proxy.docker.io/library/x:1',
  'registry.example.org/a:1',
  'localhost:5000/a',
  '${X:-redis:7}',
  '"nginx:1"',
  "'quay.io/a/b'",
  'NOT/valid:',
  '',
);
const ending = fc.constantFrom('\n', '\r\n');
const comment = fc.constantFrom('', ' # nginx:1', ' # größe');
const mark = fc.constantFrom('', '\ufeff');
const line = (format: (image: string) => string) =>
  fc.tuple(image, comment).map(([name, text]) => `${format(name)}${text}`);
const fileOf = (name: string, format: (image: string) => string, head = '') =>
  fc
    .tuple(mark, fc.array(line(format), { maxLength: 8 }), ending, fc.boolean())
    .map(([bom, lines, end, closed]): [string, string] => [
      name,
      `${bom}${[head, ...lines].filter(Boolean).join(end)}${closed ? end : ''}`,
    ]);
const generatedFile = fc.oneof(
  fileOf('Dockerfile', (name) => `FROM ${name} AS s`),
  fileOf('compose.yaml', (name) => `  - image: ${name}`, 'services:'),
  fileOf('values.yaml', (name) => `- image: { repository: ${name.replace(/:[^/]*$/, '')}, tag: 1.10 }`),
  fileOf('x.sh', (name) => `docker run --rm ${name} sh`),
  fileOf('main.tf', (name) => `container { image = "${name.replaceAll('"', '')}" }`),
  fileOf('.gitlab-ci.yml', (name) => `- image: ${name}`),
);
