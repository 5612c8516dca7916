import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledProgram, type AboutBundle } from '../../../src/bundle/load';
import { directoryWith } from '../../support/cli';

const COMMANDS = { plan: 'declare', conform: 'prove' } as const;
const SCRIPT = '(function (exports, require) { exports.from = "bundle"; exports.join = require("node:path").join; })';

/** The bundle of one command, and the file of the compiler beside it. */
function bundle(about: Partial<AboutBundle> = {}): string {
  const root = directoryWith({ '.tsbuildinfo': '{}', 'bundle/cli-abc.js': SCRIPT });
  const build = statSync(join(root, '.tsbuildinfo')).mtimeMs;
  writeFileSync(join(root, 'bundle/about.json'), JSON.stringify({ hash: 'abc', commands: COMMANDS, build, ...about }));
  return join(root, 'bundle');
}

it.each([[['plan']], [['--quiet', 'plan', 'conform']]])('%j is in the bundle', (words) => {
  expect(bundledProgram(words, bundle())).toMatchObject({ from: 'bundle', join });
});

it.each([[['demo']], [['--help']], [[]], [['demo', 'plan']], [['toString']]])('%j is not in the bundle', (words) => {
  expect(bundledProgram(words, bundle())).toBeUndefined();
});

it.each<[string, Partial<AboutBundle> | undefined]>([
  ['older than what the compiler wrote', { build: 1 }],
  ['replaced by a later build at this moment', { hash: 'def' }],
])('a bundle is not used if it is %s', (_, about) => {
  expect(bundledProgram(['plan'], bundle(about))).toBeUndefined();
});

it('a missing bundle is no error, and neither is a package without the file of the compiler', () => {
  const installed = directoryWith({
    'bundle/about.json': JSON.stringify({ hash: 'abc', commands: COMMANDS, build: 1 }),
    'bundle/cli-abc.js': SCRIPT,
  });
  expect(bundledProgram(['plan'], join(installed, 'bundle'))).toBeDefined();
  expect(bundledProgram(['plan'], join(installed, 'nothing'))).toBeUndefined();
});

it('bytecode of another version of V8 is ignored', () => {
  const folder = bundle();
  writeFileSync(join(folder, 'cli-abc.declare.compiled'), 'of V8 1.2.3');
  expect(bundledProgram(['plan'], folder)).toMatchObject({ from: 'bundle' });
  expect(readFileSync(join(folder, 'cli-abc.declare.compiled'), 'utf8')).toBe('of V8 1.2.3');
});
