import type { Diagnostic } from '../../diagnostic';
import type { Facts, FoundFile } from '../client';

export function checkGitlabRunner(_files: readonly FoundFile[], _facts: Facts): readonly Diagnostic[] {
  return [];
}
