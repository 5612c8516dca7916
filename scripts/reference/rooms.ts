/** Small files at the root of src/ that every room may use, because they import no room. Separate programs have their own. */
export const SHARED: readonly string[] = [
  'compact',
  'compare-text',
  'diagnostic',
  'duration',
  'errors',
  'escape-controls',
  'file-fault',
  'grouped',
  'json',
  'line-at',
  'make-directory',
  'map-bounded',
  'minute-text',
  'once',
  'plural',
  'release',
  'secret-reference',
  'shape',
  'suggest',
  'without-stacks',
];
/** Separate programs: a stand-in that shares code with its client proves nothing. */
export const APART = ['sandbox', 'scanner-adapter', 'upstream'];

export interface Room {
  /** What is in it, for docs/architecture.md. */
  readonly about: string;
  /** Folders of src/ that it may import besides what is shared; `*` is every one. It may always import itself. */
  readonly values: readonly string[];
  /** Folders of which it may import types. */
  readonly types?: readonly string[];
  readonly packages: readonly string[];
  readonly builtins: RegExp;
}

/** The folders of src/, and what each may import. test/architecture.test.ts enforces it. */
export const ROOMS: Readonly<Record<string, Room>> = {
  '': {
    about: 'the helpers above, and the public API',
    values: ['*'],
    packages: ['semver'],
    builtins: /^node:(fs|fs\/promises|path)$/,
  },
  outside: {
    about:
      'text from others, made safe to print: control characters, commands of CI systems, secrets in every encoding',
    values: [],
    packages: [],
    builtins: /^$/,
  },
  http: {
    about: 'connection pool, bounded bodies, redaction, network errors in words',
    values: ['outside'],
    packages: ['undici'],
    builtins: /^node:(tls|crypto|dns|net|v8)$/,
  },
  plan: {
    about: '**pure**: diff, order, plan, guard, renderers',
    values: [],
    types: ['kinds', 'declaration', 'harbor'],
    packages: [],
    builtins: /^node:crypto$/,
  },
  kinds: {
    about:
      'one Harbor kind a file, `kind.ts` the contract, `index.ts` the only registration, `support/` what several share',
    values: [],
    types: ['harbor'],
    packages: [],
    builtins: /^$/,
  },
  'json-schema': {
    about: 'JSON files against their schemas: the part of ajv that our schemas use, and what is wrong in words',
    values: [],
    packages: ['ajv'],
    builtins: /^$/,
  },
  declaration: {
    about:
      'YAML → `Declaration`: `files/` reads, `yaml/` parses within bounds, `sections/` and `schema/` say what may be written, `expand/` merges defaults and overlays into objects, `checks/`, `secrets/`, and findings as text and SARIF (`render/`)',
    values: ['kinds', 'mirror', 'outside', 'json-schema'],
    packages: ['yaml', 'ajv'],
    builtins: /^node:(fs|fs\/promises|path|os|crypto|child_process|util)$/,
  },
  harbor: {
    about: 'API client: identity, session, retry, paging',
    values: ['http', 'outside'],
    packages: ['undici'],
    builtins: /^node:(crypto|timers|timers\/promises|tls|events)$/,
  },
  oci: {
    about: 'registry protocol: reference, token, manifest, blob',
    values: ['http', 'outside'],
    packages: ['undici'],
    builtins: /^node:(worker_threads|crypto|stream|stream\/promises|timers\/promises|events|zlib|net|tls)$/,
  },
  reconcile: {
    about: 'read, apply, journal: the only place where pure meets I/O; it reports, it never prints',
    values: ['plan', 'kinds', 'harbor', 'outside', 'json-schema'],
    types: ['declaration'],
    packages: [],
    builtins: /^node:(fs|fs\/promises|path|crypto|os|timers\/promises)$/,
  },
  export: {
    about: 'objects → YAML that plans to nothing: places, defaults, comments, files',
    values: ['declaration', 'kinds'],
    packages: ['yaml'],
    builtins: /^$/,
  },
  import: {
    about: "other tools' formats → objects: HarborConfiguration, Terraform state and JSON",
    values: ['declaration', 'export', 'kinds'],
    packages: [],
    builtins: /^$/,
  },
  conformance: {
    about:
      "`model/` what a check, a result and a report are; `run/` runs them; `checks/`, `scenarios/`; how an image is pulled (`pull/`), requests to Harbor's API (`harbor-api/`), who is at fault (`cause/`), `report/`, rate `budget/`, `support/` what several checks share",
    values: ['oci', 'clients', 'outside', 'json-schema'],
    types: ['declaration'],
    packages: ['fzstd'],
    builtins: /^node:(crypto|events|timers\/promises|url|path|zlib|dns\/promises)$/,
  },
  canary: {
    about: '`breakwater canary`: the fixture upstream deployable, its control server and the client of that',
    values: ['upstream', 'http'],
    types: ['conformance'],
    packages: ['ajv', 'yaml'],
    builtins: /^node:(crypto|http|https)$/,
  },
  advisories: {
    about: '**pure**: which release of Harbor has which known fault, and when it matters for what is declared',
    values: ['kinds'],
    packages: ['semver'],
    builtins: /^$/,
  },
  inventory: {
    about:
      'image references of source trees and clusters: one extractor a file in `extract/`, what the cache makes of each, exact edits in `rewrite/`',
    values: ['oci', 'outside'],
    types: ['declaration'],
    packages: ['yaml', 'ignore'],
    builtins: /^node:(crypto|fs|fs\/promises|path)$/,
  },
  warm: {
    about: 'pulls the images of an inventory into the cache: their order, the pace, and the results',
    values: [],
    types: ['conformance'],
    packages: [],
    builtins: /^node:timers\/promises$/,
  },
  mirror: {
    about:
      '**pure**: the front of a mirror domain, whose clients know of no project, and its shield, as configuration of proxies',
    values: [],
    packages: [],
    builtins: /^$/,
  },
  clients: {
    about:
      '**pure**: `clients:` of a declaration → the configuration of everything that pulls through the cache, a client a file',
    values: ['declaration', 'inventory'],
    types: ['kinds'],
    packages: ['yaml', 'toml-eslint-parser'],
    builtins: /^$/,
  },
  deploy: {
    about: "an environment file → what its stacks are made of, as data: containers, Traefik's configuration, findings",
    values: ['declaration', 'mirror'],
    packages: ['yaml', 'ajv', 'semver'],
    builtins: /^node:(crypto|fs|fs\/promises|net|path)$/,
  },
  rules: {
    about: '**pure**: the rules (HP…) on declarations, plans and what was synthesised, and waivers',
    values: ['kinds', 'plan'],
    types: ['declaration'],
    packages: ['yaml'],
    builtins: /^$/,
  },
  // Harbor's globs and the requests to an upstream are part of the stand-in.
  'scanner-adapter': {
    about: 'a scanner that reports declared CVEs, for the sandbox and for a real Harbor',
    values: ['sandbox'],
    packages: [],
    builtins: /^node:/,
  },
  sandbox: {
    about:
      "Harbor stand-in: `api/` and `routes/` speak its API, `registry/` the proxy cache; `access/`, `projects/`, `registries/`, `scanning/`, `jobs/`, `retention/`, `immutable/`, `replication/`, `audit/`, `gc/` are Harbor's domains; `context/` is what every part shares (clock, blobs, tokens, events), `outgoing/` requests other servers; `go-compat/` is what Go does differently",
    values: [],
    packages: ['fastify', 'find-my-way', 'jsonwebtoken', 'ldapts'],
    builtins: /^node:/,
  },
  upstream: {
    about: 'an upstream registry made of fixture images: behind the canary, the demo and the tests',
    values: [],
    packages: [],
    builtins: /^node:/,
  },
  app: {
    about:
      'the use cases, and their results and events as text and JSON (`render/`); `examine/` (doctor, health), `serve/` (what runs until Ctrl-C), `clients/`, `drill/`, `demo/`, `init/`, `up/`. No process, no printing',
    values: [
      ...['declaration', 'kinds', 'plan', 'harbor', 'reconcile', 'oci', 'conformance', 'advisories', 'rules'],
      ...['export', 'import', 'mirror', 'clients', 'deploy', 'canary', 'sandbox', 'upstream', 'http', 'outside'],
      ...['rules', 'inventory', 'scanner-adapter', 'warm'],
    ],
    packages: ['semver', 'yaml'],
    builtins: /^node:(child_process|crypto|dns\/promises|fs|fs\/promises|net|os|path|timers\/promises|tls|url)$/,
  },
  bundle: {
    about: 'the start: the most used commands come from one script, which `npm run build` writes; settings of the heap',
    values: [],
    packages: [],
    builtins: /^node:(fs|module|path|v8|vm)$/,
  },
  // Parses options, prints, and maps results to exit codes. The work of a command and its texts are in app/.
  cli: {
    about:
      'the command line: `commands/`, `options/`, `terminal/` (what it writes to), `support/` (questions, several Harbors), exit codes. The only place with `process`',
    values: ['app', 'bundle', 'outside'],
    types: ['conformance', 'plan'],
    packages: ['commander'],
    builtins: /^node:readline\/promises$/,
  },
};
