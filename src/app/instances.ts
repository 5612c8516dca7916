import { instanceNames } from '../declaration/read-files';
import { UsageError } from '../errors';

/** Every Harbor of `policies/instances/`, by name. @throws UsageError where there is none */
export async function everyInstance(policies: string): Promise<readonly string[]> {
  const names = await instanceNames(policies);
  if (names.length === 0) throw new UsageError(`${policies}/instances contains no Harbor`, 'leave out --all');
  return names;
}
