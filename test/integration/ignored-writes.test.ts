import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, type HarborClient } from '../../src/harbor';
import { kinds } from '../../src/kinds';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { directoryWith } from '../support/cli';
import { declarationIn, startSandboxRun, type SandboxRun } from '../support/sandbox-run';
import { HAND_MADE, rawHarbor, type HandMade, type RawHarbor } from './drift-by-hand';
import { policies } from './drift-policies';

/*
 * Harbor answers 200 to what it ignores (harbor.md 2.5), so an accepted change is not yet a made one: what was
 * written is read back, and anything that still differs is an error.
 */
let upstream: FixtureUpstream;
beforeAll(async () => {
  upstream = await startFixtureUpstream();
});
afterAll(() => upstream.close());

/** A front that lets reads through, and answers 200 to every write without telling Harbor. */
async function startDeafFront(harborUrl: string): Promise<Server> {
  const { hostname, port } = new URL(harborUrl);
  const pass = (req: IncomingMessage, res: ServerResponse): void => {
    const { method, url: path, headers } = req;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    req.pipe(onward);
  };
  const server = createServer((req, res) => {
    if (req.method === 'GET' || req.url === '/c/login') return pass(req, res);
    req.resume().on('end', () => res.writeHead(200).end());
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describe('a Harbor that answers 200 to an update and does nothing', () => {
  let run: SandboxRun;
  let harbor: RawHarbor;
  let front: Server;
  let deaf: HarborClient;

  beforeAll(async () => {
    run = await startSandboxRun({ harborVersion: 'v2.16.0', scanner: { findings: {} } });
    harbor = rawHarbor(run.sandbox.url, 'Harbor12345');
    front = await startDeafFront(run.sandbox.url);
    const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    deaf = createClient({ url, user: { username: 'admin', password: async () => 'Harbor12345' }, random: () => 0 });
  });
  afterAll(async () => {
    await deaf.close();
    front.close();
    await run.close();
  });

  const configuration: HandMade = {
    kind: 'configuration',
    address: 'configuration/harbor',
    field: 'token_expiration',
    change: (raw) => raw.put('/configurations', { token_expiration: 51 }),
  };
  /** The first of each kind: the way back from Harbor is the same for all of its fields. */
  const rows = [configuration, ...HAND_MADE].filter(
    ({ kind }, at, all) => all.findIndex((o) => o.kind === kind) === at,
  );

  it.each(rows.map((row) => [row.address, row.field, row] as const))(
    '%s %s: is an error',
    async (address, field, row) => {
      const files = { 'policies.yaml': policies(upstream.url, { token_expiration: 50 }) };
      const declaration = await declarationIn(directoryWith(files));
      const made = await run.apply(declaration, await run.plan(declaration));
      expect([made.failed, made.differences]).toEqual([[], []]);
      await row.change(harbor);
      const { failed, differences } = await run.apply(declaration, await run.plan(declaration), {
        client: deaf,
        // Nothing is cached here, so that nothing is waited for.
        kinds: kinds.map((kind) => ({ ...kind, staleForMs: 0 })),
      });
      expect(failed).toEqual([]);
      expect(differences.map((one) => [one.address, one.fields.map((path) => path.split('.')[0])])).toEqual([
        [address, [field.split('.')[0]]],
      ]);
      expect(differences[0]?.message).toContain(`${address}: Harbor accepted but did not apply ${field}`);
    },
  );

  it('is tried for every kind that a hand can change', () => {
    // A group and a rule are what they are called; scanners need an adapter (scanning.test.ts).
    const others = ['user-group', 'immutable-tag-rule', 'scanner', 'project-scanner'];
    expect(
      rows
        .map(({ kind }) => kind)
        .concat(others)
        .sort(),
    ).toEqual(kinds.map(({ name }) => name).sort());
  });
});

describe('a field that this Harbor does not know', () => {
  const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
  const registry = (more: string): string => `registries: { up: { type: docker-registry, url: "URL"${more} } }`;
  const proxy = (more: string): string => `${registry('')}\nprojects: { prx: { registry: up, ${more} } }`;
  const filter = 'proxy_cache_filter_pattern: "library/.*", proxy_cache_filter_kind: regex';
  const CASES: readonly (readonly [kind: string, field: string, text: string])[] = [
    ['registry', 'ca_certificate', registry(`, ca_certificate: ${JSON.stringify(CERTIFICATE)}`)],
    ['project', 'max_upstream_conn', proxy('max_upstream_conn: 5')],
    ['project', 'proxy_cache_local_on_not_found', proxy('proxy_cache_local_on_not_found: true')],
    ['project', 'proxy_cache_filter_pattern', proxy(filter)],
    ['project', 'proxy_cache_filter_kind', proxy(filter)],
    ['project', 'proxy_referrer_api', proxy('proxy_referrer_api: true')],
    [
      'replication-policy',
      'single_active_replication',
      `${registry('')}\nreplications: { r: { from: up, single_active_replication: true } }`,
    ],
    ['gc-schedule', 'delete_tag', 'schedules: { gc: { cron: "0 0 4 * * *", delete_tag: true } }'],
  ];

  it.each(CASES)('%s %s: is dropped with a 2xx, and that is an error', async (kind, field, text) => {
    const old = await startSandboxRun({ harborVersion: 'v2.13.5' });
    try {
      const declaration = await declarationIn(directoryWith({ 'p.yaml': text.replace('URL', upstream.url) }));
      const { failed, differences } = await old.apply(declaration, await old.plan(declaration));
      expect(failed).toEqual([]);
      const [{ address, fields } = { address: '', fields: [] as readonly string[] }, ...others] = differences;
      expect([address.split('/')[0], fields, others]).toEqual([kind, expect.arrayContaining([field]), []]);
    } finally {
      await old.close();
    }
  });

  it('is tried for every field that came with a later Harbor', () => {
    const later = kinds.flatMap(({ name, since = {} }) => Object.keys(since).map((field) => `${name}.${field}`));
    expect(CASES.map(([kind, field]) => `${kind}.${field}`).sort()).toEqual(later.sort());
  });
});
