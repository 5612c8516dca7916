import type { Diagnostic, Refusal } from '../diagnostic';
import type { Warning } from './plan';

/** Fields that this Harbor would silently drop: a plan would show the change forever, and no apply would make it. */
export function versionRefusals(outOfVersion: readonly Diagnostic[]): Refusal[] {
  return outOfVersion
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, message, hint = 'remove it, or upgrade Harbor', at }) => ({
      rule,
      message,
      hint: at ? `${hint} (${at.file}:${at.line}:${at.column})` : hint,
    }));
}

/** Values that this Harbor still accepts but no longer offers. */
export function versionWarnings(outOfVersion: readonly Diagnostic[]): Warning[] {
  return outOfVersion.filter(({ severity }) => severity !== 'error').map(({ message }) => ({ message }));
}
