import { sizeOf } from '../../answer-words';
import type { Evidence } from '../../model/outcome';
import type { Disk } from '../../harbor-api';
import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, type Rule } from '../rule';
import { OF_PULLS } from './components';
import { isOfTokenService } from './front-door';
import { isOfScanning, OF_SCANS } from './scanning';

/** S1 and S14 pulled an image and found it missing after the time that Harbor takes (docs/harbor-behavior.md 10.6). */
const isNotStored = (failure: Failure): boolean => isProblem(failure, 'not-stored');

/** Something keeps images from being stored, and something else may as well. */
const isOfStoring = (failure: Failure): boolean => isProblem(failure, 'not-stored', 'quota-full');

/**
 * The image that was not cached does not fit into the remaining quota. `value` of the problem is the number of bytes
 * that were pulled, absent from S14, which fills the quota itself. A quota of -1 is unlimited.
 */
function full({ problem }: Failure, { quota }: Findings): Evidence[] | undefined {
  if (!quota || quota.hardBytes < 0) return undefined;
  const leftBytes = Math.max(0, quota.hardBytes - quota.usedBytes);
  const neededBytes = Number(problem?.value ?? 0);
  return leftBytes === 0 || neededBytes > leftBytes
    ? [{ label: 'free', value: `${sizeOf(leftBytes)} of ${sizeOf(quota.hardBytes)}` }]
    : undefined;
}

/** With less free space than this the disk counts as full. */
const MIN_FREE_BYTES = 16 << 20;

function isFull({ problem }: Failure, { freeBytes }: Disk): boolean {
  return freeBytes < Math.max(MIN_FREE_BYTES, Number(problem?.value ?? 0));
}

function freeOf({ freeBytes, totalBytes }: Disk): string {
  return `${sizeOf(freeBytes)} of ${sizeOf(totalBytes)} free`;
}

/** Shown as evidence when these were read and are in order: the reader need not look there again. */
const ALL_ELSE: readonly Evidence[] = [
  { label: 'quota', value: 'has room' },
  { label: 'read_only', value: 'false' },
  { label: 'components', value: 'healthy' },
];

/** Not cached, and quota, mode and components of Harbor were checked and are not the reason. */
function isAllElseWell(failure: Failure, findings: Findings): boolean {
  const { quota, harbor } = findings;
  const isKnown = quota !== undefined && harbor?.isReadOnly === false && harbor.ill?.length === 0;
  return isNotStored(failure) && isKnown && full(failure, findings) === undefined;
}

/** Harbor caches proxied content with these; a scanner or a portal that is down explains no failed pull. */
const OF_STORING = [...OF_PULLS, 'jobservice', 'registryctl'];

/**
 * The components that are down and that this failure depends on:
 *
 *      failure                                    explained by
 *      not stored                                 core, database, redis, registry, jobservice, registryctl
 *      pull ended with 5xx or without a response  core, database, redis, registry
 *      tags not listed, no token, API fails       the same
 *      not scanned, or refused for that reason    jobservice, trivy
 *      anything else                              none: a component that is down there is a coincidence
 */
function concerned(failure: Failure, findings: Findings): readonly string[] {
  const isOfPulls =
    failure.symptom === 'broken' ||
    isProblem(failure, 'not-listed') ||
    (isProblem(failure, 'api-answer') && failure.problem?.subject === 'Harbor') ||
    isOfTokenService(failure, findings);
  const needed = [
    ...(isNotStored(failure) ? OF_STORING : isOfPulls ? OF_PULLS : []),
    ...(isOfScanning(failure, findings) ? OF_SCANS : []),
  ];
  return (findings.harbor?.ill ?? []).filter((name) => needed.includes(name));
}

/**
 * Served, but not cached. Harbor serves a proxied image even if it cannot store it, so that no pull shows the reason.
 * Each is looked up; those with `beside` are told next to each other, because each alone is reason enough:
 *
 *       found                                                  cause               beside
 *       a component is down that this failure depends on       component-down      yes
 *       no room in the quota for the image                     quota-full          yes
 *       less free space on the disk than the image needs,      storage-full        yes
 *       and the images are on a disk
 *       read_only in Harbor                                    read-only           yes
 *       none of these; 2 or more projects cached nothing,
 *       no project did, and the size of the disk is known      storage-read-only   no
 *       none of these                                          stores-nothing      no
 *
 * The last two need to know that quota, mode and components are all right: if one cannot be read, neither is claimed.
 */
export const STORAGE: readonly Rule[] = [
  {
    kind: 'component-down',
    rank: 'outage',
    party: 'Harbor',
    beside: true,
    seen: (failure, findings) =>
      concerned(failure, findings).length > 0
        ? [{ label: 'unhealthy components', value: findings.harbor?.ill?.join(', ') ?? '' }]
        : undefined,
    say: (_failure, { harbor }) => ({
      words: `Harbor reports unhealthy components: ${harbor?.ill?.join(', ') ?? ''}`,
      whatToDo: "read their logs on Harbor's host, then restart them",
      command: 'breakwater health',
    }),
  },
  {
    kind: 'quota-full',
    rank: 'soon',
    party: 'quota',
    beside: true,
    seen: (failure, findings) =>
      isProblem(failure, 'quota-full')
        ? [foundBy(failure)]
        : isNotStored(failure)
          ? full(failure, findings)
          : undefined,
    say: (_failure, { project }) => ({
      words: 'the quota is too small: new images are served but not cached',
      whatToDo: 'raise storage_limit, or free space with retention and garbage collection; then apply',
      command: `breakwater apply --target quota/${project?.name ?? ''}`,
    }),
  },
  {
    kind: 'storage-full',
    rank: 'soon',
    party: 'Harbor',
    beside: true,
    seen: (failure, { harbor }) =>
      isOfStoring(failure) && harbor?.storage && isFull(failure, harbor.storage)
        ? [{ label: 'disk of the registry', value: freeOf(harbor.storage) }]
        : undefined,
    say: (_failure, { harbor }) => ({
      words: `the disk of Harbor's registry is full${harbor?.storage ? `: ${freeOf(harbor.storage)}` : ''}`,
      whatToDo: 'run garbage collection, or enlarge the disk: images are served but not cached',
    }),
  },
  {
    kind: 'read-only',
    rank: 'soon',
    party: 'Harbor',
    beside: true,
    seen: (failure, { harbor }) =>
      isOfStoring(failure) && harbor?.isReadOnly === true ? [{ label: 'read_only', value: 'true' }] : undefined,
    say: () => ({
      words: 'Harbor is in read-only mode: images are served but not cached',
      whatToDo: 'a backup may be running; otherwise declare configuration: { read_only: false } and apply',
      command: 'breakwater apply --target configuration',
    }),
  },
  {
    kind: 'storage-read-only',
    rank: 'soon',
    party: 'Harbor',
    // Everything else that Harbor needs for caching works, and there is free space.
    seen: (failure, findings) => {
      const { harbor, storing } = findings;
      const storage = harbor?.storage;
      // If only one project is affected, it may have been deleted and recreated.
      const isEverywhere = storing !== undefined && storing.failed >= 2 && storing.fresh === 0;
      return storage && isEverywhere && isAllElseWell(failure, findings)
        ? [...ALL_ELSE, { label: 'disk of the registry', value: freeOf(storage) }]
        : undefined;
    },
    say: () => ({
      words: "Harbor's registry takes no writes although its disk has room: images are served but not cached",
      whatToDo:
        'check that its storage is mounted writable, its owner (10000) or the rights to the bucket: its log has the error',
    }),
  },
  {
    kind: 'stores-nothing',
    rank: 'soon',
    party: 'Harbor',
    // Only causes that are ruled out allow this conclusion.
    seen: (failure, findings) => (isAllElseWell(failure, findings) ? ALL_ELSE : undefined),
    say: () => ({
      words: 'Harbor serves images but caches none of them',
      whatToDo:
        'check the disk or the bucket of the registry (full, read-only, no rights) and its log; a project that was deleted and created again within 7 days stores nothing for so long',
    }),
  },
  {
    kind: 'settings-differ',
    rank: 'soon',
    party: 'declaration',
    seen: (failure) => (isProblem(failure, 'setting', 'quota-differs') ? [foundBy(failure)] : undefined),
    say: ({ problem }, { project }) => ({
      words: `Harbor differs from the declaration: ${problem?.subject ?? ''} is ${problem?.value ?? ''}`,
      whatToDo: 'check what was changed by hand, then apply the declaration',
      command: `breakwater apply --target ${problem?.kind === 'quota-differs' ? 'quota' : 'project'}/${project?.name ?? ''}`,
    }),
  },
];
