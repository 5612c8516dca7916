import { compact } from '../compact';
import { hasErrors } from '../diagnostic';
import { UsageError } from '../errors';
import { judgeStacks, rules, type Rule, type StackSettings, type SynthesisedStack, type Waived } from '../rules';
import { didYouMean } from '../suggest';
import type { AppContext } from './context';
import { loadOrThrow, type PolicySource } from './load';
import { today } from './today';

export { isError, type Rule } from '../rules';

/** Relative to the repository, as in `up`. */
export const ENVIRONMENTS = 'stacks/environments';

/** Without `environment` no waiver applies. */
export interface StackRulesOptions {
  /** The directory that `cdktf synth` wrote. */
  readonly synth: string;
  /** The environment whose waivers and severities apply: stacks/environments/NAME.yaml. */
  readonly environment?: string;
  /** Policies whose `rules.severity` applies as well. */
  readonly policies?: string;
  readonly overlay?: readonly string[];
}

/** All rules: those of Breakwater and these. */
export function withOwn(ownRules: readonly Rule[]): readonly Rule[] {
  return [...rules, ...ownRules];
}

/**
 * The rule with this id.
 * @throws UsageError if there is none
 */
export function ruleCalled(id: string, all: readonly Rule[]): Rule {
  const rule = all.find((one) => one.id === id.toUpperCase());
  if (rule) return rule;
  const ids = all.map((one) => one.id);
  throw new UsageError(`there is no rule ${id}`, didYouMean(id.toUpperCase(), ids) ?? `there are ${ids.join(', ')}`);
}

/**
 * The findings of rules on stacks that are about to be deployed.
 * @throws UsageError
 */
export async function judgeSynthesised(
  context: AppContext,
  { synth, environment, policies, overlay = [] }: StackRulesOptions,
  ownRules: readonly Rule[],
): Promise<Waived> {
  const own = environment === undefined ? {} : await settingsOf(context, environment);
  const organisation = policies === undefined ? undefined : await organisationOf(context, { policies, overlay });
  return judgeStacks(await stacksIn(synth), compact<StackSettings>({ ...own, organisation }), today(), ownRules);
}

async function stacksIn(directory: string): Promise<readonly SynthesisedStack[]> {
  // Loaded on demand: `validate` needs no stacks.
  const { readSynthesised } = await import('../deploy/read-synthesised.js');
  try {
    return await readSynthesised(directory);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${directory} contains no stacks (${why})`, 'run node dist/stacks/main.js, or cdktf synth');
  }
}

/**
 * The severities that the organization's policies raise, for stacks and for declarations.
 * @throws DeclarationError
 */
async function organisationOf(context: AppContext, source: PolicySource): Promise<StackSettings['organisation']> {
  return (await loadOrThrow(context, source)).rules;
}

/** Warnings are shown, errors end the run. */
async function settingsOf({ emit }: AppContext, name: string): Promise<StackSettings> {
  const { loadEnvironment } = await import('../deploy/load-environment.js');
  const { environment, diagnostics, source } = await loadEnvironment(ENVIRONMENTS, name);
  const usable = environment !== undefined && !hasErrors(diagnostics);
  const sources = new Map(source ? [[source.file, source.text]] : []);
  if (diagnostics.length > 0) emit({ type: 'findings', diagnostics, sources, usable });
  if (!usable) throw new UsageError(`the environment ${name} has errors`);
  return environment;
}
