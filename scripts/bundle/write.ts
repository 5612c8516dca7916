import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { BUNDLE_FOLDER, buildOf, compiledFile, scriptFile, type AboutBundle } from '../../src/bundle/load';
import { startSandbox } from '../../src/sandbox';
import { startFixtureUpstream } from '../../src/upstream';
import { writePolicies } from './policies';
import type { Work } from './remember';

const MODULES = resolve(__dirname, '../../src/cli');
/** Everything else is a server, deploys, or is asked once. */
const COMMANDS = ['validate', 'plan', 'apply', 'drift', 'export', 'conform', 'report', 'rules', 'health', 'doctor'];
const PASSWORD = 'Harbor12345';

/** @param installed of what is bundled */
export async function writeBundle(installed: string | undefined): Promise<void> {
  mkdirSync(BUNDLE_FOLDER, { recursive: true });
  const { text, licences } = await bundle();
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  if (!existsSync(compiledFile(BUNDLE_FOLDER, hash))) {
    replace(scriptFile(BUNDLE_FOLDER, hash), text);
    await compileByUse(hash);
  }
  replace(join(BUNDLE_FOLDER, 'licenses.txt'), licences);
  const about: AboutBundle = { hash, commands: COMMANDS, build: buildOf(BUNDLE_FOLDER), installed };
  replace(join(BUNDLE_FOLDER, 'about.json'), JSON.stringify(about));
  for (const name of readdirSync(BUNDLE_FOLDER))
    if (name.startsWith('cli-') && !name.includes(hash)) rmSync(join(BUNDLE_FOLDER, name));
}

async function bundle(): Promise<{ text: string; licences: string }> {
  const others = readdirSync(join(MODULES, 'commands'))
    .filter((name) => name.endsWith('.js') && ![...COMMANDS, 'index'].includes(name.replace('.js', '')))
    .map((name) => join(MODULES, 'commands', name));
  const { outputFiles, metafile } = await build({
    entryPoints: [join(MODULES, 'program.js')],
    external: [...others, join(MODULES, '../app/import-from.js')],
    // Modules of Node that a library loads without need, or asks too often.
    alias: { process: join(__dirname, 'process.js'), 'node:http2': join(__dirname, 'no-http2.js') },
    // Of a script from bytecode, V8 does not know the loader.
    supported: { 'dynamic-import': false },
    bundle: true,
    write: false,
    metafile: true,
    outfile: join(BUNDLE_FOLDER, 'cli.js'),
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Names and lines stay, for stack traces.
    minifyWhitespace: true,
    lineLimit: 120,
    minifySyntax: true,
    legalComments: 'none',
    // One byte per character, also in memory.
    charset: 'ascii',
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
  });
  return { text: outputFiles[0]!.text, licences: licencesOf(metafile) };
}

/** The licenses of the bundled packages require that their text is passed on. */
function licencesOf({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
      if (file === undefined) throw new Error(`${folder} has no license`);
      return `${folder.replace(/.*node_modules\//, '')}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** V8 keeps what was used: every command once, against a sandbox. */
async function compileByUse(hash: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bundle-'));
  const upstream = await startFixtureUpstream();
  const sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.003 });
  try {
    writePolicies(folder, { url: sandbox.url, upstream: upstream.url });
    const to = join(folder, 'compiled');
    const work: Work = { hash, to, env: { HARBOR_PASSWORD: PASSWORD, READER_SECRET: PASSWORD }, folder };
    await promisify(execFile)(process.execPath, [join(__dirname, 'remember.js'), JSON.stringify(work)]);
    replace(compiledFile(BUNDLE_FOLDER, hash), readFileSync(to));
  } finally {
    await Promise.all([sandbox.close(), upstream.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Programs that run meanwhile have the old file or the new one. */
function replace(file: string, content: string | Buffer): void {
  if (existsSync(file) && readFileSync(file).equals(Buffer.from(content))) return;
  const written = join(BUNDLE_FOLDER, `../.bundle-${process.pid}`);
  writeFileSync(written, content);
  renameSync(written, file);
}
