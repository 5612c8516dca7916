import { PHASES } from '../model/check';
import { STATUSES } from '../model/outcome';
import { PROBLEM_KINDS } from '../model/problem';
import { RANKS } from '../model/result';

const COUNT = { type: 'integer', minimum: 0 } as const;
const TEXT = { type: 'string' } as const;
const TEXTS = { type: 'array', items: TEXT } as const;

/** What `report.json` holds, for programs that read it: JSON Schema 2020-12, for `schemaVersion` 1. */
export function reportSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Breakwater conformance report',
    description: 'What a run of breakwater conform found out: about one Harbor, or about a fleet of them.',
    oneOf: [{ $ref: '#/$defs/report' }, { $ref: '#/$defs/fleet' }],
    $defs: definitions(),
  };
}

/** What one report is read by. Causes are made of the results when it is written: a report without them can be read. */
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
      of: about('What it was measured at: the upstream that counts, the host of the certificate.', TEXT),
      value: { type: 'number' },
    }),
  };
}

const RUN = {
  schemaVersion: { const: 1 },
  tool: { $ref: '#/$defs/tool' },
  startedAt: about('UTC', { type: 'string', format: 'date-time' }),
  durationMs: COUNT,
  complete: about('False where a run was stopped: what is there is valid, what is missing is not known.', {
    type: 'boolean',
  }),
  summary: about('Results by status.', { $ref: '#/$defs/summary' }),
};

const HOST_COST = { host: TEXT, requests: COUNT, bytes: COUNT };

const COST = object({
  harbor: object(HOST_COST),
  upstreams: {
    type: 'array',
    items: object(
      {
        ...HOST_COST,
        pullsWhenCold: about('Manifests that Harbor fetches at most where nothing is cached.', COUNT),
        pulls: about('Set aside for this run, of an upstream that counts.', COUNT),
        limit: { type: 'number' },
        remaining: { type: 'number' },
      },
      ['pulls', 'limit', 'remaining'],
    ),
  },
  others: { type: 'array', items: object(HOST_COST) },
});

const PROJECTS_BY_CHECK = { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } };

const REPORT = object(
  {
    ...RUN,
    harbor: object({ url: { type: 'string', format: 'uri' }, version: TEXT }, ['version']),
    instance: about('Its name in a fleet.', TEXT),
    shard: about('Which part of the projects this is, counted from 1.', object({ index: COUNT, of: COUNT })),
    timeScale: about("What Harbor's waits were multiplied by; 1 for a real Harbor.", { type: 'number' }),
    stopped: about('Why the run is not complete.', TEXT),
    cost: about('What the run sent and received, and what upstreams may count.', COST),
    checks: list('check'),
    projects: list('project'),
    causes: about(
      'Why what failed failed, the worst first. Every failed or errored result belongs to one of them.',
      list('rootCause'),
    ),
    folded: about(
      'In a report of more than 5,000 results: what passed and what was skipped, as projects by check; an empty name is the front door. --details all writes them out.',
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
    status: about('fail: the registry is wrong; error: it could not be found out.', { enum: [...STATUSES] }),
    message: about('For a person. Several parts, images or platforms, have a line each.', TEXT),
    evidence: list('evidence'),
    link: about('Of a known deviation: where it is tracked.', TEXT),
    image: about('As declared, where one image alone is the matter.', TEXT),
    cause: about('The one that it belongs to; absent: not determined.', { $ref: '#/$defs/cause' }),
    alsoCauses: about('Further causes that it shows.', list('cause')),
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
    id: about('The X-Request-ID; it stands in the logs of Harbor too.', TEXT),
    method: TEXT,
    url: about('Redacted.', TEXT),
    status: about('Absent where no answer came.', { type: 'integer' }),
    durationMs: { type: 'number', minimum: 0 },
    firstByteMs: about('To the headers of the response.', { type: 'number', minimum: 0 }),
    bytes: about('Of the body as received.', COUNT),
    digest: about('Of the body, where it was hashed.', TEXT),
    error: about('Why there is no answer, or why its body ended early.', TEXT),
    errorCode: about('The same for programs, such as NETWORK_DNS.', TEXT),
  },
  ['status', 'firstByteMs', 'digest', 'error', 'errorCode'],
);

const CAUSE_FIELDS = {
  kind: about('Names this kind of cause, such as robot-expired.', TEXT),
  rank: about('How bad it is, the worst first.', { enum: [...RANKS] }),
  party: about('Who can fix it.', TEXT),
  words: about('The same for everything that has this cause.', TEXT),
  evidence: about('What was seen; without it the cause is not said.', list('evidence')),
  whatToDo: TEXT,
  command: about('How to fix it, or where to read more.', TEXT),
  yaml: about('Lines of the declaration that end it, where a change of it does.', TEXT),
  subject: about('What it is about, such as one robot.', TEXT),
  plural: about('Several such, in words.', TEXT),
};

const OPTIONAL_OF_CAUSE = ['whatToDo', 'command', 'yaml', 'subject', 'plural'];

const CAUSE = object(CAUSE_FIELDS, OPTIONAL_OF_CAUSE);

const ROOT_CAUSE = object(
  {
    ...CAUSE_FIELDS,
    projects: about('Empty where only the front door is concerned.', TEXTS),
    checks: about('What failed by it.', { type: 'array', items: object({ id: TEXT, project: TEXT }, ['project']) }),
    link: about('Of a known deviation: where it is tracked.', TEXT),
  },
  [...OPTIONAL_OF_CAUSE, 'link'],
);

const PROBLEM = object(
  {
    kind: { enum: [...PROBLEM_KINDS] },
    subject: about('What it is about: a robot, a setting, a digest, a platform.', TEXT),
    value: about('What was seen of it.', TEXT),
  },
  ['subject', 'value'],
);

/** Everything is required unless it is named as optional, and readers may meet fields that are new to them. */
function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []): Described {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)) };
}

function list(name: string): object {
  return { type: 'array', items: { $ref: `#/$defs/${name}` } };
}

function about(description: string, schema: object): object {
  return { description, ...schema };
}

interface Described {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
}
