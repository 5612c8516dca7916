import { dirname } from 'node:path';
import { ApplyError, StalePlanError } from '../errors';
import { makeDirectory } from '../make-directory';
import { harmlessJson } from '../outside/printable';
import type { Mode, Plan } from '../plan/plan';
import { planSchema } from '../plan/plan-schema';
import { escapeControls } from '../escape-controls';
import { planHash } from './apply';
import { textOf } from './failure';
import { writeSafely } from './safe-file';
import { readSavedJson, unusable, validateSaved, type SavedFile } from './saved-file';

const FORMAT = 'breakwater-plan';

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
    await makeDirectory(dirname(file));
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
  const plan = await planIn(file);
  const misfit = misfitOf(plan, fits);
  if (misfit !== undefined) throw new StalePlanError(`${file}: ${misfit}`);
  return plan;
}

/** Undefined if the file may be used. */
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

/** The hash is compared after the schema, so that a damaged file gets the message that helps more. */
async function planIn(file: string): Promise<Plan> {
  const saved = (await readSavedJson(savedAt(file))) as { format?: unknown; sha256?: unknown; plan?: unknown } | null;
  if (saved?.format !== FORMAT) throw unusable(savedAt(file), 'it was not written by `plan --out`');
  await validateSaved(savedAt(file), planSchema(), saved.plan, 'it is not a valid plan file');
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
    if (cause instanceof RangeError) throw unusable(savedAt(file), 'it is nested too deeply');
    throw cause;
  }
}

/** A plan file, as the finding about a damaged one names it. */
function savedAt(file: string): SavedFile {
  return { file, rule: 'plan-file', hint: 'make a new plan' };
}
