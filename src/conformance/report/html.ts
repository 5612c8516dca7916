import { counted } from '../answer-words';
import { STATUSES } from '../outcome';
import { isConformant, type CheckResult, type ConformanceReport } from '../result';
import { findings } from './findings';
import { badge, evidenceList, anchorOf, legend, matrix, projectSection, requestTable, said } from './html-parts';
import { STYLE } from './html-style';
import { html, Markup } from './markup';
import { describeSummary, formatBytes, formatMs, STATUS_WORDS, toldRequests } from './words';

/**
 * One self-contained page without a script: it can be mailed, archived as an artefact, opened on a phone and
 * used with a keyboard alone. The policy in its head keeps it from loading anything, whatever a server said.
 */
export function toHtml(report: ConformanceReport): string {
  const { host } = new URL(report.harbor.url);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <meta name="referrer" content="no-referrer" />
        <title>${isConformant(report) ? '✓' : '✗'} Conformance of ${host}</title>
        <style>
          ${Markup.trusted(STYLE)}
        </style>
      </head>
      <body>
        ${head(report, host)}
        <main>
          ${verdict(report)} ${proportions(report)} ${tiles(report)}
          <h2>Projects and checks</h2>
          ${matrix(report)} ${legend()} ${notPassed(report)}
          <h2>What was found</h2>
          ${[undefined, ...report.projects].map((project) => projectSection(report, project))}
          <h2>What the checks mean</h2>
          ${catalogue(report)}
          <footer>
            Made by ${report.tool.name} ${report.tool.version}. Every request carried its X-Request-ID, which stands in
            Harbor's logs too.
          </footer>
        </main>
      </body>
    </html> `;
  return page.text;
}

function head({ harbor, startedAt, durationMs, timeScale, projects }: ConformanceReport, host: string): Markup {
  const started = `${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)} UTC`;
  return html`<header>
    <p class="eyebrow">Proof by pulling</p>
    <h1>${host}</h1>
    <p class="facts">
      ${harbor.version !== undefined && html`<span>Harbor ${harbor.version}</span>`}<span
        ><time datetime="${startedAt}">${started}</time></span
      ><span>took ${formatMs(durationMs)}</span
      ><span>${counted(projects.length, 'project')}</span
      >${timeScale !== 1 && html`<span>Harbor's waits scaled by ${timeScale}</span>`}
    </p>
  </header>`;
}

function verdict(report: ConformanceReport): Markup {
  const { fail } = report.summary;
  const [kind, words] =
    fail > 0
      ? ['fail', fail === 1 ? 'One check failed' : `${fail} checks failed`]
      : !isConformant(report)
        ? ['error', 'Not everything could be found out']
        : ['pass', 'No check failed'];
  const stopped = report.stopped !== undefined && html`<span>The run was stopped: ${report.stopped}.</span>`;
  return html`<section class="verdict ${kind}">
    <strong>${words}</strong><span>${describeSummary(report)}</span>${stopped}
  </section>`;
}

function proportions({ summary }: ConformanceReport): Markup {
  const parts = STATUSES.filter((status) => summary[status] > 0).map(
    (status) => html`<span class="${status}-f" style="flex:${summary[status]}"></span>`,
  );
  return html`<div class="bar" aria-hidden="true">${parts}</div>`;
}

function tiles({ summary, results }: ConformanceReport): Markup {
  const requests = results.flatMap((result) => result.requests);
  const bytes = requests.reduce((sum, request) => sum + request.bytes, 0);
  const counts = STATUSES.map((status) => html`<li><b>${summary[status]}</b><span>${STATUS_WORDS[status]}</span></li>`);
  return html`<ul class="tiles">
    ${counts}
    <li><b>${requests.length}</b><span>requests</span></li>
    <li><b>${formatBytes(bytes)}</b><span>received</span></li>
  </ul>`;
}

/** What did not pass, told before the details: that is what somebody opens the page for. */
function notPassed(report: ConformanceReport): Markup | undefined {
  const told = findings(report);
  return told.length === 0
    ? undefined
    : html`<h2>What did not pass</h2>
        ${told.map((group) => finding(report, group))}`;
}

function finding(report: ConformanceReport, [result, ...others]: readonly CheckResult[]): Markup | undefined {
  if (!result) return undefined;
  const about = report.checks.find(({ id }) => id === result.id);
  const position = report.projects.find(({ name }) => name === result.project)?.position;
  return html`<article class="finding card ${result.status}">
    <h3>
      ${badge(result.status)}${result.id} · ${result.project ?? 'front door'}
      <a class="soft" href="#${anchorOf(result)}" aria-label="to the details">#</a>
    </h3>
    <p class="soft">${result.title}${position && ` (the project is declared in ${position.file}:${position.line})`}</p>
    ${said(result)}
    ${result.link !== undefined && html`<p><a href="${result.link}" rel="noreferrer">${result.link}</a></p>`}
    ${about && html`<p class="why">${about.why}</p>`} ${evidenceList(result)}
    ${others.length > 0 && html`<p>The same for ${others.map(linkTo)}</p>`}
    ${requestTable(report, toldRequests(result))}
  </article>`;
}

function linkTo(result: CheckResult, at: number): Markup {
  return html`${at > 0 && ', '}<a href="#${anchorOf(result)}">${result.project ?? 'front door'}</a>`;
}

function catalogue({ checks }: ConformanceReport): Markup {
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
      <b>${checks.length} checks</b>
      <span class="soft">what each proves, why it is there, how it can be wrong, what it costs</span>
    </summary>
    <dl class="catalogue">${entries}</dl>
  </details>`;
}
