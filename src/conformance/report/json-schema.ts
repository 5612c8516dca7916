import { PHASES } from '../model/check';
import { STATUSES } from '../model/outcome';
import { PROBLEM_KINDS } from '../model/problem';
import { RANKS } from '../model/result';

const COUNT = { type: 'integer', minimum: 0 } as const;
const TEXT = { type: 'string' } as const;
const TEXTS = { type: 'array', items: TEXT } as const;

/**
 * The contents of `report.json` for programs: JSON Schema 2020-12, for `schemaVersion` 1. It is published as a page of
 * the reference and it validates reports that are read, so it cannot differ from what is written:
 *
 *      report   one Harbor                                   fleet   several
 *      ├── harbor, summary, cost                             ├── summary, complete
 *      ├── checks    what each check proves                  └── instances: report[]
 *      ├── projects  as declared
 *      ├── causes    derived from the results, the worst first
 *      └── results   one for each project and check
 *          ├── cause, alsoCauses, problems
 *          └── requests   URL, status, times; no header and no body
 */
export function reportSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Breakwater conformance report',
    description: 'Result of a breakwater conform run, for one Harbor or a fleet.',
    oneOf: [{ $ref: '#/$defs/report' }, { $ref: '#/$defs/fleet' }],
    $defs: definitions(),
  };
}

/**
 * The schema for reading a report. Causes are derived from the results when it is written, so a report without them can
 * be read.
 */
export function reportSchemaFor(value: unknown): object {
  const isFleet = typeof value === 'object' && value !== null && 'instances' in value;
  const report = { ...REPORT, required: REPORT.required.filter((name) => name !== 'causes') };
  return { $ref: `#/$defs/${isFleet ? 'fleet' : 'report'}`, $defs: { ...definitions(), report } };
}

function definitions(): Readonly<Record<string, object>> {
  return {
    report: REPORT,
    fleet: FLEET,
    tool: object({ name: TEXT, version: TEXT }),
    summary: object(Object.fromEntries(STATUSES.map((status) => [status, COUNT]))),
    check: CHECK,
    project: PROJECT,
    result: RESULT,
    request: REQUEST,
    cause: CAUSE,
    rootCause: ROOT_CAUSE,
    problem: PROBLEM,
    evidence: object({ label: TEXT, value: TEXT }),
    measure: object({
      name: { enum: ['upstream_ratelimit_remaining', 'tls_not_after_seconds'] },
      of: about('Where it was measured: the upstream that counts pulls, or the host of the certificate.', TEXT),
      value: { type: 'number' },
    }),
  };
}

/** What a report and a fleet have in common. */
const RUN = {
  schemaVersion: { const: 1 },
  tool: { $ref: '#/$defs/tool' },
  startedAt: about('UTC', { type: 'string', format: 'date-time' }),
  durationMs: COUNT,
  complete: about('False if the run was stopped: the results are valid, but incomplete.', {
    type: 'boolean',
  }),
  summary: about('Results by status.', { $ref: '#/$defs/summary' }),
};

/** Requests that this machine sent to a host, and bytes that it received. */
const HOST_COST = { host: TEXT, requests: COUNT, bytes: COUNT };

const COST = object({
  harbor: object(HOST_COST),
  upstreams: {
    type: 'array',
    items: object(
      {
        ...HOST_COST,
        pullsWhenCold: about('Maximum number of manifests that Harbor fetches with an empty cache.', COUNT),
        pulls: about('Pulls reserved for this run, if the upstream counts them.', COUNT),
        limit: { type: 'number' },
        remaining: { type: 'number' },
      },
      ['pulls', 'limit', 'remaining'],
    ),
  },
  others: { type: 'array', items: object(HOST_COST) },
});

/** `{ "M1": ["proxy.docker.io", "proxy.quay.io"] }` */
const PROJECTS_BY_CHECK = { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } };

const REPORT = object(
  {
    ...RUN,
    harbor: object(
      {
        url: { type: 'string', format: 'uri' },
        version: TEXT,
        address: about('Of the machine that was examined, from --connect-to.', TEXT),
      },
      ['version', 'address'],
    ),
    instance: about('Its name in a fleet.', TEXT),
    shard: about('The shard of the projects, counted from 1.', object({ index: COUNT, of: COUNT })),
    timeScale: about("Factor for Harbor's waits; 1 for a real Harbor.", { type: 'number' }),
    stopped: about('Why the run is not complete.', TEXT),
    cost: about('Requests and bytes of the run, and pulls that upstreams may count.', COST),
    checks: list('check'),
    projects: list('project'),
    causes: about(
      'Root causes of failures, the worst first. Every failed or errored result belongs to one of them.',
      list('rootCause'),
    ),
    folded: about(
      'In a report of more than 5,000 results: passed and skipped checks, as projects by check; an empty name is the front door. --details all writes each result.',
      object({ pass: PROJECTS_BY_CHECK, skip: PROJECTS_BY_CHECK }),
    ),
    results: about('The front door first, then project by project, each in the order of checks.', list('result')),
  },
  ['instance', 'shard', 'stopped', 'cost', 'folded'],
);

const FLEET = object({ ...RUN, instances: { ...list('report'), minItems: 1 } });

const CHECK = object({
  id: TEXT,
  title: TEXT,
  proves: TEXT,
  why: TEXT,
  limits: TEXT,
  upstreamCost: TEXT,
  phase: { enum: [...PHASES] },
});

/** A place in the declaration; line and column count from 1. */
const POSITION = object({ file: TEXT, line: COUNT, column: COUNT, endColumn: COUNT }, ['endColumn']);

const PROJECT = object(
  {
    name: TEXT,
    public: { type: 'boolean' },
    proxy: { type: 'boolean' },
    images: TEXTS,
    platforms: TEXTS,
    position: about('Where the project is declared; line and column count from 1.', POSITION),
    imagePositions: about('Where each of images is declared, in the same order.', { type: 'array', items: POSITION }),
  },
  ['position', 'imagePositions'],
);

const RESULT = object(
  {
    id: TEXT,
    title: TEXT,
    project: about('Absent for the front door.', TEXT),
    status: about('fail: the registry is wrong; error: it could not be determined.', { enum: [...STATUSES] }),
    message: about('Message for people, with one line for each image or platform.', TEXT),
    evidence: list('evidence'),
    link: about('For a known deviation: URL of its issue.', TEXT),
    image: about('The declared image, if only one is affected.', TEXT),
    cause: about('Its cause; absent: not determined, or it passed.', { $ref: '#/$defs/cause' }),
    alsoCauses: about('Further causes.', list('cause')),
    problems: about('What is wrong, for programs.', list('problem')),
    measures: list('measure'),
    startedAfterMs: about('Since the run began.', COUNT),
    durationMs: COUNT,
    requests: list('request'),
  },
  ['project', 'link', 'image', 'cause', 'alsoCauses', 'problems', 'measures'],
);

const REQUEST = object(
  {
    id: about('The X-Request-ID, which Harbor logs.', TEXT),
    method: TEXT,
    url: about('Redacted.', TEXT),
    status: about('Absent if there was no response.', { type: 'integer' }),
    durationMs: { type: 'number', minimum: 0 },
    firstByteMs: about('To the headers of the response.', { type: 'number', minimum: 0 }),
    bytes: about('Of the body as received.', COUNT),
    digest: about('Of the body, where it was hashed.', TEXT),
    error: about('Why there is no response, or why its body ended early.', TEXT),
    errorCode: about('Error code, such as NETWORK_DNS.', TEXT),
  },
  ['status', 'firstByteMs', 'digest', 'error', 'errorCode'],
);

/** Shared by a cause, which belongs to a result, and a root cause, which explains many. */
const CAUSE_FIELDS = {
  kind: about('Kind of cause, such as robot-expired.', TEXT),
  rank: about('Severity, the worst first.', { enum: [...RANKS] }),
  party: about('Who can fix it.', TEXT),
  words: about('Identical for all results with this cause.', TEXT),
  evidence: about('Evidence; without it no cause is reported.', list('evidence')),
  whatToDo: TEXT,
  command: about('How to fix it, or where to read more.', TEXT),
  yaml: about('Lines of the declaration to change, if a change fixes it.', TEXT),
  subject: about('Subject, such as one robot.', TEXT),
  plural: about('Plural text for several of them.', TEXT),
};

const OPTIONAL_OF_CAUSE = ['whatToDo', 'command', 'yaml', 'subject', 'plural'];

const CAUSE = object(CAUSE_FIELDS, OPTIONAL_OF_CAUSE);

const ROOT_CAUSE = object(
  {
    ...CAUSE_FIELDS,
    projects: about('Empty if only the front door is affected.', TEXTS),
    checks: about('Ids of the checks that failed because of it.', {
      type: 'array',
      items: object({ id: TEXT, project: TEXT }, ['project']),
    }),
    link: about('For a known deviation: URL of its issue.', TEXT),
  },
  [...OPTIONAL_OF_CAUSE, 'link'],
);

const PROBLEM = object(
  {
    kind: { enum: [...PROBLEM_KINDS] },
    subject: about('Subject: a robot, a setting, a digest or a platform.', TEXT),
    value: about('Observed value.', TEXT),
  },
  ['subject', 'value'],
);

/** Everything is required unless it is listed as optional; readers must accept new fields. */
function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []): Described {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)) };
}

/** An array of one of the definitions above. */
function list(name: string): object {
  return { type: 'array', items: { $ref: `#/$defs/${name}` } };
}

/** The description comes first, so that the published page is readable. */
function about(description: string, schema: object): object {
  return { description, ...schema };
}

/** An object schema. `required` is read again to relax the schema for reading: see `reportSchemaFor`. */
interface Described {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
}
