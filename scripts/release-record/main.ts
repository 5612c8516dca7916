import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { formatted } from '../formatted';
import { readCompose, type ComposeService } from './compose';
import { readImage, type ImageDefaults } from './image';

export const RECORD = 'src/deploy/harbor/releases.json';

const TEMPLATE = 'make/photon/prepare/templates/docker_compose/docker-compose.yml.jinja';

/** The folder of each service's Dockerfile; that of `redis` was renamed with Valkey. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  log: ['log'],
  registry: ['registry'],
  registryctl: ['registryctl'],
  postgresql: ['db'],
  core: ['core'],
  portal: ['portal'],
  jobservice: ['jobservice'],
  redis: ['valkey', 'redis'],
  proxy: ['nginx'],
  'trivy-adapter': ['trivy-adapter'],
  exporter: ['exporter'],
};

interface RecordedRelease {
  readonly commit: string;
  /** A key of `layouts`: equal releases share one. */
  readonly layout: string;
}

interface ReleaseRecord {
  readonly source: string;
  readonly template: string;
  readonly releases: Record<string, RecordedRelease>;
  readonly layouts: Record<string, Record<string, ComposeService & ImageDefaults>>;
}

/**
 * `npm run release-record GIT-DIRECTORY TAG…`: adds releases of Harbor to the record, from a clone of goharbor/harbor.
 * The record is read from the Compose template and the Dockerfiles of the release.
 */
function main([directory, ...tags]: readonly string[]): void {
  if (directory === undefined || tags.length === 0) throw new Error('usage: release-record GIT-DIRECTORY TAG…');
  const record = JSON.parse(readFileSync(RECORD, 'utf8')) as ReleaseRecord;
  for (const tag of tags) addRelease(record, directory, tag);
  writeFileSync(RECORD, formatted(RECORD, JSON.stringify(record)));
}

function addRelease(record: ReleaseRecord, directory: string, tag: string): void {
  const services = servicesOf(directory, tag);
  const text = JSON.stringify(services);
  const known = Object.entries(record.layouts).find(([, layout]) => JSON.stringify(layout) === text)?.[0];
  const layout = known ?? tag;
  record.layouts[layout] = services;
  record.releases[tag] = { commit: git(directory, 'rev-parse', `${tag}^{commit}`).trim(), layout };
}

function servicesOf(directory: string, tag: string): Record<string, ComposeService & ImageDefaults> {
  const compose = readCompose(git(directory, 'show', `${tag}:${TEMPLATE}`));
  return Object.fromEntries(
    Object.entries(compose).map(([id, service]) => {
      const folders = FOLDERS[id];
      if (!folders) throw new Error(`${tag} has an unknown service: ${id}`);
      return [id, { ...service, ...readImage(dockerfileOf(directory, tag, folders)) }];
    }),
  );
}

function dockerfileOf(directory: string, tag: string, folders: readonly string[]): string {
  for (const folder of folders) {
    try {
      return git(directory, 'show', `${tag}:make/photon/${folder}/Dockerfile`);
    } catch {
      // In releases before the rename, it is in the next folder.
    }
  }
  throw new Error(`${tag} has no Dockerfile in ${folders.join(' or ')}`);
}

function git(directory: string, ...args: string[]): string {
  return execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}
