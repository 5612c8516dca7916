import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ApplyError, DeclarationError, StalePlanError } from '../errors';
import { jsonFault } from '../json-schema/check-json';
import { harmlessJson } from '../outside/printable';
import type { Mode, Plan } from '../plan/plan';
import { planSchema } from '../plan/plan-schema';
import { escapeControls } from '../plan/render/printable';
import { planHash } from './apply';
import { textOf } from './failure';
import { writeSafely } from './safe-file';

const FORMAT = 'breakwater-plan';
const MAX_PLAN_BYTES = 64 * 1024 * 1024;

/** What a saved plan must have been made for. */
export interface PlanFits {
  readonly tool: string;
  /** Hash of the current declaration. */
  readonly declaration: string;
  /** URL of the Harbor that will be written to. */
  readonly target: string;
  /** The widest allowed mode: a file cannot request deletions that the command line does not request. */
  readonly mode: Mode;
}

const MODES: readonly Mode[] = ['create-only', 'upsert-only', 'sync'];

/**
 * Saves a plan with its hash. It contains references to secrets, no secrets. Mode 0600 anyway, because it shows where
 * they are.
 * @throws ApplyError if the file cannot be written
 */
export async function savePlan(file: string, plan: Plan): Promise<void> {
  const text = `${harmlessJson(JSON.stringify({ format: FORMAT, sha256: planHash(plan), plan }, null, 2))}\n`;
  try {
    await writeSafely(file, text);
  } catch (cause) {
    throw new ApplyError(`the plan could not be saved to ${file}: ${textOf(cause)}`, file, { cause });
  }
}

/**
 * Reads what `savePlan` wrote. The hash detects accidents; a person who edits the file can recompute it. So the content
 * is never executed: `approve` compares it with a current plan.
 * @throws StalePlanError if it was made by another version, from another declaration, for another Harbor or in a wider
 * mode, or was changed since it was saved
 * @throws DeclarationError if the file is not a plan
 */
export async function loadPlan(file: string, fits: PlanFits): Promise<Plan> {
  const plan = await planIn(await readBounded(file), file);
  const misfit = misfitOf(plan, fits);
  if (misfit !== undefined) throw new StalePlanError(`${file}: ${misfit}`);
  return plan;
}

function misfitOf(plan: Plan, { tool, declaration, target, mode }: PlanFits): string | undefined {
  const again = 'make a new plan';
  if (plan.tool !== tool) return `it was made by ${escapeControls(plan.tool)}, but this is ${tool}; ${again}`;
  if (plan.target.url !== target)
    return `it was made for ${escapeControls(plan.target.url)}, not for ${target}; ${again}`;
  if (plan.declaration !== declaration) return `the declaration has changed since it was made; ${again}`;
  if (MODES.indexOf(plan.mode) > MODES.indexOf(mode))
    return `it was made in mode ${plan.mode}, but this is mode ${mode}: pass --mode ${plan.mode} to apply it`;
  return undefined;
}

async function planIn(text: string, file: string): Promise<Plan> {
  const saved = parsed(text, file) as { format?: unknown; sha256?: unknown; plan?: unknown } | null;
  if (saved?.format !== FORMAT) throw unusable(file, 'it was not written by `plan --out`');
  const fault = await jsonFault(planSchema(), saved.plan);
  if (fault !== undefined) throw unusable(file, `it is not a valid plan file: ${escapeControls(fault)}`);
  const plan = saved.plan as Plan;
  if (hashOf(plan, file) !== saved.sha256)
    throw new StalePlanError(`${file}: it was changed since it was saved; make a new plan`);
  return plan;
}

function hashOf(plan: Plan, file: string): string {
  try {
    return planHash(plan);
  } catch (cause) {
    // The author of a file controls its nesting depth.
    if (cause instanceof RangeError) throw unusable(file, 'it is nested too deeply');
    throw cause;
  }
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(file, 'it is not JSON, or is incomplete');
  }
}

async function readBounded(file: string): Promise<string> {
  // Without O_NONBLOCK, opening a named pipe would block until somebody writes to it.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw unusable(file, `it cannot be read (${textOf(error)})`);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw unusable(file, 'it is not a regular file');
    if (stat.size > MAX_PLAN_BYTES) throw unusable(file, `it is larger than ${MAX_PLAN_BYTES} bytes`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function unusable(file: string, why: string): DeclarationError {
  const message = `${file} cannot be applied: ${why}`;
  return new DeclarationError(message, [{ rule: 'plan-file', severity: 'error', message, hint: 'make a new plan' }]);
}
