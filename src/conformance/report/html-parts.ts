import type { RequestRecord } from '../../oci';
import { STATUSES, type Status } from '../outcome';
import type { CheckResult, ConformanceReport, ReportedProject } from '../result';
import { html, type Markup } from './markup';
import { formatBytes, formatMs, shortDigests, SIGNS, STATUS_WORDS } from './words';

/** The id of a result's place in the page; project names are safe in it, as Harbor allows no others. */
export function anchorOf({ id, project }: Pick<CheckResult, 'id' | 'project'>): string {
  return project === undefined ? `front-door--${id}` : `project-${project}--${id}`;
}

export function badge(status: Status): Markup {
  return html`<span class="cell ${status}-c" role="img" aria-label="${STATUS_WORDS[status]}">${SIGNS[status]}</span>`;
}

export function legend(): Markup {
  const items = STATUSES.map((status) => html`<span>${badge(status)}${STATUS_WORDS[status]}</span>`);
  return html`<p class="legend">${items}</p>`;
}

/** Projects and checks; every cell leads to what was found there. */
export function matrix(report: ConformanceReport): Markup {
  const heads = report.checks.map(
    ({ id, title }) => html`<th scope="col"><a href="#check-${id}" title="${title}">${id}</a></th>`,
  );
  const rows = [undefined, ...report.projects.map(({ name }) => name)].map((project) => matrixRow(report, project));
  return html`<div class="card scroll" tabindex="0" role="region" aria-label="Projects and checks">
    <table class="matrix">
      <thead>
        <tr>
          <th scope="col"><span class="soft">Project</span></th>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function matrixRow(report: ConformanceReport, project: string | undefined): Markup {
  const target = project === undefined ? 'front-door' : `project-${project}`;
  const cells = report.checks.map(({ id }) => {
    const result = report.results.find((one) => one.id === id && one.project === project);
    return html`<td>${result && matrixCell(result)}</td>`;
  });
  return html`<tr>
    <th scope="row"><a href="#${target}">${project ?? 'front door'}</a></th>
    ${cells}
  </tr>`;
}

function matrixCell(result: CheckResult): Markup {
  const words = `${result.id} ${STATUS_WORDS[result.status]}: ${shortDigests(result.message)}`;
  return html`<a class="cell ${result.status}-c" href="#${anchorOf(result)}" title="${words}" aria-label="${words}"
    >${SIGNS[result.status]}</a
  >`;
}

/** One project with all its checks; open where something is wrong. */
export function projectSection(report: ConformanceReport, project: ReportedProject | undefined): Markup {
  const results = report.results.filter((result) => result.project === project?.name);
  const isBad = results.some(({ status }) => status === 'fail' || status === 'error');
  const id = project === undefined ? 'front-door' : `project-${project.name}`;
  return html`<details class="project card" id="${id}" ${isBad && html` open`}>
    <summary>
      <span><b>${project?.name ?? 'front door'}</b></span> <span class="soft">${countWords(results)}</span>
    </summary>
    ${project && projectFacts(project)} ${results.map((result) => checkSection(report, result))}
  </details>`;
}

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
  return counted.flatMap(([status, count]) => (count > 0 ? `${count} ${STATUS_WORDS[status]}` : [])).join(', ');
}

function checkSection(report: ConformanceReport, result: CheckResult): Markup {
  const about = report.checks.find(({ id }) => id === result.id);
  return html`<details class="check" id="${anchorOf(result)}">
    <summary>
      ${badge(result.status)}<span class="id">${result.id}</span
      ><span>${result.title}<span class="message">${shortDigests(result.message)}</span></span
      ><span class="took">${formatMs(result.durationMs)}</span>
    </summary>
    <div class="inside">
      ${said(result)}
      ${result.link !== undefined && html`<p><a href="${result.link}" rel="noreferrer">${result.link}</a></p>`}
      ${about && html`<p class="soft">${about.proves}</p>`} ${evidenceList(result)}
      ${requestTable(report, result.requests)}
    </div>
  </details>`;
}

/** A message has a line a part; parts are images or platforms. */
export function said({ message }: CheckResult): Markup {
  const lines = shortDigests(message).split('\n');
  return html`<div class="said">${lines.map((line) => html`<p>${line}</p>`)}</div>`;
}

export function evidenceList({ evidence }: CheckResult): Markup | undefined {
  if (evidence.length === 0) return undefined;
  return html`<dl class="evidence">
    ${evidence.map(
      ({ label, value }) =>
        html`<dt>${label}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

export function requestTable(report: ConformanceReport, requests: readonly RequestRecord[]): Markup | undefined {
  if (requests.length === 0) return undefined;
  const longestMs = Math.max(1, ...requests.map(({ durationMs }) => durationMs));
  return html`<div class="requests" tabindex="0" role="region" aria-label="Requests">
    <table>
      <thead>
        <tr>
          <th>Request</th>
          <th>Status</th>
          <th>Time</th>
          <th>Bytes</th>
          <th>X-Request-ID</th>
        </tr>
      </thead>
      <tbody>
        ${requests.map((request) => requestRow(request, longestMs, report.harbor.url))}
      </tbody>
    </table>
  </div>`;
}

function requestRow(request: RequestRecord, longestMs: number, harborUrl: string): Markup {
  const { method, url, status, error, id } = request;
  const path = url.startsWith(harborUrl) ? `/${url.slice(harborUrl.length)}` : url;
  return html`<tr>
    <td class="mono url">
      <b>${method}</b>
      ${path}${digestLine(request)}${error !== undefined && html`<br /><span class="bad">${error}</span>`}
    </td>
    <td class="n${status === undefined && html` bad`}">${status ?? 'none'}</td>
    <td class="n">${formatMs(request.durationMs)}${wave(request, longestMs)}</td>
    <td class="n">${formatBytes(request.bytes)}</td>
    <td class="mono n">${id}</td>
  </tr>`;
}

/** A digest that was asked for need not be read twice; one that is another must be seen. */
function digestLine({ url, digest }: RequestRecord): Markup | undefined {
  if (digest === undefined) return undefined;
  const asked = /sha256:[0-9a-f]{64}$/.exec(url)?.[0];
  if (asked === digest) return html`<br /><span class="good">✓ hashes to the digest asked for</span>`;
  return html`<br /><span class="${asked === undefined ? 'soft' : 'bad'}">${digest}</span>`;
}

/** Pale until the headers came, full while the body came. */
function wave({ firstByteMs = 0, durationMs }: RequestRecord, longestMs: number): Markup {
  const percent = (ms: number): string => ((100 * ms) / longestMs).toFixed(1);
  const parts = [firstByteMs, durationMs - firstByteMs].map((ms) => html`<i style="width:${percent(ms)}%"></i>`);
  return html`<span class="wave" aria-hidden="true">${parts}</span>`;
}
