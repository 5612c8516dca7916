import fc from 'fast-check';
import { IDS } from './table-refs';

/** What the arbitrary specs of several kinds are made of. */
export const some = { requiredKeys: [] };
export const projectName = fc.constantFrom(...Object.keys(IDS['project']!));
export const registryName = fc.constantFrom(...Object.keys(IDS['registry']!));
export const shortName = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,8}){0,2}$/);
export const anyText = fc.string({ maxLength: 30 });
export const anyName = fc.string({ minLength: 1, maxLength: 30 });
export const reference = fc.record({ env: fc.stringMatching(/^[A-Z_]{1,12}$/) });
export const pattern = fc.stringMatching(/^[a-z*/{},]{1,12}$/);
export const bytes = fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 1024 ** 5 }));
export const cron = fc.constantFrom('0 0 0 * * *', ' 0  0 4 * * 1 ', '0 */20 * * * *');
/** Of a schedule. */
export const never = fc.constant({ cron: '' });

/** What random declarations are made of: a field has one of a few values, or is not declared. */
export const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
export const flag = fc.boolean();
export const writtenText = one('', 'ours', 'two words, and "quotes"');
export const writtenCron = one('0 0 3 * * *', '0 30 4 * * 1');

/** A map with these fields, each of them there or not but for those that must be. */
export function map(required: Record<string, unknown>, optional: Record<string, fc.Arbitrary<unknown>>) {
  return fc.record(optional, { requiredKeys: [] }).map((chosen): object => ({ ...required, ...chosen }));
}

/** Some of these names, each with its value. */
export function named(values: Readonly<Record<string, fc.Arbitrary<object>>>): fc.Arbitrary<object> {
  return fc.record(values, { requiredKeys: [] });
}
