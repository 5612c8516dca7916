import type { Diagnostic } from '../../diagnostic';
import type { Facts, FoundFile } from '../client';

export function checkRegistriesConf(_files: readonly FoundFile[], _facts: Facts): readonly Diagnostic[] {
  return [];
}
