import { counted } from '../answer-words';
import { printable } from '../../outside/printable';
import { isConformant, type CheckResult, type ReportedCheck } from '../model/result';
import { projectSparkline } from './html-history';
import { anchorOf, badge, placeName, projectAnchor, type Sheet } from './html-sheet';
import { html, type Markup } from './markup';
import { describeSummary, shortDigests, STATUS_WORDS, SIGNS } from './words';

/** The front door, then projects and checks; every cell leads to what was found there. */
export function matrix(sheet: Sheet): Markup {
  const { checks, projects, results } = sheet.report;
  const ofProjects = new Set(results.filter(({ project }) => project !== undefined).map(({ id }) => id));
  const shown = checks.filter(({ id }) => ofProjects.has(id));
  const heads = shown.map(
    ({ id, title }, at) =>
      html`<th scope="col" ${beginsFamily(shown, at) && html`class="family"`}>
        <a href="#check-${id}" title="${title}">${id}</a>
      </th>`,
  );
  return html`${frontDoor(sheet)}
    <div class="card scroll" tabindex="0" role="region" aria-label="Projects and checks of ${sheet.name}">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col"><span class="soft">Project</span></th>
            ${heads}
          </tr>
        </thead>
        <tbody>
          ${projects.map(({ name }) => matrixRow(sheet, name, shown))}
        </tbody>
      </table>
    </div>`;
}

/** Its checks are of no project: columns of their own would be empty all the way down. */
function frontDoor(sheet: Sheet): Markup {
  const results = sheet.report.results.filter(({ project }) => project === undefined);
  const cells = results.map(
    (one) => html`<span><a href="#check-${one.id}">${one.id}</a>${matrixCell(sheet, one)}</span>`,
  );
  return html`<div class="card door">
    <div>
      <a href="#${projectAnchor(sheet, undefined)}">${placeName(undefined)}</a>${projectSparkline(sheet, undefined)}
    </div>
    ${cells}
  </div>`;
}

function matrixRow(sheet: Sheet, project: string, checks: readonly ReportedCheck[]): Markup {
  const results = sheet.report.results.filter((one) => one.project === project);
  const byCheck = new Map(results.map((one) => [one.id, one]));
  const cells = checks.map(({ id }, at) => {
    const result = byCheck.get(id);
    return html`<td ${beginsFamily(checks, at) && html`class="family"`}>${result && matrixCell(sheet, result)}</td>`;
  });
  return html`<tr>
    <th scope="row"><a href="#${projectAnchor(sheet, project)}">${project}</a>${projectSparkline(sheet, project)}</th>
    ${cells}
  </tr>`;
}

/** T, A, M, B, …: a wide table is read by its families. */
function beginsFamily(checks: readonly { readonly id: string }[], at: number): boolean {
  return at > 0 && checks[at]!.id.charAt(0) !== checks[at - 1]!.id.charAt(0);
}

/** With the keyboard one stops only at problems; a thousand passes are in the details below too. */
function matrixCell(sheet: Sheet, result: CheckResult): Markup {
  const words = `${result.id} ${STATUS_WORDS[result.status]}: ${firstLineOf(result)}`;
  const skipped = result.status === 'pass' || result.status === 'skip';
  return html`<a
    class="cell ${result.status}-c"
    href="#${anchorOf(sheet, result)}"
    title="${words}"
    aria-label="${words}"
    ${skipped && html`tabindex="-1"`}
    >${SIGNS[result.status]}</a
  >`;
}

function firstLineOf({ message }: CheckResult): string {
  return printable(shortDigests(message).split('\n', 1)[0]!, 160);
}

/** A fleet at a glance; each name leads to its Harbor. */
export function fleetTable(sheets: readonly Sheet[]): Markup {
  const rows = sheets.map(
    (sheet) =>
      html`<tr>
        <th scope="row"><a href="#${sheet.prefix}harbor">${sheet.name}</a></th>
        <td>${badge(verdictOf(sheet))}</td>
        <td>${sheet.report.harbor.version ?? 'unknown'}</td>
        <td>${counted(sheet.report.projects.length, 'project')}</td>
        <td>${describeSummary(sheet.report)}</td>
      </tr>`,
  );
  return html`<div class="card scroll" tabindex="0" role="region" aria-label="Harbors">
    <table class="fleet">
      <thead>
        <tr>
          ${['Harbor', '', 'Version', 'Projects', 'Checks'].map((head) => html`<th scope="col">${head || html`<span class="hidden">Verdict</span>`}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function verdictOf({ report }: Sheet): 'pass' | 'fail' | 'error' {
  if (report.summary.fail > 0) return 'fail';
  return isConformant(report) ? 'pass' : 'error';
}
