import type { BenchReport, Line } from './report';
import { cellsOf, losses, markdownTable, slopeRows } from './text';

/** Above this load, other programs used the processor, too. */
const IDLE = 0.5;

/** The guide, from the figures of one run. All of its text is here. */
export function performancePage(report: BenchReport): string {
  const { lines } = report;
  const slower = losses(lines);
  return `${[
    HEAD,
    aboutTheRun(report),
    '![Bars of each program for each piece of work](performance.svg)',
    '## Where we lose',
    slower.length === 0 ? 'Nowhere in this run.' : slower.map((text) => `- ${text}`).join('\n'),
    WHY,
    '## Every figure',
    ...lines.map(lineOf),
    '## How it grows',
    'CPU time of the whole process, between the two largest measured sizes. 1 is proportional to the size.',
    markdownTable(slopeRows(report)).join('\n'),
    TAIL,
  ].join('\n\n')}\n`;
}

const HEAD = `# Performance

\`\`\`sh
apt-get install skopeo docker-registry
TMPDIR=/dev/shm npm run bench -- --write      # everything, a quarter of an hour; crane and Terraform if they are installed
npm run bench -- --quick                      # a third of the rounds, about six minutes on two idle cores
npm run bench -- conform                      # one part: start-up, plan, conform
npm run bench -- --all                        # also 10,000 projects
\`\`\`

Every figure is next to that of another program from the same run on the same machine, because alone it has no meaning. A whole
process is measured, with its start. This page is generated from \`performance.json\` by \`npm run docs\`.`;

function aboutTheRun({ day, machine, loadAtStart, versions, absent }: BenchReport): string {
  const { cpu, cores, memoryGib, system } = machine;
  const busy =
    loadAtStart > IDLE
      ? ` Other programs used the processor, too (load ${loadAtStart} at the start): compare CPU times and requests, not seconds.`
      : '';
  const missing = absent.length > 0 ? ` Not installed, so not measured: ${absent.join(', ')}.` : '';
  return `Measured on ${day}: ${cpu}, ${cores} cores, ${memoryGib} GiB, ${system}; ${versions.join(', ')}.${missing}${busy}`;
}

function lineOf(line: Line): string {
  const note = line.note === undefined ? '' : `${line.note}\n\n`;
  return `**${line.title}**\n\n${note}${markdownTable(cellsOf(line)).join('\n')}`;
}

const WHY = `The reasons:

- **A single small image**: starting Node takes a tenth of a second, which compiled programs do not need.
- **A large image**: one thread reads and hashes all layers, with less CPU time than crane, which does it on all cores.
- **Creating**: each write is in the journal on disk before it is sent, and everything is verified afterwards.

"The same calls" and "the same pages" are a minimal program that sends only the necessary requests, 32 at
a time. It has no plan, no journal and no retry, and verifies nothing: it is a limit and not a competitor.`;

const TAIL = `## Requests

Reading an image takes each manifest, config and layer once, and a token for each repository, which all checks of a run
share until shortly before it expires. The challenge is requested once per run. What each check costs the **upstream** stands
in its description and in the report.

At most 32 connections are open to one Harbor, however many projects are under way. They are kept, also after HEAD, where
the HTTP library would hang up.

A project with retention and three members is created in seven calls, two of which verify it. A plan without a change takes
forty calls for 1,000 projects, and two more for each project with members and retention.

## Memory

A layer costs the memory of what is on its way, whatever its size; one of 1 GiB takes no more than one of 256 MiB, and the
process less than 200 MB. What grows is the report, which holds every request.

## What is tested and what is measured

Seconds depend on the machine and on its neighbors, so no test looks at them. Tests count:

- calls: \`test/call-budget\`, and beside a real skopeo \`test/integration/pull-cost.test.ts\`
- modules before the first request: \`test/integration/start-up.test.ts\`
- memory for a layer of 1 GiB, in a process of its own: \`test/unit/conformance/footprint.test.ts\`

[Where the time goes](../decisions/0013-where-the-time-goes.md) says what profiling found.`;
