import { counted } from '../answer-words';
import type { CheckResult } from '../model/result';
import { findings } from './findings';
import { causeBox, evidenceList, linkOf, requestTable, said } from './html-details';
import { streakWords } from './html-history';
import { anchorOf, badge, placeName, type Sheet } from './html-sheet';
import { html, type Markup } from './markup';
import { toldRequests } from './words';

/** What did not pass, told before the details: that is what somebody opens the page for. */
export function notPassed(sheets: readonly Sheet[]): Markup | undefined {
  const told = sheets.flatMap((sheet) => findings(sheet.report).map((group) => finding(sheet, group)));
  if (told.length === 0) return undefined;
  return html`<h2 id="not-passed" tabindex="-1">What did not pass</h2>
    ${told}`;
}

function finding(sheet: Sheet, [result, ...others]: readonly CheckResult[]): Markup | undefined {
  if (!result) return undefined;
  const about = sheet.report.checks.find(({ id }) => id === result.id);
  const position = sheet.report.projects.find(({ name }) => name === result.project)?.position;
  const where = sheet.prefix === '' ? placeName(result.project) : `${sheet.name} · ${placeName(result.project)}`;
  const streak = streakWords(sheet, result);
  return html`<article class="finding card ${result.status}">
    <h3>${badge(result.status)}${where} <span class="soft">${result.id} ${result.title}</span></h3>
    ${causeBox(result.cause)} ${said(result)} ${linkOf(result)}
    <p class="meta">
      ${streak !== undefined && html`<span class="streak">${streak}</span>`}
      ${position && html`<span>declared in <code>${position.file}:${position.line}</code></span>`}
      <a href="#${anchorOf(sheet, result)}">${counted(result.requests.length, 'request')} and details</a>
    </p>
    ${others.length > 0 && html`<p>The same for ${others.map((other, at) => linkTo(sheet, result, other, at))}</p>`}
    ${evidenceList(result.evidence)} ${about && html`<p class="why">${about.why}</p>`}
    ${requestTable(sheet, toldRequests(result))}
  </article>`;
}

/** A group has one check or one cause: the id is worth its place only where it is another. */
function linkTo(sheet: Sheet, first: CheckResult, other: CheckResult, at: number): Markup {
  const words = other.id === first.id ? placeName(other.project) : `${other.id} ${placeName(other.project)}`;
  return html`${at > 0 && ', '}<a href="#${anchorOf(sheet, other)}">${words}</a>`;
}
