import { counted } from '../answer-words';
import { printable } from '../../outside/printable';
import { isConformant, type CheckResult, type ReportedCheck } from '../model/result';
import { projectSparkline } from './html-history';
import { isBad, isQuiet } from './details';
import { anchorOf, badge, hasSection, isTold, placeName, projectAnchor, resultsOf, type Sheet } from './html-sheet';
import { html, type Markup } from './markup';
import { describeSummary, shortDigests, STATUS_WORDS, SIGNS } from './words';

/** Above this number, projects without failures are folded: a browser lays out only what is visible. */
const MANY_PROJECTS = 100;

/**
 * The front door, then projects and checks, failures first; every cell with a finding links to it.
 *
 *      Front door    T1 ✓  T3 ✓  T4 ✗                  its checks belong to no project: a line of its own
 *      (o) all 8 projects  ( ) 1 with failures         a filter, only if some failed and some did not
 *                       A1 A2 | M1 M2 | S1             columns: checks that ran in at least one project
 *      proxy.quay.io    ✓  ✓    ✗  ·    ✗              rows: failures first
 *      proxy.docker.io  ✓  ✓    ✓  ✓    ✓
 *      Skipped in every project: B3, V1.               no column would show anything
 */
export function matrix(sheet: Sheet): Markup {
  const { checks, projects, results } = sheet.report;
  const isTold = (id: string): boolean => results.some((one) => one.id === id && one.status !== 'skip');
  const ofProjects = new Set(results.filter(({ project }) => project !== undefined).map(({ id }) => id));
  const shown = checks.filter(({ id }) => ofProjects.has(id) && isTold(id));
  const skipped = checks.filter(({ id }) => ofProjects.has(id) && !isTold(id));
  const rows = projects.map(({ name }) => ({ name, results: resultsOf(sheet, name) }));
  const bad = rows.filter((row) => row.results.some(isBad));
  const well = rows.filter((row) => !row.results.some(isBad));
  const label = `Projects and checks of ${sheet.name}`;
  const first = isMany(sheet) ? bad : [...bad, ...well];
  return html`${frontDoor(sheet)} ${filter(sheet, bad.length, rows.length)}
  ${first.length > 0 && matrixTable(sheet, first, shown, label)}
  ${
    isMany(sheet) &&
    html`<details class="card well">
      <summary>${counted(well.length, 'project')} without failures</summary>
      ${matrixTable(sheet, well, shown, `${label}, no failures`)}
    </details>`
  }
  ${skipped.length > 0 && skippedEverywhere(skipped)}`;
}

/** Then rows without failures are folded in a table of their own, without sparklines. */
function isMany({ report }: Sheet): boolean {
  return report.projects.length > MANY_PROJECTS;
}

interface MatrixRow {
  readonly name: string;
  readonly results: readonly CheckResult[];
}

/** Radio buttons and a CSS rule, because the page has no script. */
function filter({ prefix }: Sheet, bad: number, all: number): Markup | undefined {
  if (bad === 0 || bad === all) return undefined;
  const choice = (kind: string, words: string, isFirst: boolean): Markup =>
    html`<label
      ><input type="radio" name="${prefix}show" class="show-${kind}" ${isFirst && html`checked`} /> ${words}</label
    >`;
  return html`<fieldset class="filter">
    <legend class="hidden">Which projects to show</legend>
    ${choice('all', `all ${counted(all, 'project')}`, true)} ${choice('bad', `${bad} with failures`, false)}
  </fieldset>`;
}

function skippedEverywhere(checks: readonly ReportedCheck[]): Markup {
  const links = checks.map(
    ({ id, title }, at) => html`${at > 0 && ', '}<a href="#check-${id}" title="${title}">${id}</a>`,
  );
  return html`<p class="soft">Skipped in every project: ${links}.</p>`;
}

function matrixTable(sheet: Sheet, rows: readonly MatrixRow[], shown: readonly ReportedCheck[], label: string): Markup {
  const heads = shown.map(
    ({ id, title }, at) =>
      html`<th scope="col" ${beginsFamily(shown, at) && html`class="family"`}>
        <a href="#check-${id}" title="${title}">${id}</a>
      </th>`,
  );
  return html`<div class="card scroll" tabindex="0" role="region" aria-label="${label}">
    <table class="matrix">
      <thead>
        <tr>
          <th scope="col"><span class="soft">Project</span></th>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => matrixRow(sheet, row, shown))}
      </tbody>
    </table>
  </div>`;
}

/** Its checks belong to no project: separate columns would be empty. */
function frontDoor(sheet: Sheet): Markup {
  const results = sheet.report.results.filter(({ project }) => project === undefined);
  const cells = results.map(
    (one) =>
      html`<span
        ><a href="#check-${one.id}">${one.id}</a
        >${isTold(sheet, one) ? matrixCell(sheet, one) : badge(one.status)}</span
      >`,
  );
  return html`<div class="card door">
    <div>
      ${hasSection(sheet, undefined) ? html`<a href="#${projectAnchor(sheet, undefined)}">${placeName(undefined)}</a>` : placeName(undefined)}${projectSparkline(sheet, undefined)}
    </div>
    ${cells}
  </div>`;
}

/** Cells are in the order of the columns; a check that the project does not have is an empty cell. */
function matrixRow(sheet: Sheet, { name, results }: MatrixRow, checks: readonly ReportedCheck[]): Markup {
  const byCheck = new Map(results.map((one) => [one.id, one]));
  const cells = checks.map(({ id }, at) => matrixTd(sheet, byCheck.get(id), beginsFamily(checks, at)));
  const isWell = !results.some(isBad);
  const link = hasSection(sheet, name) ? html`<a href="#${projectAnchor(sheet, name)}">${name}</a>` : name;
  return html`<tr ${isWell && html`class="well"`}>
    <th scope="row">${link}${!(isWell && isMany(sheet)) && projectSparkline(sheet, name)}</th>
    ${cells}
  </tr>`;
}

/** A cell without a link is only a sign: most cells of a thousand projects are like that. */
function matrixTd(sheet: Sheet, result: CheckResult | undefined, isFamily: boolean): Markup {
  if (!result) return isFamily ? html`<td class="family"></td>` : html`<td></td>`;
  if (isTold(sheet, result)) return html`<td ${isFamily && html`class="family"`}>${matrixCell(sheet, result)}</td>`;
  const { status } = result;
  return html`<td class="${SHORT[status]}${isFamily && ' family'}">${SIGNS[status]}</td>`;
}

/** Names of CSS classes: one letter, because a page of a thousand projects has 60,000 such cells. */
const SHORT: Readonly<Record<CheckResult['status'], string>> = {
  pass: 'p',
  fail: 'f',
  error: 'e',
  'known-deviation': 'k',
  skip: 's',
};

/** T, A, M, B, …: a wide table is grouped by family. */
function beginsFamily(checks: readonly { readonly id: string }[], at: number): boolean {
  return at > 0 && checks[at]!.id.charAt(0) !== checks[at - 1]!.id.charAt(0);
}

function matrixCell(sheet: Sheet, result: CheckResult): Markup {
  const words = `${result.id} ${STATUS_WORDS[result.status]}: ${firstLineOf(result)}`;
  return html`<a
    class="cell ${result.status}-c"
    href="#${anchorOf(sheet, result)}"
    title="${words}"
    aria-label="${words}"
    ${isQuiet(result) && html`tabindex="-1"`}
    >${SIGNS[result.status]}</a
  >`;
}

/** For the tooltip of a cell, which has room for one line. */
function firstLineOf({ message }: CheckResult): string {
  return printable(shortDigests(message).split('\n', 1)[0]!, 160);
}

/** Overview of a fleet; each name links to its Harbor. */
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

/** Red only for failures; a Harbor whose run was stopped, or where nothing was verified, is not green either. */
function verdictOf({ report }: Sheet): 'pass' | 'fail' | 'error' {
  if (report.summary.fail > 0) return 'fail';
  return isConformant(report) ? 'pass' : 'error';
}
