import { sizeOf } from '../../answer-words';
import type { Evidence } from '../../model/outcome';
import type { Disk } from '../../harbor-api';
import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, type Rule } from '../rule';

const isNotStored = (failure: Failure): boolean => isProblem(failure, 'not-stored');

/** The image that was not stored does not fit into what is left. */
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

export const STORAGE: readonly Rule[] = [
  {
    kind: 'component-down',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, { harbor }) =>
      (isNotStored(failure) || failure.symptom === 'broken' || isProblem(failure, 'not-listed')) &&
      harbor?.ill !== undefined &&
      harbor.ill.length > 0
        ? [{ label: 'unhealthy components', value: harbor.ill.join(', ') }]
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
    seen: (failure, { harbor }) =>
      isNotStored(failure) && harbor?.storage && isFull(failure, harbor.storage)
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
    seen: (failure, { harbor }) =>
      isNotStored(failure) && harbor?.isReadOnly === true ? [{ label: 'read_only', value: 'true' }] : undefined,
    say: () => ({
      words: 'Harbor is in read-only mode: images are served but not cached',
      whatToDo: 'a backup may be running; otherwise declare configuration: { read_only: false } and apply',
      command: 'breakwater apply --target configuration',
    }),
  },
  {
    kind: 'stores-nothing',
    rank: 'soon',
    party: 'Harbor',
    // Only what is known not to be the reason lets this be said.
    seen: (failure, findings) => {
      const { quota, harbor } = findings;
      const isKnown = quota !== undefined && harbor?.isReadOnly === false && harbor.ill?.length === 0;
      return isNotStored(failure) && isKnown && full(failure, findings) === undefined
        ? [
            { label: 'quota', value: 'has room' },
            { label: 'read_only', value: 'false' },
            { label: 'components', value: 'healthy' },
          ]
        : undefined;
    },
    say: () => ({
      words: 'Harbor serves images but caches none of them',
      whatToDo: "check the disk of the registry storage, and the logs of core and registry for the image's name",
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
