import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PlanRefusedError } from '../../errors';
import { readSavedJson, validateSaved } from '../../reconcile/saved-file';
import {
  planSummaryText,
  sha256,
  upPlanSchema,
  type Deployment,
  type PlannedStep,
  type Step,
  type UpPlan,
} from './steps';

/** Files that `up --plan-out` writes in addition to the details of each step. */
export const PLAN_FILES = { plan: 'up.json', summary: 'up.md', policies: 'policies.json' } as const;

/** Paths below the repository. */
export type PlanInputs = readonly string[];

/** The files that decide what the stacks and the playbook do. */
export function inputsOf({ file, hostSettings, name }: Deployment): PlanInputs {
  const settings = hostSettings === undefined ? [] : [hostSettings];
  return [file, ...settings, join('stacks', 'images.yaml'), join('stacks', 'prepared', `${name}.json`)];
}

/** SHA-256 of each file; empty for one that does not exist. */
export async function digests(directory: string, files: readonly string[]): Promise<Record<string, string>> {
  const found = files.map(async (file) => {
    const text = await readFile(join(directory, file), 'utf8').catch(() => undefined);
    return [file, text === undefined ? '' : sha256(text)] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

/** False for the plan of a pair, which has one in the directory of each machine. */
export function hasUpPlan(cwd: string, directory: string): boolean {
  return existsSync(join(resolve(cwd, directory), PLAN_FILES.plan));
}

/**
 * The plan in a directory, read once and validated with its published schema before anything is done.
 * @throws DeclarationError if there is none, or it was damaged or written by another program
 */
export async function loadUpPlan(cwd: string, directory: string): Promise<UpPlan> {
  const file = join(resolve(cwd, directory), PLAN_FILES.plan);
  const saved = { file, rule: 'up-plan', hint: `write one: breakwater up --plan-out ${directory}` };
  const value = await readSavedJson(saved);
  await validateSaved(saved, upPlanSchema(), value, 'it is not a plan of up');
  return value as UpPlan;
}

/**
 * A plan is applied only with the files that it was made from, because a person reviewed those.
 * @throws PlanRefusedError
 */
export async function refuseOutdated(
  cwd: string,
  directory: string,
  plan: UpPlan,
  deployment: Deployment,
): Promise<void> {
  const again = `plan again: breakwater up --environment ${deployment.name} --plan-out ${directory}`;
  const refuse = (message: string): never => {
    throw new PlanRefusedError('nothing was changed', [{ rule: 'plan-outdated', message, hint: again }]);
  };
  if (plan.environment !== deployment.name)
    refuse(`${directory} is a plan of ${plan.environment}, not of ${deployment.name}`);
  const now = await digests(cwd, inputsOf(deployment));
  const changed = Object.keys({ ...plan.inputs, ...now }).filter((file) => plan.inputs[file] !== now[file]);
  if (changed.length > 0)
    refuse(`${changed.join(', ')} changed since ${plan.plannedAt}, when ${directory} was written`);
  const saved = (await digests(resolve(cwd, directory), [PLAN_FILES.policies]))[PLAN_FILES.policies];
  if (plan.policies !== undefined && plan.policies !== saved)
    refuse(`${join(directory, PLAN_FILES.policies)} is not the file that was written with the plan`);
}

/** @throws PlanRefusedError if other steps are needed than were planned */
export function refuseOtherSteps(
  directory: string,
  seen: readonly PlannedStep[],
  steps: readonly Step[],
  { name }: Deployment,
): void {
  const planned = seen.map(({ id }): string => id);
  const now = steps.map(({ id }): string => id);
  if (String(planned) === String(now)) return;
  throw new PlanRefusedError('nothing was changed', [
    {
      rule: 'plan-outdated',
      message: `${directory} plans ${planned.join(', ')}; now needed: ${now.join(', ')}`,
      hint: `plan again: breakwater up --environment ${name} --plan-out ${directory}`,
    },
  ]);
}

/**
 * Stops before a step whose plan was not reviewed.
 * @throws PlanRefusedError
 */
export function refuseNotPlanned(directory: string, step: PlannedStep | undefined, { name }: Deployment): void {
  if (step?.state !== 'not-planned') return;
  throw new PlanRefusedError(`stopped before ${step.id}; earlier steps are done`, [
    {
      rule: 'not-planned',
      message: `${step.id} was not planned: ${step.why ?? 'it needs the steps before it'}`,
      hint: `plan the rest: breakwater up --environment ${name} --from ${step.id} --plan-out ${directory}`,
    },
  ]);
}

/** `up.md`: for the comment of a pull request or the summary of a job. */
export function upPlanText({ environment, plannedAt, steps }: UpPlan): string {
  const rows = steps.map(({ id, state, why, summary, details }) => {
    const what = state === 'changes' && summary ? planSummaryText(summary).replaceAll('\n', '<br>') : (why ?? '');
    const file = details === undefined ? '' : `\`${details}\``;
    return `| ${id} | ${STATE_WORDS[state]} | ${what.replaceAll('|', '\\|')} | ${file} |`;
  });
  const head = `### Plan of ${environment}\n\nPlanned at ${plannedAt}.\n\n`;
  return `${head}| step | plan | what | details |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

const STATE_WORDS: Readonly<Record<PlannedStep['state'], string>> = {
  unchanged: 'no changes',
  changes: 'changes',
  runs: 'runs',
  'not-planned': 'not planned',
};
