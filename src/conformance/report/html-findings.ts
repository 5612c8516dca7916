import { counted } from '../answer-words';
import type { CheckResult } from '../model/result';
import { findings } from './findings';
import { causeBox, evidenceList, linkOf, requestTable, said } from './html-details';
import { streakWords } from './html-history';
import { anchorOf, badge, isTold, placeName, type Sheet } from './html-sheet';
import { html, type Markup } from './markup';
import { toldRequests } from './words';

/** Groups, and places in a group. Further ones are in the matrix and in the details. */
const MOST_FINDINGS = 50;
const MOST_PLACES = 30;

/** Results that did not pass, before the details; known deviations of Harbor are folded. */
export function notPassed(sheets: readonly Sheet[]): Markup | undefined {
  const all = sheets.flatMap((sheet) => findings(sheet.report).map((group) => ({ sheet, group })));
  if (all.length === 0) return undefined;
  const bad = all.filter(({ group }) => group[0]?.status !== 'known-deviation');
  const known = all.filter(({ group }) => group[0]?.status === 'known-deviation');
  const rest = bad.length - MOST_FINDINGS;
  return html`<h2 id="not-passed" tabindex="-1">Failures</h2>
    ${bad.slice(0, MOST_FINDINGS).map(({ sheet, group }) => finding(sheet, group))}
    ${rest > 0 && html`<p class="soft">… and ${counted(rest, 'more finding')}: see the projects below.</p>`}
    ${
      known.length > 0 &&
      html`<details class="known">
        <summary>${counted(known.length, 'known deviation')} of Harbor</summary>
        ${known.map(({ sheet, group }) => finding(sheet, group))}
      </details>`
    }`;
}

/** A card for one group: the first result is shown with everything, the others are named, because they have the same cause. */
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
      ${isTold(sheet, result) && html`<a href="#${anchorOf(sheet, result)}">${counted(result.requests.length, 'request')} and details</a>`}
    </p>
    ${others.length > 0 && html`<p>The same for ${same(sheet, result, others)}</p>`} ${evidenceList(result.evidence)}
    ${about && html`<p class="why">${about.why}</p>`} ${requestTable(sheet, toldRequests(result))}
  </article>`;
}

function same(sheet: Sheet, first: CheckResult, others: readonly CheckResult[]): Markup {
  const rest = others.length - MOST_PLACES;
  return html`${others.slice(0, MOST_PLACES).map((other, at) => linkTo(sheet, first, other, at))}${rest > 0 && ` and ${rest} more`}`;
}

/** A group has one check or one cause: the id is shown only if it differs. */
function linkTo(sheet: Sheet, first: CheckResult, other: CheckResult, at: number): Markup {
  const words = other.id === first.id ? placeName(other.project) : `${other.id} ${placeName(other.project)}`;
  if (!isTold(sheet, other)) return html`${at > 0 && ', '}${words}`;
  return html`${at > 0 && ', '}<a href="#${anchorOf(sheet, other)}">${words}</a>`;
}
