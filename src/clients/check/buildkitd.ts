import type { Diagnostic } from '../../diagnostic';
import type { Facts, FoundFile } from '../client';

export function checkBuildkitd(_files: readonly FoundFile[], _facts: Facts): readonly Diagnostic[] {
  return [];
}
