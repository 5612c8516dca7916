import { grouped } from '../../grouped';
import { openFindings, type Plan, type PlanFinding } from '../plan';
import { escapeControls } from '../../escape-controls';

/** Findings of rules, in words that are safe to print; the same finding on several objects is one entry. */
export interface FindingRow {
  readonly rule: string;
  readonly severity: PlanFinding['severity'];
  /** Whether it prevents the plan from being applied. */
  readonly isOpen: boolean;
  /** `project/a, project/b and 12 more: it becomes public (policies/projects.yaml:3)` */
  readonly message: string;
  /** What to do, or who is responsible for it. */
  readonly hint: string;
}

const MOST_ADDRESSES = 10;

/** Findings that block the plan first, waived ones last. */
export function findingRows(plan: Pick<Plan, 'findings'>): FindingRow[] {
  const open = new Set(openFindings(plan));
  const groups = grouped(plan.findings ?? [], ({ rule, severity, message, waived }) =>
    JSON.stringify([rule, severity, message, waived]),
  );
  const rows = [...groups.values()].flatMap((alike) => {
    const [first] = alike;
    return first ? [rowOf(first, alike, open.has(first))] : [];
  });
  const rank = ({ isOpen, hint }: FindingRow): number => (isOpen ? 0 : hint.startsWith('waived') ? 2 : 1);
  return rows.sort((a, b) => rank(a) - rank(b));
}

function rowOf({ rule, severity, message, hint, waived }: PlanFinding, alike: readonly PlanFinding[], isOpen: boolean) {
  const shown = alike.slice(0, MOST_ADDRESSES);
  const named = shown.map(({ address }) => address);
  const places = shown.flatMap(({ at }) => (at ? [`${at.file}:${at.line}`] : []));
  const where = places.length === 0 ? '' : ` (${[...new Set(places)].join(', ')})`;
  const more = alike.length > named.length ? ` and ${alike.length - named.length} more` : '';
  const held = waived && `waived by ${waived.owner} until ${waived.expires}: ${waived.reason}`;
  return {
    rule,
    severity,
    isOpen,
    message: escapeControls(`${named.join(', ')}${more}: ${message}${where}`),
    hint: escapeControls(held ?? hint),
  };
}
