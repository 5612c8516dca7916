import type { Refusal } from '../../../diagnostic';
import { parseState, STATE_FORMAT, type ContainerState } from './migration';

/** What lies below `database` of the data volume: Harbor's PostgreSQL keeps each major version in a directory of its own. */
export interface DatabaseFiles {
  /** Bytes, by major version. */
  readonly clusters: ReadonlyMap<number, number>;
  /** Major versions of which there is a directory without its version: initdb or a removal was interrupted. */
  readonly begun: ReadonlySet<number>;
  /** The container's log ends its last upgrade with success: what is left of the old directory was being removed. */
  readonly upgraded: boolean;
  /** Free bytes beside them; undefined where they could not be read. */
  readonly freeBytes: number | undefined;
  /** Of the container that uses them. */
  readonly state: ContainerState;
}

/** The release that is deployed, and where. */
export interface DatabaseDemand {
  readonly version: string;
  /** PostgreSQL of this release, and the only one that its image upgrades. */
  readonly postgresql: { readonly major: number; readonly migratesFrom: number };
  /** Name of the host. */
  readonly address: string;
  /** Directory of the data of PostgreSQL. */
  readonly directory: string;
}

const LIST = [
  'for v in "$1"/pg*; do if [ -s "$v/PG_VERSION" ]; then du -sk "$v"; elif [ -n "$(ls -A "$v" 2>/dev/null)" ]; then echo "begun $v"; fi; done',
  'df -Pk "$1"',
].join('; ');
/** Of the image's upgrade script; several where it was interrupted. */
const LAST_UPGRADE = "docker logs harbor-postgresql 2>&1 | grep -E '^(start|success) to upgrade' | tail -n 1";

/**
 * Prints what {@link parseDatabase} reads. PostgreSQL alone may read its data: root is asked where that needs no password,
 * and the running container otherwise.
 * @param directory as a shell reads it
 */
export function databaseScript(directory: string): string {
  return [
    'set --; [ "$(id -u)" = 0 ] || ! sudo -n true 2>/dev/null || set -- sudo -n',
    `"$@" test -d ${directory} || { echo none; exit 0; }`,
    `echo "state $(docker inspect --type container --format '${STATE_FORMAT}' harbor-postgresql 2>/dev/null)"`,
    `echo "log $(${LAST_UPGRADE})"`,
    `if "$@" test -r ${directory}; then "$@" sh -c '${LIST}' list ${directory}`,
    `else docker exec harbor-postgresql sh -c '${LIST}' list /var/lib/postgresql/data; fi`,
  ].join('; ');
}

const NOTHING: DatabaseFiles = {
  clusters: new Map(),
  begun: new Set(),
  upgraded: false,
  freeBytes: undefined,
  state: { health: 'stopped', restarts: 0 },
};

/** @returns undefined where the host did not say */
export function parseDatabase(text: string): DatabaseFiles | undefined {
  if (/^none$/m.test(text)) return NOTHING;
  const rows = [...text.matchAll(/^(\d+)\s+.*\/pg(\d+)$/gm)];
  const free = /^\S.*\s\d+\s+\d+\s+(\d+)\s+\d+%\s/m.exec(text)?.[1];
  if (free === undefined) return undefined;
  const begun = [...text.matchAll(/^begun .*\/pg(\d+)$/gm)];
  return {
    begun: new Set(begun.map(([, major]) => Number(major))),
    upgraded: /^log success to upgrade/m.test(text),
    clusters: new Map(rows.map(([, kib, major]) => [Number(major), Number(kib) * 1024])),
    freeBytes: Number(free) * 1024,
    state: parseState(/^state (.*)$/m.exec(text)?.[1] ?? ''),
  };
}

/** Logs, the catalog of the new version, and what is written while the copy is made. */
const ROOM_BESIDE = 256 * 1024 * 1024;

/** Why PostgreSQL of this release must not start on what is there; empty where it may. */
export function judgeDatabase(
  { clusters, begun, upgraded, freeBytes, state }: DatabaseFiles,
  demand: DatabaseDemand,
): Refusal[] {
  const { version, postgresql, address, directory } = demand;
  const { major, migratesFrom } = postgresql;
  const newest = Math.max(...clusters.keys());
  if (clusters.size === 0) return [];
  if (newest > major)
    return [
      refusal(
        'database-newer',
        `the database on ${address} is of PostgreSQL ${newest}, but ${version} has ${major} and cannot read it`,
        'declare the newer release again, or restore the backup (docs/guides/upgrade.md, Rollback)',
      ),
    ];
  const old = clusters.get(migratesFrom);
  if (clusters.has(major)) {
    if (old === undefined || state.health === 'waiting') return [];
    return [upgraded ? halfRemoved(demand) : halfUpgraded(demand)];
  }
  if (old !== undefined && begun.has(major) && state.health !== 'waiting') return [halfUpgraded(demand)];
  if (old === undefined)
    return [
      refusal(
        'database-too-old',
        `the database on ${address} is of PostgreSQL ${newest}: ${version} upgrades ${migratesFrom} only, and would start with an empty one`,
        `upgrade to a release with PostgreSQL ${migratesFrom} first`,
      ),
    ];
  const needed = old * 1.05 + ROOM_BESIDE;
  if (freeBytes === undefined || freeBytes >= needed) return [];
  return [
    refusal(
      'database-space',
      `PostgreSQL ${migratesFrom} -> ${major} copies the database (${sizeText(old)}): ` +
        `${directory} on ${address} has ${sizeText(freeBytes)} free, and ${sizeText(needed)} are required`,
      'free some space or enlarge the disk; nothing was changed',
    ),
  ];
}

/**
 * The image removes the old directory once its upgrade has succeeded. Where both are there it was interrupted, and the next
 * start would take the incomplete new one for the database; one without its version is not replaced either.
 */
function halfUpgraded({ postgresql: { major, migratesFrom }, address, directory }: DatabaseDemand): Refusal {
  return refusal(
    'database-half-upgraded',
    `the upgrade of the database on ${address} to PostgreSQL ${major} was interrupted: ${directory}/pg${major} is incomplete, ` +
      `and PostgreSQL would start on it`,
    `on the host: docker stop harbor-core harbor-postgresql, sudo mv ${directory}/pg${major} ${directory}/pg${major}.incomplete, then ` +
      `run up again: it upgrades pg${migratesFrom} from the start. If Harbor has worked with pg${major} since, move pg${migratesFrom} ` +
      `instead (docs/guides/upgrade.md, An interrupted upgrade)`,
  );
}

/** Moving the new directory away here would have the next start upgrade what is left of the old one. */
function halfRemoved({ postgresql: { major, migratesFrom }, address, directory }: DatabaseDemand): Refusal {
  return refusal(
    'database-half-upgraded',
    `the database on ${address} was upgraded to PostgreSQL ${major}, and the removal of ${directory}/pg${migratesFrom} was interrupted: ` +
      `${directory}/pg${major} is the database`,
    `on the host: sudo mv ${directory}/pg${migratesFrom} ${directory}/pg${migratesFrom}.old, then run up again ` +
      `(docs/guides/upgrade.md, An interrupted upgrade)`,
  );
}

function refusal(rule: string, message: string, hint: string): Refusal {
  return { rule, message, hint };
}

function sizeText(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return gib >= 1 ? `${gib.toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
