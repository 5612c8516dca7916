import { counted } from '../answer-words';
import { instanceName, instancesOf, type ConformanceReport, type Report } from '../model/result';
import { isBad } from './details';
import { capitalised, causesIn, headline, type LocatedCause } from './headline';
import { writable } from './markup';
import { describeSummary, RANK_WORDS, shortDigests, SIGNS } from './words';

/** GitHub accepts 65,536 characters in an issue. */
const MAX_LENGTH = 60_000;
/** Upper limits of the lists: the verdict on a thousand projects must be readable, and the rest is in other formats. */
const MAX_CAUSES = 20;
const MAX_PLACES = 6;
const MAX_ROWS = 50;

/**
 * For the summary of a job, an issue or a comment: the verdict, what to do, the causes, and the failures as a table.
 *
 *      ## ✗ FAILED: 1 of 8 projects on harbor.example.com; 2 checks failed
 *      **Worst:** Upstream quay.io limits pulls (429): M1, S1 failed in proxy.quay.io
 *      **Do:** wait, or give the registry an account that may pull more
 *      ### Causes, the worst first
 *      1. **Upstream quay.io limits pulls (429)** (outage, upstream)
 *         M1, S1 in `proxy.quay.io`
 *      | where | check | | what |
 *      41 passed, 2 failed, 3 skipped
 */
export function toMarkdown(report: Report): string {
  const { kind, verdict, words, whatToDo } = headline(report);
  const lines = [
    `## ${SIGNS[kind]} ${text(verdict)}`,
    '',
    ...(kind === 'pass' ? [] : [`**Worst:** ${text(words)}`, '']),
    ...(whatToDo === undefined ? [] : [`**Do:** ${text(whatToDo)}`, '']),
    ...causes(report),
    ...instancesOf(report).flatMap((one) => table(one, 'instances' in report)),
    describeSummary(report),
    '',
  ];
  const whole = lines.join('\n');
  if (whole.length <= MAX_LENGTH) return whole;
  return `${whole.slice(0, whole.lastIndexOf('\n', MAX_LENGTH))}\n\nCut here: report.html has the rest.\n`;
}

function causes(report: Report): string[] {
  const all = causesIn(report);
  const bad = all.filter(({ cause }) => cause.rank !== 'known');
  const known = all.filter(({ cause }) => cause.rank === 'known');
  const rest = bad.length - MAX_CAUSES;
  return [
    ...(bad.length === 0 ? [] : ['### Causes, the worst first', '']),
    ...bad.slice(0, MAX_CAUSES).flatMap((one, at) => cause(report, one, at + 1)),
    ...(rest > 0 ? [`… and ${counted(rest, 'more cause')}`, ''] : []),
    ...(known.length === 0 ? [] : folded(report, known)),
  ];
}

/** One entry of the list. Evidence and code blocks are indented by three spaces, so that they belong to its number. */
function cause(report: Report, { instance, cause: one }: LocatedCause, number: number): string[] {
  const { rank, party, words, whatToDo, command, evidence, yaml } = one;
  const by = rank === 'undetermined' ? '' : `, ${text(party)}`;
  return [
    `${number}. **${text(capitalised(words))}** (${RANK_WORDS[rank]}${by})`,
    `   ${places(report, instance, one)}`,
    ...evidence.map(({ label, value }) => `   - ${text(label)}: ${text(value)}`),
    ...(whatToDo === undefined ? [] : [`   - do: ${text(whatToDo)}`]),
    ...(command === undefined ? [] : ['', '   ```sh', `   ${writable(command)}`, '   ```']),
    ...(yaml === undefined
      ? []
      : ['', '   ```yaml', ...yaml.split('\n').map((line) => `   ${writable(line)}`), '   ```']),
    '',
  ];
}

/** `M1, S1 in front door, proxy.quay.io and 3 more`, with the names of projects as code. */
function places(report: Report, instance: ConformanceReport, { projects, checks }: LocatedCause['cause']): string {
  const ids = [...new Set(checks.map(({ id }) => id))].join(', ');
  const isAtDoor = checks.some(({ project }) => project === undefined);
  const at = [...(isAtDoor ? ['front door'] : []), ...projects.map((name) => `\`${name}\``)];
  const rest = at.length - MAX_PLACES;
  const inFleet = 'instances' in report ? `${instanceName(instance)}: ` : '';
  return `${inFleet}${ids} in ${at.slice(0, MAX_PLACES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Known deviations are folded: they change nothing about the verdict, and would hide the causes. */
function folded(report: Report, known: readonly LocatedCause[]): string[] {
  const lines = known.map((one) =>
    `- ${text(one.cause.words)} (${places(report, one.instance, one.cause)}) ${one.cause.link ?? ''}`.trimEnd(),
  );
  return [
    '<details>',
    `<summary>${counted(known.length, 'known deviation')}</summary>`,
    '',
    ...lines,
    '',
    '</details>',
    '',
  ];
}

/** Projects and checks with failures. */
function table({ results, instance, harbor }: ConformanceReport, isFleet: boolean): string[] {
  const bad = results.filter(isBad);
  if (bad.length === 0) return [];
  const rows = bad
    .slice(0, MAX_ROWS)
    .map(
      ({ id, project, status, message }) =>
        `| ${project === undefined ? 'front door' : `\`${project}\``} | ${id} | ${SIGNS[status]} | ${cell(message)} |`,
    );
  const rest = bad.length - MAX_ROWS;
  return [
    ...(isFleet ? [`### ${text(instance ?? harbor.url)}`, ''] : []),
    '| where | check | | what |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...(rest > 0 ? [`… and ${counted(rest, 'more check')}`, ''] : []),
  ];
}

const MAX_CELL_LENGTH = 200;

/** The first line of a message: a cell cannot contain a line feed, and the other lines are about further images. */
function cell(message: string): string {
  const [line = ''] = shortDigests(message).split('\n');
  return text(line.length > MAX_CELL_LENGTH ? `${line.slice(0, MAX_CELL_LENGTH)}…` : line);
}

/** Text from a server must not become a table, a link, a mention or markup. */
function text(words: string): string {
  return writable(shortDigests(words))
    .replace(/[\\`*_{}[\]<>#|~]/g, (character) => `\\${character}`)
    .replace(/@(?=\w)/g, '@\u200b')
    .replace(/\s+/g, ' ');
}
