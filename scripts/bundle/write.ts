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
import { BUNDLE_FOLDER, buildOf, compiledFile, scriptFile, type AboutBundle, type Part } from '../../src/bundle/load';
import { startSandbox } from '../../src/sandbox';
import { startFixtureUpstream } from '../../src/upstream';
import { nodeModules } from './node-modules';
import { writePolicies } from './policies';
import { preparedSchema } from './prepared-schema';
import type { Work } from './remember';

const MODULES = resolve(__dirname, '../../src/cli');
/** Everything else is a server, deploys, or is asked once. */
const COMMANDS: Readonly<Record<Part, readonly string[]>> = {
  declare: ['validate', 'plan', 'apply', 'drift', 'export'],
  prove: ['conform', 'report', 'rules', 'health', 'doctor'],
};
const PARTS = Object.keys(COMMANDS) as Part[];
/** Instead of Node's, whose first use loads nine modules. Only differences of times are used. */
const CLOCK = 'const performance={now:()=>Number(process.hrtime.bigint())/1e6};';
const PASSWORD = 'Harbor12345';

/** @param installed of what is bundled */
export async function writeBundle(installed: string | undefined): Promise<void> {
  mkdirSync(BUNDLE_FOLDER, { recursive: true });
  const { text, licences } = await bundle();
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  if (PARTS.some((part) => !existsSync(compiledFile(BUNDLE_FOLDER, hash, part)))) {
    replace(scriptFile(BUNDLE_FOLDER, hash), text);
    await compileByUse(hash);
  }
  replace(join(BUNDLE_FOLDER, 'licenses.txt'), licences);
  const commands = Object.fromEntries(PARTS.flatMap((part) => COMMANDS[part].map((name) => [name, part])));
  const about: AboutBundle = { hash, commands, build: buildOf(BUNDLE_FOLDER), installed };
  replace(join(BUNDLE_FOLDER, 'about.json'), JSON.stringify(about));
  for (const name of readdirSync(BUNDLE_FOLDER))
    if (name.startsWith('cli-') && !name.includes(hash)) rmSync(join(BUNDLE_FOLDER, name));
}

async function bundle(): Promise<{ text: string; licences: string }> {
  const others = readdirSync(join(MODULES, 'commands'))
    .filter(
      (name) => name.endsWith('.js') && ![...Object.values(COMMANDS).flat(), 'index'].includes(name.replace('.js', '')),
    )
    .map((name) => join(MODULES, 'commands', name));
  const { outputFiles, metafile } = await build({
    entryPoints: [join(MODULES, 'program.js')],
    external: [...others, join(MODULES, '../app/import-from.js')],
    plugins: [preparedSchema(), nodeModules()],
    // What a library asks too often.
    alias: { process: join(__dirname, 'process.js') },
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
    banner: { js: `(function (exports, require, module, __filename, __dirname) {${CLOCK}` },
    footer: { js: '})' },
  });
  return { text: inAscii(outputFiles[0]!.text), licences: licencesOf(metafile) };
}

/** What esbuild leaves as it is: regular expressions and tagged templates. Each byte of the script becomes one character. */
function inAscii(text: string): string {
  return text.replaceAll(/[\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
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
    const env = { HARBOR_PASSWORD: PASSWORD, READER_SECRET: PASSWORD };
    for (const part of PARTS) {
      const work: Work = { hash, part, to: join(folder, 'compiled'), env, folder };
      await promisify(execFile)(process.execPath, [join(__dirname, 'remember.js'), JSON.stringify(work)]);
      replace(compiledFile(BUNDLE_FOLDER, hash, part), readFileSync(work.to));
    }
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
