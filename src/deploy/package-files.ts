import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Location of this package, whether it was installed, cloned or run from source. */
export const packageDirectory = packageAbove(__dirname);

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

/** Empty if there is no package.json. */
export function packageManifest(): Manifest {
  return manifestIn(packageDirectory) ?? {};
}

/** Files of a deployment that a repository may override. Paths are relative to `cwd`. */
export interface DeploymentFiles {
  /** The program that writes cdktf.out. */
  readonly synth: string;
  /** Playbooks, roles and ansible.cfg. */
  readonly ansible: string;
  /** The playbooks are not in the repository, so they need its directory as a variable. */
  readonly repository?: string;
}

/** Files in the repository take precedence over those of the package. */
export function deploymentFiles(cwd: string): DeploymentFiles {
  const own = (file: string): boolean => existsSync(join(cwd, file));
  const packaged = (file: string): string => shortest(cwd, join(packageDirectory, file));
  const [synth, ansible] = ['dist/stacks/main.js', 'ansible'];
  return {
    synth: own(synth) ? synth : packaged(synth),
    ...(own('ansible/playbooks/host.yml') ? { ansible } : { ansible: packaged(ansible), repository: cwd }),
  };
}

/** The image pins of a `stacks/` directory, or those that this release was tested with. */
export function imagesFile(stacks: string): string {
  const own = join(stacks, 'images.yaml');
  return existsSync(own) ? own : shortest('.', join(packageDirectory, 'stacks', 'images.yaml'));
}

function shortest(cwd: string, file: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') ? file : path;
}

function packageAbove(directory: string): string {
  if (manifestIn(directory)?.name === 'breakwater') return directory;
  const parent = dirname(directory);
  return parent === directory ? directory : packageAbove(parent);
}

function manifestIn(directory: string): Manifest | undefined {
  const file = join(directory, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined;
}
