import { compareText } from '../compare-text';
import { existsSync } from 'node:fs';
import { opendir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Trees that others wrote or that a tool generates again. */
const SKIPPED: ReadonlySet<string> = new Set(
  (
    'node_modules bower_components jspm_packages vendor third_party Godeps Pods Carthage site-packages __pycache__ ' +
    '.git .hg .svn .terraform .terragrunt-cache .venv venv .tox .nox .eggs .gradle .m2 .cargo .next .nuxt .svelte-kit ' +
    '.turbo .cache .yarn .pnpm-store .direnv .devenv .parcel-cache coverage dist cdk.out cdktf.out bazel-out'
  ).split(' '),
);
/** They are generated where such a file stands beside them. */
const SKIPPED_BESIDE: Readonly<Record<string, readonly string[]>> = {
  target: ['Cargo.toml', 'pom.xml', 'build.sbt'],
  build: ['build.gradle', 'build.gradle.kts', 'pubspec.yaml', 'CMakeLists.txt'],
  out: ['tsconfig.json', 'next.config.js', 'foundry.toml'],
};

export interface WalkEvents {
  /** A folder that a rule leaves out, or a path that `.gitignore` does. */
  skipped?(path: string, rule: string): void;
  failed?(path: string, message: string): void;
}

interface Rules {
  readonly directory: string;
  readonly rules: Ignore;
}

/** Files below the paths, in order of their names. Links are not followed. A path that is a file is always read. */
export async function* walk(paths: readonly string[], events: WalkEvents = {}): AsyncGenerator<string> {
  for (const path of paths) {
    const info = await stat(path).catch((error: Error) => void events.failed?.(path, error.message));
    if (!info) continue;
    if (info.isDirectory()) yield* walkDirectory(path, await rulesAbove(path), events);
    else yield path;
  }
}

async function* walkDirectory(directory: string, outer: readonly Rules[], events: WalkEvents): AsyncGenerator<string> {
  const entries = await entriesOf(directory, events);
  const names = new Set(entries.map(({ name }) => name));
  const rules = names.has('.gitignore') ? [...outer, ...(await rulesIn(directory))] : outer;
  for (const { name, isDirectory } of entries) {
    const path = join(directory, name);
    const rule = isDirectory ? skipRule(name, names) : undefined;
    if (rule !== undefined) events.skipped?.(path, rule);
    else if (isIgnored(path, isDirectory, rules)) events.skipped?.(path, '.gitignore');
    else if (isDirectory) yield* walkDirectory(path, rules, events);
    else yield path;
  }
}

async function entriesOf(directory: string, events: WalkEvents): Promise<{ name: string; isDirectory: boolean }[]> {
  const found: { name: string; isDirectory: boolean }[] = [];
  try {
    for await (const entry of await opendir(directory)) {
      if (entry.isDirectory() || entry.isFile()) found.push({ name: entry.name, isDirectory: entry.isDirectory() });
    }
  } catch (error) {
    events.failed?.(directory, (error as Error).message);
  }
  return found.sort((a, b) => compareText(a.name, b.name));
}

function skipRule(name: string, beside: ReadonlySet<string>): string | undefined {
  if (SKIPPED.has(name)) return name;
  return SKIPPED_BESIDE[name]?.some((marker) => beside.has(marker)) === true ? name : undefined;
}

/** The rules nearest to a path decide. */
function isIgnored(path: string, isDirectory: boolean, rules: readonly Rules[]): boolean {
  for (const { directory, rules: nearest } of [...rules].reverse()) {
    const inside = relative(directory, resolve(path)).split(sep).join('/');
    if (inside === '' || inside.startsWith('..')) continue;
    const { ignored, unignored } = nearest.test(isDirectory ? `${inside}/` : inside);
    if (ignored || unignored) return ignored;
  }
  return false;
}

/** `.gitignore` files from the root of the repository down to the folder above. */
async function rulesAbove(path: string): Promise<Rules[]> {
  const above: string[] = [];
  let directory = resolve(path);
  while (!existsSync(join(directory, '.git'))) {
    const parent = dirname(directory);
    if (parent === directory) return [];
    above.unshift(parent);
    directory = parent;
  }
  return (await Promise.all(above.map(rulesIn))).flat();
}

async function rulesIn(directory: string): Promise<Rules[]> {
  try {
    const text = await readFile(join(directory, '.gitignore'), 'utf8');
    return [{ directory: resolve(directory), rules: ignore().add(text) }];
  } catch {
    // No file, or none that can be read: nothing is ignored by it.
    return [];
  }
}
