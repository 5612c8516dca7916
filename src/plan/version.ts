import type { Diagnostic, Refusal } from '../diagnostic';
import type { Warning } from './plan';

/** What this Harbor would drop without an error: a plan would ask for it again and again, and no apply would bring it. */
export function versionRefusals(outOfVersion: readonly Diagnostic[]): Refusal[] {
  return outOfVersion
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, message, hint = 'remove it, or upgrade Harbor', at }) => ({
      rule,
      message,
      hint: at ? `${hint} (${at.file}:${at.line}:${at.column})` : hint,
    }));
}

/** What this Harbor still accepts, and does not offer any more. */
export function versionWarnings(outOfVersion: readonly Diagnostic[]): Warning[] {
  return outOfVersion.filter(({ severity }) => severity !== 'error').map(({ message }) => ({ message }));
}
