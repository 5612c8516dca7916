import type { Act, Change, Plan } from '../plan';
import { withoutCreator } from '../history';
import { escapeControls } from '../../escape-controls';
import { minuteText } from '../../minute-text';

/** `created by alice, 2026-11-28 03:14 UTC` */
export function actText(what: 'created' | 'changed', { by, at }: Act): string {
  return escapeControls(`${what} by ${by}, ${minuteText(at)}`);
}

/** Who last changed the object; if requested, also that it is unknown. */
export function historyNote(
  { address, action, bornOf }: Pick<Change, 'address' | 'action' | 'bornOf'>,
  { history }: Pick<Plan, 'history'>,
  explained: boolean,
): string[] {
  if (!history || action === 'create' || bornOf) return [];
  const known = history.objects.find((object) => object.address === address);
  const told = [
    ...(known?.changed ? [`last ${actText('changed', known.changed)}`] : []),
    ...(known?.created && (explained || action !== 'update') ? [actText('created', known.created)] : []),
  ];
  if (!explained || known?.changed) return told.map((text) => `in Harbor: ${text}`);
  return [
    `in Harbor: ${[...told, `Harbor's audit log does not show who changed it${history.problem === undefined ? '' : `: ${history.problem}`}`].join('; ')}`,
  ];
}

/** Undeclared objects with unknown creators, in one sentence; undefined if all are known. */
export function creatorsText(plan: Plan): string | undefined {
  const unknown = withoutCreator(plan).length;
  if (unknown === 0) return undefined;
  const why = plan.history?.problem ?? 'it records only projects, users, robots and the configuration';
  return escapeControls(`Harbor's audit log does not show who created ${unknown} of them: ${why}`);
}
