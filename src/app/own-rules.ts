import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../errors';
import { isRecord } from '../json';
import type { Rule } from '../rules';

const EXAMPLE = 'docs/guides/rules.md shows one';
const SEVERITIES: readonly unknown[] = ['critical', 'high', 'medium', 'low'];

/**
 * The rules in modules of an organization. They are programs: only files that the command line names are loaded, never
 * files that are found next to the policies.
 * @throws UsageError naming the file and the problem
 */
export async function loadOwnRules(files: readonly string[] = []): Promise<readonly Rule[]> {
  if (files.length === 0) return [];
  const { rules: catalogue } = await import('../rules/index.js');
  const loaded: Rule[] = [];
  for (const file of files) {
    for (const rule of rulesIn(file, await moduleAt(file))) {
      if ([...catalogue, ...loaded].some(({ id }) => id === rule.id))
        throw new UsageError(`${file}: there is a rule ${rule.id} already`, 'give it another id');
      loaded.push(guarded(file, rule));
    }
  }
  return loaded;
}

async function moduleAt(file: string): Promise<unknown> {
  try {
    const { importFrom } = await import('./import-from.js');
    return await importFrom(pathToFileURL(resolve(file)).href);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const hint =
      code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? 'Node 22.18 and later load TypeScript; with an older one pass compiled JavaScript'
        : EXAMPLE;
    throw new UsageError(`--rules ${file} cannot be loaded: ${message}`, hint, { cause: error });
  }
}

/** `rules` of a module, in any export style. */
function rulesIn(file: string, loaded: unknown): Rule[] {
  const exported = isRecord(loaded) ? (loaded as Record<string, unknown>) : {};
  const inner = exported['default'];
  const found = exported['rules'] ?? (isRecord(inner) ? (inner as Record<string, unknown>)['rules'] : inner);
  if (!Array.isArray(found)) throw new UsageError(`--rules ${file} does not export a list of rules`, EXAMPLE);
  return found.map((rule: unknown, index) => checked(file, rule, index));
}

/** The first problem only. `HP` is for the rules of Breakwater, so that an id says whose rule it is. */
function checked(file: string, given: unknown, index: number): Rule {
  const rule = (typeof given === 'object' && given !== null ? given : {}) as Partial<Rule>;
  const judges = [rule.declared?.judge, rule.planned?.judge, rule.deployed?.judge];
  const problem =
    typeof rule.id !== 'string' || !/^[A-Z]{2,12}\d{3}$/.test(rule.id)
      ? 'id must have the form ACME001'
      : rule.id.startsWith('HP')
        ? `id ${rule.id}: the prefix HP is reserved`
        : ![rule.title, rule.why].every((text) => typeof text === 'string' && text !== '')
          ? 'title and why are missing'
          : !SEVERITIES.includes(rule.severity)
            ? 'severity must be critical, high, medium or low'
            : judges.some((judge) => typeof judge === 'function')
              ? undefined
              : 'it needs declared.judge, planned.judge or deployed.judge';
  if (problem !== undefined) throw new UsageError(`--rules ${file}: rule ${index + 1}: ${problem}`, EXAMPLE);
  return rule as Rule;
}

/** A rule that throws is named: otherwise the run would look as if every rule had passed. */
function guarded(file: string, rule: Rule): Rule {
  const { declared, planned, deployed } = rule;
  const naming =
    <In, Out>(judge: (input: In) => Out) =>
    (input: In): Out => {
      try {
        return judge(input);
      } catch (error) {
        throw new UsageError(`--rules ${file}: rule ${rule.id} failed: ${(error as Error).message}`, undefined, {
          cause: error,
        });
      }
    };
  return {
    ...rule,
    ...(declared && { declared: { ...declared, judge: naming((given) => declared.judge(given)) } }),
    ...(planned && { planned: { ...planned, judge: naming((given) => planned.judge(given)) } }),
    ...(deployed && { deployed: { ...deployed, judge: naming((given) => deployed.judge(given)) } }),
  };
}
