import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Input } from './run-alone';

/** Where the images are: host and port, and for TLS the file of the private CA, alone in its folder. */
export interface Source {
  readonly host: string;
  readonly caPath?: string;
}

/** A program, and how it is told to read every byte of these repositories. */
export interface Contender {
  readonly name: string;
  /** Starts a process for each repository. */
  readonly isPerImage?: boolean;
  /** @param out a folder of its own that does not exist yet */
  command(source: Source, repositories: readonly string[], out: string): readonly string[];
}

const AT_ONCE = 16;

/** Verifies manifests, configs and layers, as a client's pull does; `deep` unpacks every layer, too. */
export function breakwater(name: string, checks: readonly string[], deep = false): Contender {
  return {
    name,
    command({ host, caPath }, repositories) {
      const at = caPath === undefined ? { url: `http://${host}` } : { url: `https://${host}`, caPath };
      const input: Input = { ...at, repositories, checks, deep, concurrency: AT_ONCE };
      return [process.execPath, join(__dirname, 'run-alone.js'), JSON.stringify(input)];
    },
  };
}

/** One process for each image, sixteen at a time, where there are several. */
export function eachBy(
  name: string,
  one: (reference: string, out: string, caPath: string | undefined) => readonly string[],
): Contender {
  return {
    name,
    isPerImage: true,
    command({ host, caPath }, repositories, out) {
      mkdirSync(out, { recursive: true });
      const [only] = repositories;
      if (repositories.length === 1) return one(`${host}/${only}:1`, join(out, 'image'), caPath);
      const list = join(out, 'list');
      writeFileSync(list, repositories.map((repository) => `${repository}\n`).join(''));
      const line = one(`${host}/$0:1`, `${out}/$(dirname $0)`, caPath).map((word) => `"${word}"`);
      return ['xargs', '-a', list, '-P', String(AT_ONCE), '-n', '1', 'sh', '-c', line.join(' ')];
    },
  };
}

const skopeoTo = (transport: string): Contender =>
  eachBy(`skopeo copy to ${transport}:`, (reference, out, caPath) => [
    ...['skopeo', '--insecure-policy', 'copy', '--quiet', '--src-no-creds'],
    caPath === undefined ? '--src-tls-verify=false' : `--src-cert-dir=${dirname(caPath)}`,
    ...[`docker://${reference}`, `${transport}:${out}`],
  ]);

export const SKOPEO_OCI = skopeoTo('oci');
export const SKOPEO_DIR = skopeoTo('dir');
export const CRANE_PULL = eachBy('crane pull to oci', (reference, out, caPath) => [
  ...craneAt(caPath),
  ...['pull', '--format', 'oci', reference, out],
]);
export const CRANE_VALIDATE = eachBy('crane validate', (reference, _out, caPath) => [
  ...craneAt(caPath),
  ...['validate', '--remote', reference],
]);

function craneAt(caPath: string | undefined): readonly string[] {
  return caPath === undefined ? ['crane', '--insecure'] : ['env', `SSL_CERT_FILE=${caPath}`, 'crane'];
}

/** crane is measured where somebody installed it. */
export function whereInstalled(program: string, ...contenders: Contender[]): Contender[] {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return contenders;
  } catch {
    return [];
  }
}
