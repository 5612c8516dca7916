import type { Diagnostic } from '../../diagnostic';
import type { Facts, FoundFile } from '../client';

export function checkTalos(_files: readonly FoundFile[], _facts: Facts): readonly Diagnostic[] {
  return [];
}
