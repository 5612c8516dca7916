import { counted, sizeOf } from '../answer-words';
import { STATUSES } from '../model/outcome';
import { instancesOf, type Report } from '../model/result';
import { headline, type Headline } from './headline';
import type { HistoryEntry } from './history';
import { projectSection } from './html-details';
import { causeList } from './html-causes';
import { notPassed } from './html-findings';
import { runSparkline } from './html-history';
import { fleetTable, matrix } from './html-matrix';
import { inShort, type RenderOptions } from './details';
import { legend, moment, sheetsOf, type Sheet } from './html-sheet';
import { STYLE } from './html-style';
import { html, Markup } from './markup';
import { formatMs, SIGNS, statusWord, upstreamCostLines } from './words';

/**
 * One self-contained page without a script: it can be mailed, archived as an artifact, opened on a phone and used with
 * a keyboard. Its Content-Security-Policy prevents it from loading anything, whatever a server returned. The empty icon
 * prevents browsers from requesting one. From top to bottom, the urgent first:
 *
 *      facts, verdict, counts         which Harbor, what is wrong, what to do
 *      last runs                      only with a history
 *      causes, failures               why, then every check that failed, with its requests
 *      matrix                         projects x checks; each cell links to its result
 *      results                        per project, folded
 *      cost, checks                   what the run cost, and what each check proves
 */
export function toHtml(
  report: Report,
  history: readonly HistoryEntry[] = [],
  { details = 'failed' }: RenderOptions = {},
): string {
  const told = headline(report);
  const sheets = sheetsOf(inShort(report, details), history, details);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
        />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href="data:," />
        <title>${SIGNS[told.kind]} ${told.words}</title>
        <style>
          ${Markup.trusted(STYLE)}
        </style>
      </head>
      <body>
        <header>${skipLink(report)} ${facts(report, sheets)} ${verdict(told)} ${tiles(report)}</header>
        <main>
          ${runSparkline(history)} ${causeList(report)} ${notPassed(sheets)}
          <h2 id="matrix" tabindex="-1">Projects and checks</h2>
          ${sheets.length > 1 && fleetTable(sheets)} ${sheets.map((sheet) => harborMatrix(sheet))} ${legend()}
          ${findingsOf(sheets)} ${costs(report)}
          <h2>Checks</h2>
          ${catalogue(report)}
          <footer>
            Created by ${report.tool.name} ${report.tool.version}. Harbor's logs contain the X-Request-ID of every
            request.
          </footer>
        </main>
      </body>
    </html> `;
  return page.text;
}

function findingsOf(sheets: readonly Sheet[]): Markup | undefined {
  const sections = sheets.map(harborDetails).filter((one) => one !== undefined);
  if (sections.length === 0) return undefined;
  const left = sheets.some(({ details }) => details === 'failed');
  return html`<h2>Results</h2>
    ${left && html`<p class="soft">Requests of passed checks are omitted; --details all includes them.</p>`} ${sections}`;
}

/** For keyboards and screen readers: the first link leads past the header, to failures if there are any. */
function skipLink({ summary }: Report): Markup {
  const isTold = summary.fail + summary.error + summary['known-deviation'] > 0;
  return html`<a class="skip" href="#${isTold ? 'not-passed' : 'matrix'}">Skip to the results</a>`;
}

function facts(report: Report, sheets: readonly Sheet[]): Markup {
  const { startedAt, durationMs } = report;
  const [first] = sheets;
  const projects = sheets.reduce((sum, sheet) => sum + sheet.report.projects.length, 0);
  const who = 'instances' in report ? counted(sheets.length, 'Harbor') : (first?.name ?? '');
  const { harbor, timeScale = 1 } = first?.report ?? {};
  const version = sheets.length === 1 && harbor?.version !== undefined && html`<span>Harbor ${harbor.version}</span>`;
  return html`<p class="facts">
    <b>${who}</b>${version}<span><time datetime="${startedAt}">${moment(startedAt)}</time></span
    ><span>took ${formatMs(durationMs)}</span
    ><span>${counted(projects, 'project')}</span
    >${timeScale !== 1 && html`<span>Harbor's waits scaled by ${timeScale}</span>`}
  </p>`;
}

/** Further causes beside the worst one in the verdict: all of them follow in the list of causes. */
const MOST_MORE = 10;

function verdict({ kind, verdict: numbers, words, whatToDo, more }: Headline): Markup {
  const others =
    more.length > 0 &&
    html`<ul>
      ${more.slice(0, MOST_MORE).map((line) => html`<li>${line}</li>`)}
      ${more.length > MOST_MORE && html`<li>… and ${more.length - MOST_MORE} more</li>`}
    </ul>`;
  return html`<div class="verdict ${kind}">
    <span class="sign" aria-hidden="true">${SIGNS[kind]}</span>
    <div>
      <h1>${words}</h1>
      ${whatToDo !== undefined && html`<p>To do: ${whatToDo}</p>`}
      ${kind !== 'pass' && html`<p class="soft">${numbers}</p>`} ${others}
    </div>
  </div>`;
}

/** The counts, as a bar and as numbers. */
function tiles(report: Report): Markup {
  const { summary } = report;
  const shown = STATUSES.filter((status) => summary[status] > 0);
  const bar = shown.map((status) => html`<span class="${status}-f" style="flex:${summary[status]}"></span>`);
  const counts = shown.map(
    (status) =>
      html`<li><i class="dot ${status}-f"></i><b>${summary[status]}</b> ${statusWord(status, summary[status])}</li>`,
  );
  return html`<div class="bar" aria-hidden="true">${bar}</div>
    <ul class="tiles">
      ${counts} ${costTiles(report)}
    </ul>`;
}

/**
 * Requests and bytes of the whole run. `cost` was counted during the run; the sum of the requests in the report is only
 * for reports of earlier versions, which have no cost.
 */
function costTiles(report: Report): Markup {
  const requests = instancesOf(report).flatMap(({ results }) => results.flatMap((result) => result.requests));
  const hosts = instancesOf(report).flatMap(({ cost }) =>
    cost ? [cost.harbor, ...cost.upstreams, ...cost.others] : [],
  );
  const all = hosts.length > 0 ? hosts : requests.map(({ bytes }) => ({ requests: 1, bytes }));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  return html`<li><b>${sum(all.map((one) => one.requests))}</b> requests</li>
    <li><b>${sizeOf(sum(all.map(({ bytes }) => bytes)))}</b> received</li>`;
}

function costs(report: Report): Markup | undefined {
  const upstreams = instancesOf(report).flatMap(({ cost }) => cost?.upstreams ?? []);
  if (upstreams.length === 0) return undefined;
  return html`<h2>Cost of the run</h2>
    <ul class="card cost">
      ${instancesOf(report).map(({ cost }) => cost && html`<li>${cost.harbor.host}: ${counted(cost.harbor.requests, 'request')} (${sizeOf(cost.harbor.bytes)})</li>`)}
      ${upstreamCostLines(upstreams).map((one) => html`<li>${one}</li>`)}
    </ul>`;
}

function harborMatrix(sheet: Sheet): Markup {
  const { results, stopped } = sheet.report;
  return html`${nameOf(sheet)} ${results.length > 0 ? matrix(sheet) : html`<p>No request was sent: ${stopped}.</p>`}`;
}

/** The sections of one Harbor: the front door, which has no project, then the projects as declared. */
function harborDetails(sheet: Sheet): Markup | undefined {
  if (sheet.report.results.length === 0) return undefined;
  const sections = [undefined, ...sheet.report.projects].flatMap((project) => projectSection(sheet, project) ?? []);
  if (sections.length === 0) return undefined;
  return html`${sheet.prefix !== '' && html`<p class="harbor soft">${sheet.name}</p>`} ${sections}`;
}

function nameOf({ prefix, name, report }: Sheet): Markup | undefined {
  if (prefix === '') return undefined;
  return html`<h3 class="harbor" id="${prefix}harbor">${name} <span class="soft">${report.harbor.url}</span></h3>`;
}

/** What the checks prove, once for all Harbors: reports of several versions may know different checks. */
function catalogue(report: Report): Markup {
  const checks = [
    ...new Map(instancesOf(report).flatMap((one) => one.checks.map((check) => [check.id, check]))).values(),
  ];
  const entries = checks.map(
    ({ id, title, proves, why, limits, upstreamCost }) =>
      html`<dt id="check-${id}">${id} ${title}</dt>
        <dd>${proves}</dd>
        <dd>Why: ${why}</dd>
        <dd>Limits: ${limits}</dd>
        <dd>Cost at the upstream: ${upstreamCost}.</dd>`,
  );
  return html`<details class="card project">
    <summary>
      <h3>${counted(checks.length, 'check')}</h3>
      <span class="soft">what each verifies, why, its limits and its cost</span>
    </summary>
    <dl class="catalogue">${entries}</dl>
  </details>`;
}
