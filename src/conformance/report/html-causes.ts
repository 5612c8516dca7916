import { counted } from '../answer-words';
import { instanceName, type Report } from '../model/result';
import { capitalised, causesIn, type LocatedCause } from './headline';
import { evidenceList } from './html-details';
import { html, type Markup } from './markup';
import { RANK_WORDS, shortDigests } from './words';

/** Upper limits of the list: a page about a thousand broken projects must still begin with the reasons. */
const MAX_PLACES = 12;
const MAX_CAUSES = 50;

/** Why checks failed, the worst cause first, before any single check. */
export function causeList(report: Report): Markup | undefined {
  const causes = causesIn(report).filter(({ cause }) => cause.rank !== 'known');
  if (causes.length === 0) return undefined;
  return html`<h2 id="causes" tabindex="-1">Causes</h2>
    <ol class="causes">
      ${causes.slice(0, MAX_CAUSES).map((one) => item(report, one))}
    </ol>
    ${causes.length > MAX_CAUSES && html`<p class="soft">… and ${counted(causes.length - MAX_CAUSES, 'more cause')}: see report.json.</p>`}`;
}

/** Who can fix it, what to do, the command and the lines of YAML; then where it was found, and the evidence. */
function item(report: Report, { instance, cause }: LocatedCause): Markup {
  const { rank, party, words, whatToDo, command, evidence, projects, checks, yaml } = cause;
  const ids = [...new Set(checks.map(({ id }) => id))].join(', ');
  const isAtDoor = checks.some(({ project }) => project === undefined);
  const places = [...(isAtDoor ? ['front door'] : []), ...projects];
  const rest = places.length - MAX_PLACES;
  const where = places.slice(0, MAX_PLACES).join(', ') + (rest > 0 ? ` and ${counted(rest, 'more project')}` : '');
  const inFleet = 'instances' in report ? `${instanceName(instance)}: ` : '';
  return html`<li class="cause card">
    <p><b>${capitalised(shortDigests(words))}</b> <span class="soft">${RANK_WORDS[rank]} · ${party}</span></p>
    ${whatToDo !== undefined && html`<p>${capitalised(whatToDo)}</p>`}
    ${command !== undefined && html`<p><code>${command}</code></p>`}
    ${yaml !== undefined && html`<pre class="change">${yaml}</pre>`}
    <p class="soft">${ids} in ${inFleet}${where}</p>
    ${evidenceList(evidence)}
  </li>`;
}
