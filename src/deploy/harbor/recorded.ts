import gt from 'semver/functions/gt';
import major from 'semver/functions/major';
import minor from 'semver/functions/minor';
import rsort from 'semver/functions/rsort';
import type { TreeFinding } from '../read-tree';
import record from './releases.json';

/**
 * Harbor releases for which a test compares these containers with Harbor's own Compose file and images, newest first.
 * `npm run release-record` writes the record.
 */
export const RECORDED_RELEASES: readonly string[] = rsort(Object.keys(record.releases));

/**
 * A release without a record may have other containers. A later patch of a recorded minor release is a warning, because
 * it may fix a security hole; other releases are an error.
 */
export function checkRelease(version: string): TreeFinding[] {
  if (RECORDED_RELEASES.includes(version)) return [];
  const path = ['harbor', 'version'];
  const line = RECORDED_RELEASES.find((release) => lineOf(release) === lineOf(version));
  if (line !== undefined && gt(version, line)) {
    const message = `Harbor ${version} is newer than ${line}, the newest release of its line that these containers were compared with`;
    const hint = 'update Breakwater, or compare Harbor’s own docker-compose.yml of both releases before you deploy';
    return [{ rule: 'release-not-recorded', severity: 'warning', path, message, hint }];
  }
  const known = `${RECORDED_RELEASES.at(-1) ?? ''} to ${RECORDED_RELEASES[0] ?? ''}`;
  const message = `Harbor ${version} is not supported on a host: these containers were never compared with it`;
  return [
    { rule: 'release-not-recorded', path, message, hint: `supported are ${known}; update Breakwater for others` },
  ];
}

function lineOf(version: string): string {
  return `${major(version)}.${minor(version)}`;
}
