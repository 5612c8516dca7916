import type { Diagnostic } from '../../diagnostic';
import type { Facts, FoundFile } from '../client';
import { checkHostsToml } from './hosts-toml';

export function checkDaemonJson(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  return checkHostsToml(files, facts);
}
