import type { Refusal } from '../../../diagnostic';
/** What ansible/roles/harbor_host/files/occupants.py found on the host. */
export interface Occupants {
  readonly problems: readonly Refusal[];
  /** What could not be checked. */
  readonly notes: readonly string[];
}

interface Line {
  readonly kind: 'container' | 'database' | 'unread';
  readonly name?: string;
  readonly image?: string;
  readonly state?: string;
  readonly project?: string;
  readonly directory?: string;
  readonly pid?: number;
  readonly what?: string;
  /** Several reasons for one container. */
  readonly why: string | readonly string[];
}

const HINT = 'stop and remove them first; their data stays: docs/guides/take-over.md';

/** @param stdout one JSON object a line */
export function judgeOccupants(stdout: string, address: string): Occupants {
  const lines = stdout.split('\n').flatMap(parse);
  const containers = lines.filter(({ kind }) => kind === 'container');
  const databases = lines.filter(({ kind }) => kind === 'database');
  const unread = lines.filter(({ kind }) => kind === 'unread');
  return {
    problems: [
      ...(containers.length > 0 ? [foreignContainers(containers, address)] : []),
      ...databases.map((line) => liveDatabase(line, address)),
    ],
    notes: unread.map(
      ({ what, why }) => `${address}: ${what} was not checked for a running PostgreSQL: ${String(why)}`,
    ),
  };
}

function parse(line: string): Line[] {
  if (!line.startsWith('{')) return [];
  try {
    return [JSON.parse(line) as Line];
  } catch {
    return [];
  }
}

function foreignContainers(containers: readonly Line[], address: string): Refusal {
  const named = containers.map(({ name, image, state, project, why }) => {
    const of = project ? `, of ${project}` : '';
    return `${name} (${image}, ${state}${of}) ${[why].flat().join(' and ')}`;
  });
  const [are, not] =
    containers.length === 1 ? ['1 container is', 'was not'] : [`${containers.length} containers are`, 'were not'];
  return {
    rule: 'foreign-containers',
    message: `${are} in the way on ${address} and ${not} created by Breakwater: ${named.join('; ')}`,
    hint: HINT,
  };
}

function liveDatabase({ directory, pid }: Line, address: string): Refusal {
  return {
    rule: 'database-in-use',
    message: `a PostgreSQL (pid ${pid}) outside of Docker uses ${directory} on ${address}`,
    hint: 'two PostgreSQL servers on one directory destroy it: stop that one first (docs/guides/take-over.md)',
  };
}
