import { escapeControls } from '../../escape-controls';
import { NEVER_KNOWN, NOT_ASKED, OPTED_OUT } from '../not-compared';
import type { NotCompared, Plan } from '../plan';

/**
 * `3 to create, 1 to update, 0 to replace, 0 to delete; 12 unchanged; 2 not declared`. The four actions, the unchanged
 * and the undeclared are always there, the others only if they are not 0. Only the part before the first semicolon leads
 * to a write.
 */
export function summaryText({ summary, adoptions = [], notCompared }: Plan): string {
  const { create, update, replace, delete: deleted, unchanged, left, unread = 0, unmanaged, accepted = 0 } = summary;
  const changes = `${create} to create, ${update} to update, ${replace} to replace, ${deleted} to delete`;
  return [
    changes,
    `${unchanged} unchanged`,
    ...(left > 0 ? [`${left} left as is`] : []),
    ...(unread > 0 ? [`${unread} not readable`] : []),
    ...(adoptions.length > 0 ? [`${adoptions.length} adopted`] : []),
    `${unmanaged} not declared`,
    ...(accepted > 0 ? [`${accepted} accepted`] : []),
    ...(notCompared.length > 0 ? [`${notCompared.length} not compared`] : []),
  ].join('; ');
}

/** Maximum number of secrets in one line. The JSON has the whole list. */
const MOST_ADDRESSES = 20;
/** Why a secret is not compared, if all secrets of its kind have the same reason. */
const USUAL_REASONS: readonly string[] = [NOT_ASKED, OPTED_OUT, NEVER_KNOWN];

/**
 * One line for all secrets that were not compared; undefined if there are none: `Not compared: 2 secrets that Harbor
 * never returns: robot/ci secret, registry/quay credential.access_secret. To test: --prove-secrets. To rewrite one:
 * --rotate ADDRESS.`
 */
export function notComparedText({ notCompared }: Plan): string | undefined {
  if (notCompared.length === 0) return undefined;
  const shown = notCompared.slice(0, MOST_ADDRESSES).map(notComparedWords).join(', ');
  const left = notCompared.length - MOST_ADDRESSES;
  const more = left > 0 ? ` and ${left} more (--format json lists all)` : '';
  const secrets = notCompared.length === 1 ? '1 secret' : `${notCompared.length} secrets`;
  const test = notCompared.some(({ reason }) => reason === NOT_ASKED) ? ' To test: --prove-secrets.' : '';
  return `Not compared: ${secrets} that Harbor never returns: ${shown}${more}.${test} To rewrite one: --rotate ADDRESS.`;
}

/** The reason is only shown if a test was requested and failed. */
function notComparedWords({ address, field, reason }: NotCompared): string {
  const why = USUAL_REASONS.includes(reason) ? '' : ` (${reason})`;
  return escapeControls(`${address} ${field}${why}`);
}
