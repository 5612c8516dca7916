import { createClient } from '../../../src/harbor';
import type { AnyKind, Live, WriteContext } from '../../../src/kinds/kind';
import { compare, mergeOver } from '../../../src/plan/diff';
import { createRefs } from '../../../src/reconcile/refs';
import { startSandbox } from '../../../src/sandbox';

const PASSWORD = 'Harbor12345';

/** Runs a test against a fresh sandbox, as its admin. Secrets are the names of their variables. */
export async function withSandbox(test: (context: WriteContext) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.01 });
  const client = createClient({ url: sandbox.url, user: { username: 'admin', password: async () => PASSWORD } });
  try {
    await test({
      client,
      refs: createRefs(),
      secret: async (reference) => ('env' in reference ? reference.env : ''),
      checkDelivery: async () => {},
      deliver: async () => {},
    });
  } finally {
    await client.close();
    await sandbox.close();
  }
}

export async function listed<Spec extends object>(
  kind: AnyKind,
  { client, refs }: WriteContext,
  parents: readonly string[] = [],
): Promise<Live<Spec>[]> {
  const wires = async <Wire>(): Promise<readonly Wire[]> => client.list<Wire>('/projects');
  const found = await kind.list({ client, parents, wires });
  return found.map((wire) => kind.fromWire(wire, refs) as Live<Spec>);
}

/** Writes what differs, as an apply would, and says which fields that were. */
export async function bringTo(kind: AnyKind, context: WriteContext, declared: object): Promise<string[]> {
  const desired = kind.normalise(declared) as object;
  const live = (await kind.read(context, kind.identity(desired))) as Live<object> | undefined;
  if (!live) {
    await kind.create(context, desired, new Map());
    return Object.keys(desired);
  }
  const changed = compare(desired, live.spec, kind).map(({ path }) => path.split('.')[0]!);
  if (changed.length === 0) return [];
  await kind.update(context, { live, merged: mergeOver(live.spec, desired, kind), changed });
  return changed;
}
