import type { Declaration, DeclaredObject } from '../../src/declaration/declaration';
import { createClient, proveIdentity, type HarborClient } from '../../src/harbor';
import { kinds } from '../../src/kinds';
import { makePlan } from '../../src/plan/make-plan';
import { readState } from '../../src/reconcile/read';
import { startSandbox } from '../../src/sandbox';
import { startFixtureUpstream } from '../../src/upstream';
import { readFloor } from './floor';
import { inTurn, ratio } from './measure';

const PROJECTS = 1000;
const REGISTRIES = 50;
const PASSWORD = 'Harbor12345';

/** A plan that finds nothing to do, beside a client that reads the same pages and does nothing with them. */
export async function noOpPlan(): Promise<string[]> {
  const upstream = await startFixtureUpstream();
  const sandbox = await startSandbox({ password: PASSWORD });
  const client = createClient({ url: sandbox.url, user: { username: 'admin', password: async () => PASSWORD } });
  try {
    await fill(client, upstream.url);
    const identity = await proveIdentity(client);
    const declaration = declared(upstream.url);
    const plan = async (): Promise<void> => {
      const { current } = await readState({ client, kinds, declaration });
      const target = { url: client.url };
      const { changes } = makePlan({
        tool: 'bench',
        declaration,
        current,
        kinds,
        mode: 'upsert-only',
        targets: [],
        rotate: [],
        identity,
        target,
      });
      if (changes.length > 0) throw new Error(`${changes.length} changes in a plan that should be empty`);
    };
    const floor = async (): Promise<void> => void (await readFloor(client));
    const { ours, theirs } = await inTurn(7, plan, floor);
    return [
      `no-op plan of ${PROJECTS} projects, quotas and ${REGISTRIES} registries, against the sandbox`,
      `ours               ${ours.toFixed(0)} ms`,
      `reading only       ${theirs.toFixed(0)} ms  (${ratio(ours, theirs)})`,
    ];
  } finally {
    await client.close();
    await sandbox.close();
    await upstream.close();
  }
}

async function fill(client: HarborClient, upstreamUrl: string): Promise<void> {
  for (let n = 0; n < REGISTRIES; n++)
    await client.post('/registries', { name: `r${n}`, type: 'docker-registry', url: upstreamUrl });
  for (let n = 0; n < PROJECTS; n++)
    await client.post('/projects', { project_name: `p${n}`, metadata: { public: 'false' }, storage_limit: -1 });
}

function declared(upstreamUrl: string): Declaration {
  const at = { file: 'bench', line: 1, column: 1 };
  const object = (kind: string, identity: string, spec: object): DeclaredObject => ({
    kind,
    identity,
    address: `${kind}/${identity}`,
    spec,
    protect: false,
    at,
  });
  const registries = Array.from({ length: REGISTRIES }, (_, n) =>
    object('registry', `r${n}`, { name: `r${n}`, type: 'docker-registry', url: upstreamUrl }),
  );
  const projects = Array.from({ length: PROJECTS }, (_, n) => [
    object('project', `p${n}`, { name: `p${n}`, public: false }),
    object('quota', `p${n}`, { project: `p${n}`, storage_limit: -1 }),
  ]).flat();
  return {
    directory: 'policies',
    objects: [...registries, ...projects],
    parents: new Map(),
    prune: [],
    conformance: [],
    hash: 'sha256:bench',
  };
}
