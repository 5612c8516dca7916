import { catalogue, describePulls, type CatalogueEntry } from '../../src/conformance';
import { code, table, text } from './markdown';

/** The catalogue of `breakwater conform`: a table to choose from, then a section for each check. */
export function checksPage(): string {
  const checks = catalogue();
  const rows = checks.map(({ id, title, phase, upstreamCost, production }) => [
    `[${id}](#${id.toLowerCase()})`,
    ...[title, phase, upstreamCost, production].map(text),
  ]);
  return [
    '<!-- Written by npm run docs from src/conformance. -->',
    '# Checks',
    'Everything that `breakwater conform` can check; `breakwater conform --list` prints the same, `--format json` for programs. How to run it and read the report: [proof by pulling](../guides/conformance.md).',
    table(['id', 'proves that', 'phase', 'upstream requests', 'in production'], rows),
    'Phases run in the order front (sends nothing to the upstream), cold (the first pull), serving (what is served afterwards), situation (simulates events at an upstream) and outage.',
    ...checks.flatMap(sectionOf),
    '',
  ].join('\n\n');
}

function sectionOf(check: CatalogueEntry): string[] {
  const lines = [
    ['Proves', check.proves],
    ['Why', check.why],
    ['Limits', check.limits],
    ['Harbor versions', check.versions],
    ['Upstream requests', check.upstreamCost],
    ['Counted pulls', describePulls(check)],
    ['Runs', `${check.phase}, once a ${check.scope === 'host' ? 'run' : 'project'}`],
    ['In production', check.production],
  ] as const;
  return [
    `## ${code(check.id)}`,
    `**${text(check.title)}**`,
    lines.map(([name, words]) => `- ${name}: ${text(words)}`).join('\n'),
  ];
}
