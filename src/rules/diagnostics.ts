import { compact } from '../compact';
import type { Diagnostic, Position } from '../diagnostic';
import type { Declared } from './declared';
import { isError, type RuleFinding } from './rule';

/** Where each object that a finding may name is declared, by address. */
export function placesOf({ objects, harbor, clients = [] }: Declared): ReadonlyMap<string, Position> {
  return new Map([
    ...objects.map(({ address, at }): [string, Position] => [address, at]),
    ...clients.map(({ name, at }): [string, Position] => [`client/${name}`, at]),
    ...(harbor?.at ? [['harbor', harbor.at] as [string, Position]] : []),
  ]);
}

/**
 * The line is that of the finding, else that of the object. An address that is not declared has none: a finding about a
 * setting that no file contains, for example.
 */
export function diagnosticOf(
  { rule, address, message, hint, severity, at: own }: RuleFinding,
  places: ReadonlyMap<string, Position>,
): Diagnostic {
  const at = own ?? places.get(address);
  const graded = isError({ severity }) ? 'error' : 'warning';
  return compact({ rule, severity: graded, message: `${address}: ${message}`, hint, at });
}
