import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { directoryWith } from '../../../support/cli';
import { policiesOnDisk, removePolicies } from '../support/policies-on-disk';

afterEach(removePolicies);

interface Outcome {
  readonly rules: readonly string[];
  readonly count: number;
  readonly peakKiB: number;
}

/** The sources as they are, as one script for all children: whether somebody built them does not matter. */
const CHILD = join(directoryWith({}), 'load-in-child.js');
beforeAll(() => {
  const entryPoints = [join(__dirname, '../support/load-in-child.js')];
  buildSync({ entryPoints, bundle: true, platform: 'node', target: 'node20', outfile: CHILD });
});

/** Each takes one to three seconds on an idle machine; a hang takes forever. */
const DEADLINE_MS = 60_000;
const MIB = 1024 * 1024;

/** In a process of its own: what yaml 2.9 does with deep nesting ends the process, and nothing can catch it. */
async function loadInChild(text: string | Buffer): Promise<Outcome> {
  const directory = policiesOnDisk({ 'a.yaml': text });
  const child = spawn(process.execPath, [CHILD, directory], {
    timeout: DEADLINE_MS,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject).on('close', (...ended) => resolve(ended));
  });
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  return JSON.parse(Buffer.concat(chunks).toString()) as Outcome;
}

/** As often as it fits into the largest file that is read. */
function filled(unit: string, around: [string, string] = ['', '']): string {
  return around[0] + unit.repeat(Math.floor((MIB - 100) / Buffer.byteLength(unit))) + around[1];
}

const bomb = Array.from({ length: 11 }, (_, i) =>
  i === 0 ? 'a0: &a0 [x]' : `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`,
).join('\n');
const staircase = Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
const bigDefaults = `defaults: { berth: { tags: [${'a, '.repeat(10_000)}] } }\nberths: { ${Array.from({ length: 20_000 }, (_, i) => `b${i}: {}`).join(', ')} }`;
const manyKeys = Array.from({ length: 40_000 }, (_, i) => `key${i}: 1\n`).join('');
const manyBerths = Array.from({ length: 40_000 }, (_, i) => `b${i}: 1,`).join('');

describe('no YAML hangs or kills the process', () => {
  it.each<[string, string | Buffer, string]>([
    ['two megabytes of [', '['.repeat(2 * MIB), 'file-too-large'],
    ['a megabyte of [', filled('['), 'too-deep'],
    ['a megabyte of {a: ', filled('{a: '), 'too-deep'],
    ['a megabyte of dashes', filled('- '), 'too-deep'],
    ['a staircase of indentation', staircase, 'too-deep'],
    ['an alias bomb', bomb, 'too-many-aliases'],
    ['defaults of 10,000 values for 20,000 objects', bigDefaults, 'too-many-nodes'],
    ['40,000 keys', manyKeys, 'unknown-key'],
    ['40,000 wrong values on one line', `berths: { ${manyBerths} }`, 'wrong-type'],
    ['the same key all over', filled('k: 1\n'), 'too-many-tokens'],
    ['the same key 60,000 times', 'key: 1\n'.repeat(60_000), 'duplicate-key'],
    ['a megabyte of commas', filled(',', ['berths: [', ']']), 'too-many-tokens'],
    ['half a megabyte of commas', `berths: [${','.repeat(MIB / 2)}]`, 'yaml-syntax'],
    ['a line of a megabyte', filled('x', ['light: ', '']), 'wrong-type'],
    ['a quote that never ends', filled('x', ['light: "', '']), 'yaml-syntax'],
    ['a megabyte of escapes', filled('\\n', ['light: "', '"']), 'wrong-type'],
    ['a block of 250,000 lines', filled('  x\n', ['light: >\n', '']), 'wrong-type'],
    ['a megabyte of anchors', filled('&a '), 'too-many-tokens'],
    ['a megabyte of NUL', filled('\0'), 'wrong-type'],
    ['a megabyte of noise', Buffer.alloc(MIB, Buffer.from([0xff, 0x5b, 0xc0])), 'not-utf-8'],
  ])(
    '%s',
    async (_name, text, rule) => {
      const { rules, peakKiB } = await loadInChild(text);
      expect(rules).toContain(rule);
      expect(peakKiB).toBeLessThan(700 * 1024);
    },
    2 * DEADLINE_MS,
  );
});
