import type { Declaration } from '../../src/declaration/declaration';
import { loadDeclaration } from '../../src/declaration/load';
import { createClient, proveIdentity, type HarborClient, type Identity } from '../../src/harbor';
import { kinds } from '../../src/kinds';
import { makePlan, type PlanInput } from '../../src/plan/make-plan';
import type { Plan } from '../../src/plan/plan';
import { apply, type ApplyOptions } from '../../src/reconcile/apply';
import { readState, type State } from '../../src/reconcile/read';
import type { ApplyReport } from '../../src/reconcile/result';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox';

const PASSWORD = 'Harbor12345';

/** A sandbox, a client of it, and the way from a declaration to a report. */
export interface SandboxRun {
  readonly sandbox: Sandbox;
  readonly client: HarborClient;
  readonly identity: Identity;
  plan(declaration: Declaration, options?: Partial<PlanInput>): Promise<Plan>;
  apply(declaration: Declaration, plan: Plan, options?: Partial<ApplyOptions>): Promise<ApplyReport>;
  /** As the command does it: a plan, and the apply that goes by the same reading. */
  planAndApply(
    declaration: Declaration,
    options?: Partial<PlanInput>,
  ): Promise<{ readonly plan: Plan; readonly report: ApplyReport }>;
  close(): Promise<void>;
}

export async function startSandboxRun(options: SandboxOptions = {}): Promise<SandboxRun> {
  const sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.01, ...options });
  const client = createClient({
    url: sandbox.url,
    user: { username: 'admin', password: async () => PASSWORD },
    random: () => 0,
  });
  const identity = await proveIdentity(client);
  const secret = async (): Promise<string> => 'Canary-5eCr3t-Value';
  const applyWith = (declaration: Declaration, plan: Plan, refs: State['refs'], over?: Partial<ApplyOptions>) =>
    apply(plan, { client, kinds, declaration, refs, identity, secret, deliver: async () => {}, ...over });
  return {
    sandbox,
    client,
    identity,
    async plan(declaration, over) {
      const { current } = await readState({ client, kinds, declaration });
      return planFrom({ declaration, current, identity, target: { url: client.url }, ...over });
    },
    async apply(declaration, plan, over) {
      const { refs } = await readState({ client, kinds, declaration });
      return applyWith(declaration, plan, refs, over);
    },
    async planAndApply(declaration, over) {
      const { current, refs } = await readState({ client, kinds, declaration });
      const plan = planFrom({ declaration, current, identity, target: { url: client.url }, ...over });
      return { plan, report: await applyWith(declaration, plan, refs) };
    },
    async close() {
      await client.close();
      await sandbox.close();
    },
  };
}

function planFrom(
  input: Pick<PlanInput, 'declaration' | 'current' | 'identity' | 'target'> & Partial<PlanInput>,
): Plan {
  return makePlan({ tool: 'breakwater 0.0.0-test', kinds, mode: 'upsert-only', targets: [], rotate: [], ...input });
}

/** A directory of policies as the real loader reads it. @throws Error with every finding */
export async function declarationIn(directory: string): Promise<Declaration> {
  const { declaration, diagnostics } = await loadDeclaration({ directory, kinds });
  if (declaration) return declaration;
  throw new Error(diagnostics.map(({ message, hint }) => `${message} ${hint ?? ''}`).join('\n'));
}
