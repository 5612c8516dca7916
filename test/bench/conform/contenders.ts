import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Input } from './run-alone';

/** A program, and how it is told to read every byte of these repositories. */
export interface Contender {
  readonly name: string;
  /** Starts a process for each repository. */
  readonly isPerImage?: boolean;
  /** @param out a folder of its own that does not exist yet */
  command(host: string, repositories: readonly string[], out: string): readonly string[];
}

const AT_ONCE = 16;

/** Verifies manifests, configs and layers, as a client's pull does; `deep` unpacks every layer, too. */
export function breakwater(name: string, checks: readonly string[], deep = false): Contender {
  return {
    name,
    command(host, repositories) {
      const input: Input = { url: `http://${host}`, repositories, checks, deep, concurrency: AT_ONCE };
      return [process.execPath, join(__dirname, 'run-alone.js'), JSON.stringify(input)];
    },
  };
}

/** One process for each image, sixteen at a time, where there are several. */
export function eachBy(name: string, one: (reference: string, out: string) => readonly string[]): Contender {
  return {
    name,
    isPerImage: true,
    command(host, repositories, out) {
      mkdirSync(out, { recursive: true });
      const [only] = repositories;
      if (repositories.length === 1) return one(`${host}/${only}:1`, join(out, 'image'));
      const list = join(out, 'list');
      writeFileSync(list, repositories.map((repository) => `${repository}\n`).join(''));
      const line = one(`${host}/$0:1`, `${out}/$(dirname $0)`).map((word) => `"${word}"`);
      return ['xargs', '-a', list, '-P', String(AT_ONCE), '-n', '1', 'sh', '-c', line.join(' ')];
    },
  };
}

const skopeoTo = (transport: string): Contender =>
  eachBy(`skopeo copy to ${transport}:`, (reference, out) => [
    ...['skopeo', '--insecure-policy', 'copy', '--quiet', '--src-tls-verify=false', '--src-no-creds'],
    ...[`docker://${reference}`, `${transport}:${out}`],
  ]);

export const SKOPEO_OCI = skopeoTo('oci');
export const SKOPEO_DIR = skopeoTo('dir');
export const CRANE_PULL = eachBy('crane pull to oci', (reference, out) => [
  ...['crane', 'pull', '--insecure', '--format', 'oci', reference, out],
]);
export const CRANE_VALIDATE = eachBy('crane validate', (reference) => [
  ...['crane', 'validate', '--insecure', '--remote', reference],
]);

/** crane is measured where somebody installed it. */
export function whereInstalled(program: string, ...contenders: Contender[]): Contender[] {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return contenders;
  } catch {
    return [];
  }
}
