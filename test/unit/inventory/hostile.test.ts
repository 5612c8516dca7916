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
