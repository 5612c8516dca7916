import { open } from 'node:fs/promises';
import { ApplyError, DeclarationError, StalePlanError } from '../errors';
import type { Plan } from '../plan/plan';
import { planHash } from './apply';
import { textOf } from './failure';
import { isPlan } from './plan-shape';
import { writeSafely } from './safe-file';

const FORMAT = 'breakwater-plan';
const MAX_PLAN_BYTES = 64 * 1024 * 1024;

/** What a saved plan has to have been made for. */
export interface PlanFits {
  readonly tool: string;
  /** Hash of the declaration as it is now. */
  readonly declaration: string;
  /** URL of the Harbor that is about to be written to. */
  readonly target: string;
}

/**
 * Saves a plan with its hash. It holds references to secrets, no secret. Mode 0600 all the same: it says where they are.
 * @throws ApplyError where the file cannot be written
 */
export async function savePlan(file: string, plan: Plan): Promise<void> {
  const text = `${JSON.stringify({ format: FORMAT, sha256: planHash(plan), plan }, null, 2)}\n`;
  try {
    await writeSafely(file, text);
  } catch (cause) {
    throw new ApplyError(`the plan could not be saved to ${file}: ${textOf(cause)}`, file, { cause });
  }
}

/**
 * @throws StalePlanError when it was made by another version, from another declaration or for another Harbor
 * @throws DeclarationError when the file is no plan, or was changed since it was saved
 */
export async function loadPlan(file: string, fits: PlanFits): Promise<Plan> {
  const plan = planIn(await readBounded(file), file);
  const misfit = misfitOf(plan, fits);
  if (misfit !== undefined) throw new StalePlanError(`${file}: ${misfit}; make a new plan`);
  return plan;
}

function misfitOf(plan: Plan, { tool, declaration, target }: PlanFits): string | undefined {
  if (plan.tool !== tool) return `it was made by ${plan.tool}, this is ${tool}`;
  if (plan.target.url !== target) return `it was made for ${plan.target.url}, not for ${target}`;
  if (plan.declaration !== declaration) return 'the declaration has changed since it was made';
  return undefined;
}

function planIn(text: string, file: string): Plan {
  const saved = parsed(text, file) as { format?: unknown; sha256?: unknown; plan?: unknown } | null;
  if (saved?.format !== FORMAT) throw unusable(file, 'it is not a plan that `plan --out` wrote');
  if (!isPlan(saved.plan)) throw unusable(file, 'it has not the shape of a plan');
  if (planHash(saved.plan) !== saved.sha256) throw unusable(file, 'it was changed since it was saved');
  return saved.plan;
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(file, 'it is not JSON, or was cut');
  }
}

async function readBounded(file: string): Promise<string> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw unusable(file, `it cannot be read (${textOf(error)})`);
  });
  try {
    const { size } = await handle.stat();
    if (size > MAX_PLAN_BYTES) throw unusable(file, `it is larger than ${MAX_PLAN_BYTES} bytes`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function unusable(file: string, why: string): DeclarationError {
  const message = `${file} cannot be applied: ${why}`;
  return new DeclarationError(message, [{ rule: 'plan-file', severity: 'error', message, hint: 'make a new plan' }]);
}
