import { STATUSES } from '../model/outcome';
import { instanceName, instancesOf, type CheckResult, type ConformanceReport, type Report } from '../model/result';
import { detailedOf, isLarge, type Details } from './details';
import type { HistoryEntry } from './history';
import { html, type Markup } from './markup';
import { grouped } from '../../grouped';
import { SIGNS, STATUS_WORDS } from './words';
import type { Status } from '../model/outcome';

/** One Harbor's part of the page. */
export interface Sheet {
  readonly report: ConformanceReport;
  readonly name: string;
  /** Prefix of every id of this part, so that two Harbors may have projects of the same name. */
  readonly prefix: string;
  readonly history: readonly HistoryEntry[];
  readonly details: Details;
  /** Failed results that are shown with everything. */
  readonly detailed: ReadonlySet<CheckResult>;
  readonly byProject: ReadonlyMap<string | undefined, readonly CheckResult[]>;
}

/**
 * One sheet for each Harbor. Results are grouped here once, because every row of the page needs those of its project.
 */
export function sheetsOf(
  report: Report,
  history: readonly HistoryEntry[],
  details: Details = 'failed',
): readonly Sheet[] {
  const isFleet = 'instances' in report;
  return instancesOf(report).map((one, at) => ({
    report: one,
    name: instanceName(one),
    prefix: isFleet ? `h${at + 1}-` : '',
    history,
    details,
    detailed: detailedOf(one),
    byProject: grouped(one.results, ({ project }) => project),
  }));
}

/** Whether the page shows this result, so that a cell can link to it. */
export function isTold({ report, details, detailed }: Sheet, result: CheckResult): boolean {
  if (details === 'all' || detailed.has(result)) return true;
  return result.status === 'known-deviation' && !isLarge(report);
}

/** Without a project: those of the front door. */
export function resultsOf({ byProject }: Sheet, project: string | undefined): readonly CheckResult[] {
  return byProject.get(project) ?? [];
}

/** Whether the page has a section for the project, or for the front door if there is none. */
export function hasSection(sheet: Sheet, project: string | undefined): boolean {
  return resultsOf(sheet, project).some((one) => isTold(sheet, one));
}

/** The id of a project's section; project names need no escaping, because Harbor allows only safe ones. */
export function projectAnchor({ prefix }: Sheet, project: string | undefined): string {
  return project === undefined ? `${prefix}front-door` : `${prefix}project-${project}`;
}

/** The id inside a result: a browser that jumps there unfolds the elements around it. */
export function anchorOf(sheet: Sheet, { id, project }: Pick<CheckResult, 'id' | 'project'>): string {
  return `${projectAnchor(sheet, project)}--${id}`;
}

/** The front door has no project, but it needs a name in tables. */
export function placeName(project: string | undefined): string {
  return project ?? 'front door';
}

/** A sign with its word for screen readers: color alone is not enough. */
export function badge(status: Status): Markup {
  return html`<span class="cell ${status}-c" role="img" aria-label="${STATUS_WORDS[status]}">${SIGNS[status]}</span>`;
}

/** Below each matrix, because a printed page or a screenshot may begin there. */
export function legend(): Markup {
  const items = STATUSES.map((status) => html`<span>${badge(status)}${STATUS_WORDS[status]}</span>`);
  return html`<p class="legend">${items}</p>`;
}

/** `2026-11-21 03:00 UTC` */
export function moment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
