import { instanceNames } from '../declaration/files/read-files';
import { UsageError } from '../errors';

/** Every Harbor of `policies/instances/`, by name. @throws UsageError where there is none */
export async function everyInstance(policies: string): Promise<readonly string[]> {
  const names = await instanceNames(policies);
  if (names.length === 0) throw new UsageError(`${policies}/instances contains no Harbor`, 'leave out --all');
  return names;
}

const PLACEHOLDER = '{instance}';

/**
 * `plan-{instance}.json` for one of several Harbors.
 * @throws UsageError if the name would be the same for all
 */
export function fileFor(flag: string, file: string, instance: string): string {
  if (file.includes(PLACEHOLDER)) return file.replaceAll(PLACEHOLDER, instance);
  throw new UsageError(
    `${flag} ${file}: several Harbors cannot share one file`,
    `write ${PLACEHOLDER} into the name, such as plan-${PLACEHOLDER}.json`,
  );
}

/** A journal belongs to one Harbor: `journal-edge.jsonl`. */
export function journalFor(file: string, instance: string): string {
  return file.includes('{instance}')
    ? fileFor('--journal', file, instance)
    : file.replace(/(\.[^./\\]*)?$/, (extension) => `-${instance}${extension}`);
}

/** Of this checkout. With an instance, its name is added. */
export const DEFAULT_JOURNAL = '.breakwater/journal.jsonl';

interface OfRun {
  readonly journal?: string;
}

/** Options of a run for one of several Harbors: it has its own journal. */
export function ofInstance<Options extends object>(options: Options & OfRun, instance: string): Options {
  const { journal } = options;
  return { ...options, instance, ...(journal !== undefined && { journal: journalFor(journal, instance) }) };
}

/** The same journal as with several Harbors, unless a file was named: a killed run is found by both. */
export function ofOnlyInstance<Options extends object>(options: Options & OfRun, instance: string): Options {
  return options.journal === DEFAULT_JOURNAL ? ofInstance(options, instance) : options;
}
