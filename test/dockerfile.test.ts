import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ').split('\n');
const instructions = lines.filter((line) => /^[A-Z]+ /.test(line));
const ofKind = (word: string): string[] => instructions.filter((line) => line.startsWith(`${word} `));
const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').trim().split('\n');

describe('the container recipe', () => {
  it('ends as a user without a name, with breakwater as its entrypoint', () => {
    expect(ofKind('USER')).toEqual(['USER 10001:10001']);
    expect(instructions.slice(-2)).toEqual(['ENTRYPOINT ["breakwater"]', 'CMD ["--help"]']);
  });

  it('begins both stages from one pinned image, and builds only once for several platforms', () => {
    expect(ofKind('ARG')).toEqual([
      expect.stringMatching(/^ARG NODE=docker\.io\/library\/node:\d+\.\d+\.\d+-[a-z-]+$/),
    ]);
    expect(ofKind('FROM')).toEqual(['FROM --platform=$BUILDPLATFORM ${NODE} AS build', 'FROM ${NODE}']);
  });

  it('runs no script of a dependency, and installs the versions of the lockfile', () => {
    const installs = instructions.flatMap((line) => line.match(/npm (ci|install)[^&]*/g) ?? []);
    expect(installs).toHaveLength(2);
    expect(installs.every((line) => line.startsWith('npm ci') && line.includes('--ignore-scripts'))).toBe(true);
  });

  it('is given what the package is built from, and no state, secret or history', () => {
    expect(ignored[0]).toBe('*');
    const given = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
    const sources = files.filter((name) => !/^(dist|!)/.test(name)).map((name) => name.replace(/\/.*/, ''));
    for (const name of [...sources, 'src', 'package-lock.json'])
      expect(given.some((one) => one === name || one.startsWith(`${name}/`))).toBe(true);
    expect(given.filter((name) => /git|state|secret|policies|node_modules|env/.test(name))).toEqual([]);
  });
});

it('the build stage is given every file that the package is compiled from', () => {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const listed = execFileSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.json'), '--listFilesOnly'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const own = listed
    .trim()
    .split('\n')
    .map((file) => relative(ROOT, resolve(ROOT, file)))
    .filter((file) => !file.startsWith('..') && !file.startsWith('node_modules'));
  const given = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  expect(own.length).toBeGreaterThan(500);
  expect(own.filter((file) => !given.some((one) => file === one || file.startsWith(`${one}/`)))).toEqual([]);
});

/** Needs a daemon, the base image and a package registry: minutes. `CONTAINER=docker npx jest test/dockerfile` */
const engine = process.env['CONTAINER'] ?? '';
if (engine === '')
  process.stderr.write('skipped: the image is not built; CONTAINER=docker (or podman) builds and starts it\n');

(engine === '' ? describe.skip : describe)('the image', () => {
  it('is built, and runs as an ordinary user on a repository that is mounted', () => {
    execFileSync(engine, ['build', '-t', 'breakwater-test', ROOT], { stdio: 'inherit' });
    const version = execFileSync(engine, ['run', '--rm', 'breakwater-test', 'version'], { encoding: 'utf8' });
    expect(version).toMatch(/^breakwater \d/);
    const mounted = ['run', '--rm', '-v', `${ROOT}:/work:ro`, 'breakwater-test'];
    expect(execFileSync(engine, [...mounted, 'validate'], { encoding: 'utf8' })).toMatch(/^policies is valid/m);
    const who = spawnSync(engine, ['run', '--rm', '--entrypoint', 'id', 'breakwater-test', '-u'], { encoding: 'utf8' });
    expect(who.stdout.trim()).toBe('10001');
  }, 900_000);
});
