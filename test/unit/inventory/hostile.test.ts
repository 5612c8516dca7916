import { noCache, scanSource, sourceOf } from '../../../src/inventory';

const SIZE = 40_000;
const repeated = (text: string): string => text.repeat(Math.ceil(SIZE / text.length));

/** Text that a careless pattern reads again and again. */
describe('a file of 40 KB that is made to take long', () => {
  it.each([
    ['a.sh', repeated('${')],
    ['b.sh', `docker ${repeated('$(')}`],
    ['c.sh', `docker run ${repeated('`"')}`],
    ['d.sh', repeated('docker <<A\n')],
    ['values.yaml', `image: ${repeated('{{ indent ')}`],
    ['x/templates/a.yaml', repeated('{% %} image\n')],
    ['x/templates/b.yaml', `image: x\n${repeated('{%')}`],
    ['c.yaml', `image: ${repeated('<<a ')}`],
    ['devcontainer.json', `{"image": 1 ${repeated('/* ')}`],
    ['devcontainer.json', `{"image": [${repeated(', ')}`],
    ['main.tf', repeated('/* ')],
    ['main.tf', repeated('image = "${')],
    ['Jenkinsfile', `docker ${repeated('/* ')}`],
    ['A.java', `testcontainers ${repeated("'''")}`],
    ['Dockerfile', repeated('FROM ${a}${b}${c}${d} AS x${y}z\n')],
    ['Dockerfile', `FROM ${repeated('${a:-')}`],
    ['Dockerfile', repeated('RUN docker build \\\n')],
    ['Makefile', repeated('A = $(A)\n')],
    ['Tiltfile', repeated('"""docker ')],
    ['MODULE.bazel', repeated('oci.pull(')],
    ['ci.gitlab-ci.yml', `x: [${repeated('[')}`],
    ['blank.yaml', `a: b\n${repeated('\n')}`],
    ['blank.hcl', `a = 1\n${repeated('\n')}`],
    ['Makefile', `A = x${repeated(' ')}y\n`],
    ['.env', `A_IMAGE=x${repeated(' ')}${repeated(' ')}y\n`],
    ['Tiltfile', `'''\nimage: x${' '.repeat(2500)}y\n'''`],
    ['values.yaml', `image: { repository: "${'${'.repeat(SIZE)}", tag: x }`],
    ['kustomization.yaml', `images:\n  - { name: a, newTag: "${'${'.repeat(SIZE)}" }`],
    ['tag.tf', `locals {\n  x = { repository = "a/b", tag = "${'$('.repeat(SIZE)}" }\n}\n`],
    ['stage.Dockerfile', `FROM a AS ${'$('.repeat(SIZE)}\n`],
    ['braces.sh', `A=1\ndocker pull a/b:$A\necho ${'{{ '.repeat(4 * SIZE)}\n`],
    ['a.service', `[Service]\nEnvironment=TAG=1\n${'ExecStart=/usr/bin/docker run a/b:${TAG}\n'.repeat(8_000)}`],
    [
      'jobs.gitlab-ci.yml',
      Array.from({ length: 8_000 }, (_, i) => `j${i}:\n  script: X=1; docker pull a/b:$X\n`).join(''),
    ],
  ])('%s is read within seconds', (file, text) => {
    const started = performance.now();
    scanSource(sourceOf(file, Buffer.from(text)), noCache, { problem: () => undefined });
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

it('a Dockerfile of forty thousand stages is read within seconds: a name is not compared with each other one', () => {
  const count = 40_000;
  const text = Array.from({ length: count }, (_, i) => `FROM a/b:${i} AS s${i}`).join('\n');
  const before = process.cpuUsage();
  const { references } = scanSource(sourceOf('Dockerfile', Buffer.from(text)), noCache, { problem: () => undefined });
  expect(references).toHaveLength(count);
  // In CPU time, whatever else the machine does: 3 s, and 70 s with a comparison of all names.
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(20);
}, 120_000);

it('variables that double each other do not hide what else a file names', () => {
  const doubling = Array.from({ length: 64 }, (_, i) => `A${i} = $(A${i + 1})$(A${i + 1})\n`).join('');
  const text = `${doubling}\tdocker pull $(A0)\n\tdocker pull nginx:1\n`;
  const problems: unknown[] = [];
  const { references } = scanSource(sourceOf('Makefile', Buffer.from(text)), noCache, {
    problem: (problem) => problems.push(problem),
  });
  expect(references.map(({ reference }) => reference.reference)).toContain('docker.io/library/nginx:1');
  expect(problems).toEqual([]);
});

it.each([
  ['Dockerfile', 'ARG constructor\nFROM a/b:${constructor} AS __proto__\nFROM __proto__\nCOPY --from=toString /a /b\n'],
  ['compose.yaml', 'services:\n  constructor: { image: "a/b:${__proto__}" }\n  __proto__: { build: . }\n'],
  ['values.yaml', 'constructor: { image: { repository: a/b, tag: toString } }\n__proto__: { image: c/d:1 }\n'],
  ['main.tf', 'variable "constructor" {}\nresource "docker_container" "__proto__" { image = var.constructor }\n'],
  ['a.sh', '__proto__=1\nfor constructor in $toString; do docker pull a/b:$constructor; done\n'],
  ['Makefile', 'toString = a/b:1\n\tdocker pull $(toString) $(constructor)\n'],
  ['MODULE.bazel', 'oci.pull(constructor = "a", __proto__ = "b", image = "a/b")\n'],
  ['Jenkinsfile', 'def constructor = \'a/b:1\'\nsh "docker pull ${constructor} ${__proto__}"\n'],
  ['kustomization.yaml', 'images: [{ name: constructor, newName: a/b, newTag: __proto__ }]\n'],
  [
    '.github/workflows/a.yaml',
    'jobs: { constructor: { env: { __proto__: "1" }, container: "a/b:${{ env.toString }}" } }\n',
  ],
])('%s may use words of JavaScript as names', (file, text) => {
  const problems: unknown[] = [];
  const { references } = scanSource(sourceOf(file, Buffer.from(text)), noCache, {
    problem: (problem) => problems.push(problem),
  });
  expect(problems).toEqual([]);
  expect(references.length).toBeGreaterThan(0);
  expect(JSON.stringify(references)).not.toContain('native code');
});
