import { parse } from 'yaml';
import type { HarborPins, ImagePin } from '../../../src/deploy';
import { withPins } from '../../../src/deploy/write-pins';

const sha = (digit: string): string => `sha256:${digit.repeat(64)}`;
const image = (name: string, digit: string): string => `goharbor/${name}:v2.15.2@${sha(digit)}`;

const FILE = `# for people
harbor:
  v2.15.2:   # newest
    core:
      image: ${image('harbor-core', 'a')}
      entrypoint: [/harbor/entrypoint.sh] # repeated
    portal: { image: '${image('harbor-portal', 'a')}' }
  # old
  v2.15.0:
    log: { image: "${image('harbor-log', 'a')}" }
traefik: { image: 'traefik:v3@${sha('f')}' }
`;
const written = (release: string, pins: HarborPins): string => withPins(FILE, release, pins);
const core = (digit: string): ImagePin => ({
  image: image('harbor-core', digit),
  entrypoint: ['/harbor/entrypoint.sh'],
});

it('changes nothing if everything is as pinned', () => {
  expect(written('v2.15.2', { core: core('a'), portal: { image: image('harbor-portal', 'a') } })).toBe(FILE);
});

it('changes a digest in its own quotes, and no other byte', () => {
  const pins = { core: core('b'), portal: { image: image('harbor-portal', 'b') } };
  expect(written('v2.15.2', pins)).toBe(
    FILE.replace(image('harbor-core', 'a'), image('harbor-core', 'b')).replace(
      image('harbor-portal', 'a'),
      image('harbor-portal', 'b'),
    ),
  );
});

it('changes how an image starts, in the style that is there, and keeps the comments around it', () => {
  const pins = {
    core: { ...core('b'), command: ['serve', 'a b'] },
    portal: { ...core('c'), image: image('p', 'c') },
  };
  const text = written('v2.15.2', pins);
  expect(parse(text)).toMatchObject({ harbor: { 'v2.15.2': pins } });
  expect(text).toContain(
    '      entrypoint: [ /harbor/entrypoint.sh ]\n      command: [ serve, a b ] # repeated\n    portal: { ',
  );
  expect(text.slice(text.indexOf('  # old'))).toBe(FILE.slice(FILE.indexOf('  # old')));
});

it('adds what a release lacks at its end', () => {
  const log = { image: image('harbor-log', 'b') };
  const text = written('v2.15.2', { log });
  expect(parse(text)).toMatchObject({ harbor: { 'v2.15.2': { log } } });
  expect(text.replace(`\n    log:\n      image: ${log.image}`, '')).toBe(FILE);
});

it('puts a new release before the others', () => {
  const text = written('v2.16.0', { core: core('b') });
  expect(Object.keys((parse(text) as { harbor: object }).harbor)).toEqual(['v2.16.0', 'v2.15.2', 'v2.15.0']);
  expect(text.replace(/ {2}v2\.16\.0:\n(?: {4}.*\n)+/, '')).toBe(FILE);
});
