import type { Diagnostic } from '../../diagnostic';
import type { Facts, FoundFile } from '../client';

export function checkKaniko(_files: readonly FoundFile[], _facts: Facts): readonly Diagnostic[] {
  return [];
}
