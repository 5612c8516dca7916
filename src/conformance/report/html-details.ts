import type { RequestRecord } from '../../oci';
import { sizeOf } from '../answer-words';
import { STATUSES } from '../model/outcome';
import type { CheckResult, Cause, ReportedProject } from '../model/result';
import { anchorOf, badge, hasSection, isTold, placeName, projectAnchor, resultsOf, type Sheet } from './html-sheet';
import { html, type Markup } from './markup';
import { formatMs, shortDigests, statusWord } from './words';

/** One project with all its checks, folded: problems are listed above and link here. */
export function projectSection(sheet: Sheet, project: ReportedProject | undefined): Markup | undefined {
  if (!hasSection(sheet, project?.name)) return undefined;
  const results = resultsOf(sheet, project?.name);
  return html`<details class="project card" id="${projectAnchor(sheet, project?.name)}">
    <summary>
      <h3>${placeName(project?.name)}</h3>
      <span class="soft">${countWords(results)}</span>
    </summary>
    ${project && projectFacts(project)}
    ${results.filter((one) => isTold(sheet, one)).map((result) => checkSection(sheet, result))}
  </details>`;
}

/** What the declaration says: public or private, the position in its file, images and platforms. */
function projectFacts(project: ReportedProject): Markup {
  const { position } = project;
  const kind = `${project.public ? 'public' : 'private'} ${project.proxy ? 'proxy cache project' : 'project'}`;
  const declared = position && `, declared in ${position.file}:${position.line}`;
  return html`<div class="project-facts">
    ${kind}${declared}. Images ${project.images.join(', ')}; platforms ${project.platforms.join(', ')}.
  </div>`;
}

function countWords(results: readonly CheckResult[]): string {
  const counted = STATUSES.map((status) => [status, results.filter((one) => one.status === status).length] as const);
  return counted.flatMap(([status, count]) => (count > 0 ? `${count} ${statusWord(status, count)}` : [])).join(', ');
}

/**
 * One check, folded to its verdict. Opened, in the order in which a person reads: the cause, the message and its
 * link, what the check proves, what was seen, then every request. The anchor is on the inner element, because browsers unfold only what
 * contains the target.
 */
function checkSection(sheet: Sheet, result: CheckResult): Markup {
  const about = sheet.report.checks.find(({ id }) => id === result.id);
  return html`<details class="check">
    <summary>
      ${badge(result.status)}<span class="id">${result.id}</span
      ><span>${result.title}<span class="message">${shortDigests(result.message)}</span></span
      ><span class="took">${formatMs(result.durationMs)}</span>
    </summary>
    <div class="inside" id="${anchorOf(sheet, result)}">
      ${causeBox(result.cause)} ${said(result)} ${linkOf(result)} ${about && html`<p class="soft">${about.proves}</p>`}
      ${evidenceList(result.evidence)}
      ${result.status === 'pass' ? requestLines(sheet, result.requests) : requestTable(sheet, result.requests)}
    </div>
  </details>`;
}

/** Who is at fault and what to do: the first thing that a person on call needs. */
export function causeBox(cause: Cause | undefined): Markup | undefined {
  if (!cause) return undefined;
  return html`<div class="cause">
    <p><b>Cause (${cause.party}):</b> ${cause.words}</p>
    ${cause.whatToDo !== undefined && html`<p>${cause.whatToDo}</p>`}
    ${cause.command !== undefined && html`<p><code>${cause.command}</code></p>`} ${evidenceList(cause.evidence)}
  </div>`;
}

/** A message has one line per part; parts are images or platforms. */
export function said({ message }: CheckResult): Markup {
  const lines = shortDigests(message).split('\n');
  return html`<div class="said">${lines.map((line) => html`<p>${line}</p>`)}</div>`;
}

/** A merged report came from a file that anyone may have written: only https URLs become links, others are text. */
export function linkOf({ link }: CheckResult): Markup | undefined {
  if (link !== undefined && !link.startsWith('https://')) return html`<p>${link}</p>`;
  return link === undefined ? undefined : html`<p><a href="${link}" rel="noreferrer">${link}</a></p>`;
}

/** Nothing for an empty list, so that no empty box is on the page. */
export function evidenceList(evidence: CheckResult['evidence']): Markup | undefined {
  if (evidence.length === 0) return undefined;
  const items = evidence.map(
    ({ label, value }) =>
      html`<dt>${label}</dt>
        <dd>${value}</dd>`,
  );
  return html`<dl class="evidence">${items}</dl>`;
}

/** One line per request: passed checks have thousands, and a table for each would be most of the page. */
function requestLines({ report }: Sheet, requests: readonly RequestRecord[]): Markup | undefined {
  if (requests.length === 0) return undefined;
  const lines = requests.map(
    (one) =>
      html`<li>
        ${one.method} ${shortDigests(pathOf(one, report.harbor.url))} ${one.status ?? 'none'}
        ${formatMs(one.durationMs)} ${sizeOf(one.bytes)} ${one.id}
      </li>`,
  );
  return html`<ul class="mono lines">
    ${lines}
  </ul>`;
}

/** Requests to Harbor without its URL, which is the same in every line; others, to an upstream or a mirror, in full. */
function pathOf({ url }: RequestRecord, harborUrl: string): string {
  return url.startsWith(harborUrl) ? `/${url.slice(harborUrl.length)}` : url;
}

/** With a bar for each request, relative to the slowest of this result. */
export function requestTable({ report }: Sheet, requests: readonly RequestRecord[]): Markup | undefined {
  if (requests.length === 0) return undefined;
  const longestMs = Math.max(1, ...requests.map(({ durationMs }) => durationMs));
  const heads = ['Request', 'Status', 'Time', 'Bytes', 'X-Request-ID'];
  return html`<div class="requests" tabindex="0" role="group" aria-label="Requests">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${requests.map((request) => requestRow(request, longestMs, report.harbor.url))}
      </tbody>
    </table>
  </div>`;
}

function requestRow(request: RequestRecord, longestMs: number, harborUrl: string): Markup {
  const { method, status, error, id } = request;
  return html`<tr>
    <td class="mono url">
      <b>${method}</b>
      ${pathOf(request, harborUrl)}${digestLine(request)}${error !== undefined && html`<br /><span class="bad">${error}</span>`}
    </td>
    <td class="n${status === undefined && html` bad`}">${status ?? 'none'}</td>
    <td class="n">${formatMs(request.durationMs)}${wave(request, longestMs)}</td>
    <td class="n">${sizeOf(request.bytes)}</td>
    <td class="mono n">${id}</td>
  </tr>`;
}

/** The requested digest need not be repeated; a different one must be visible. */
function digestLine({ url, digest }: RequestRecord): Markup | undefined {
  if (digest === undefined) return undefined;
  const asked = /sha256:[0-9a-f]{64}$/.exec(url)?.[0];
  if (asked === digest) return html`<br /><span class="good">✓ matches the requested digest</span>`;
  return html`<br /><span class="${asked === undefined ? 'soft' : 'bad'}">${digest}</span>`;
}

/** Pale until the headers arrived, full while the body arrived. */
function wave({ firstByteMs = 0, durationMs }: RequestRecord, longestMs: number): Markup {
  const percent = (ms: number): string => ((100 * ms) / longestMs).toFixed(1);
  const parts = [firstByteMs, durationMs - firstByteMs].map((ms) => html`<i style="width:${percent(ms)}%"></i>`);
  return html`<span class="wave" aria-hidden="true">${parts}</span>`;
}
