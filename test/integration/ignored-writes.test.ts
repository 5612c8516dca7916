import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, type HarborClient } from '../../src/harbor';
import { kinds } from '../../src/kinds';
import type { RawHarbor } from '../kinds/kit';
import { kitted, wholeDeclaration } from '../kinds/kits';
import { rawHarbor } from '../kinds/support/by-hand';
import { startWorld, type TestWorld } from '../kinds/support/world';
import { directoryWith } from '../support/cli';
import { declarationIn, startSandboxRun, type SandboxRun } from '../support/sandbox-run';
import { scannerThatFinds } from '../../src/scanner-adapter';

/*
 * Harbor returns 200 for fields that it ignores (docs/harbor-behavior.md 5.1), so an accepted change may not be applied: what was
 * written is read back, and anything that still differs is an error.
 */
let world: TestWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

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

describe('a Harbor that returns 200 for an update and changes nothing', () => {
  let run: SandboxRun;
  let harbor: RawHarbor;
  let front: Server;
  let deaf: HarborClient;

  beforeAll(async () => {
    run = await startSandboxRun({ harborVersion: 'v2.16.0', scanner: scannerThatFinds({}) });
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

  /** The first of each kind: the way back from Harbor is the same for all of its fields. */
  const rows = kitted.flatMap(({ kit }) => kit.byHand.changes.slice(0, 1));

  it.each(rows.map((row) => [row.address, row.field, row] as const))(
    '%s %s: is an error',
    async (address, field, row) => {
      const files = { 'policies.yaml': JSON.stringify(wholeDeclaration(world)) };
      const declaration = await declarationIn(directoryWith(files));
      const { report: made } = await run.planAndApply(declaration);
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
});

describe('a field that this Harbor does not know', () => {
  const CASES = kitted.flatMap(({ name, kit }) =>
    Object.entries(kit.dropped ?? {}).map(([field, document]) => [name, field, document] as const),
  );

  it.each(CASES)('%s %s: is dropped with a 2xx, and that is an error', async (kind, field, document) => {
    const old = await startSandboxRun({ harborVersion: 'v2.13.5' });
    try {
      const declaration = await declarationIn(directoryWith({ 'p.yaml': JSON.stringify(document(world)) }));
      const { failed, differences } = (await old.planAndApply(declaration)).report;
      expect(failed).toEqual([]);
      const [{ address, fields } = { address: '', fields: [] as readonly string[] }, ...others] = differences;
      expect([address.split('/')[0], fields, others]).toEqual([kind, expect.arrayContaining([field]), []]);
    } finally {
      await old.close();
    }
  });
});
