import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { age, duration, someTime } from '../../src/cli/options';
import { loadInputs } from '../../src/deploy/inputs';
import {
  DURATION_HINT,
  DURATION_PATTERN,
  durationSeconds,
  GO_DURATION,
  parseDuration,
  toGoDuration,
} from '../../src/duration';

const inFiles = new RegExp(DURATION_PATTERN);

describe('a duration', () => {
  it.each([
    ['1s', 1],
    ['90s', 90],
    ['30m', 1_800],
    ['2h', 7_200],
    ['99h', 356_400],
    ['7d', 604_800],
    // The longest values that the fields of a file accepted when each had its own pattern.
    ['9999999s', 9_999_999],
    ['9999999m', 599_999_940],
    ['99999h', 359_996_400],
    ['99999d', 8_639_913_600],
  ])('%s is %d seconds, in a file and in an option', (text, seconds) => {
    expect(inFiles.test(text)).toBe(true);
    expect(parseDuration(text)).toBe(seconds);
    expect(durationSeconds(text)).toBe(seconds);
    expect(age(text)).toBe(seconds);
  });

  it.each([
    ['90', 90],
    ['0', 0],
    ['0s', 0],
    ['007m', 420],
  ])('%s is %d seconds in an option alone: a file needs a unit, and more than 0', (text, seconds) => {
    expect(inFiles.test(text)).toBe(false);
    expect(duration(text)).toBe(seconds);
  });

  it.each([
    '',
    's',
    'm',
    '5x',
    '1w',
    '1y',
    '1.5h',
    '1h30m',
    '-1s',
    '+1s',
    ' 1s',
    '1s ',
    '1 s',
    '1S',
    '1ms',
    '1s\n',
    '1e3s',
  ])('is not %j', (text) => {
    expect(inFiles.test(text)).toBe(false);
    expect(parseDuration(text)).toBeUndefined();
    expect(() => durationSeconds(text)).toThrow(RangeError);
    for (const option of [age, duration, someTime])
      expect(() => option(text)).toThrow(new RegExp(`^${DURATION_HINT.replace(/[()]/g, '\\$&')}\\.$`, 'i'));
  });

  it('of an option that a timer waits for ends at 24 days; an age does not', () => {
    expect(duration('24d')).toBe(24 * 86_400);
    expect(() => duration('25d')).toThrow('The longest duration is 24 days.');
    expect(age('400d')).toBe(400 * 86_400);
    expect(() => someTime('0m')).toThrow('Must be longer than 0 s');
  });

  it.each([
    ['90s', '90s'],
    ['2m', '2m'],
    ['1h', '1h'],
    ['2d', '48h'],
  ])('%s is %s for a program written in Go', (text, go) => {
    expect(toGoDuration(text)).toBe(go);
    expect(GO_DURATION.test(go)).toBe(true);
  });

  it.each(['1h30m', '1.5h', '.5s', '300ms', '1µs', '1μs', '0'])('of Go may be %s', (text) => {
    expect(GO_DURATION.test(text)).toBe(true);
  });

  it.each(['1d', '10', '1', 's', '1 s', '-', ''])('of Go is not %j', (text) => {
    expect(GO_DURATION.test(text)).toBe(false);
  });
});

/** Every place of an environment file that holds a duration. */
const PLACES: readonly (readonly [string, (value: string) => string])[] = [
  ['harbor.waits.core', (value) => `harbor: { version: v2.15.2, hostname: a.b, waits: { core: ${value} } }`],
  ['backup.max_age', (value) => `backup: { max_age: ${value}, proofs: [{ manifest: m }] }`],
  [
    'edge.certificate.acme.lifetime',
    (value) => `edge: { certificate: { acme: { email: a@b.c, lifetime: ${value} } } }`,
  ],
  [
    'edge.certificate.acme.propagation.delay',
    (value) => `edge: { certificate: { acme: { email: a@b.c, propagation: { delay: ${value} } } } }`,
  ],
  [
    'edge.mirrors[0].shield.stale',
    (value) => `edge: { mirrors: [{ hostname: m.b, project: p, shield: { stale: ${value} } }] }`,
  ],
  ['cluster.service_monitor.interval', (value) => `cluster: { service_monitor: { interval: ${value} } }`],
];

describe('a duration in an environment file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'breakwater-durations-'));
    mkdirSync(join(directory, 'environments'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const findings = async (text: string) => {
    writeFileSync(join(directory, 'environments', 'prod.yaml'), `${text}\n`);
    const { diagnostics } = await loadInputs(directory, 'prod');
    return diagnostics.filter(({ hint }) => hint === DURATION_HINT).map(({ message }) => message);
  };

  it.each(PLACES)('%s has the same message for every wrong value', async (place, write) => {
    expect(await findings(write('soon'))).toEqual([`${place}: "soon" is not a duration`]);
    expect(await findings(write('90'))).toEqual([`${place}: 90 is not a duration`]);
    expect(await findings(write('0s'))).toEqual([`${place}: "0s" is not a duration`]);
    for (const text of ['90s', '30m', '2h', '7d']) expect(await findings(write(text))).toEqual([]);
  });

  it('is read with the same pattern in every published schema', () => {
    const schemas = ['declaration', 'environment'].map((name) =>
      readFileSync(resolve(__dirname, `../../schemas/${name}.schema.json`), 'utf8'),
    );
    const patterns = schemas.flatMap((text) =>
      [...text.matchAll(/"pattern": (".*")/g)].map(([, json]) => JSON.parse(json!)),
    );
    const durations = patterns.filter((pattern: string) => /\[[smhd]{1,4}\]|\([smhd|]+\)/.test(pattern));
    expect([...new Set(durations)]).toEqual([DURATION_PATTERN]);
    expect(durations.length).toBeGreaterThanOrEqual(PLACES.length + 4);
  });
});
