import { upPlanSchema } from '../../src/app/up/steps';
import { reportSchema } from '../../src/conformance';
import { clients, withClientOptions } from '../../src/clients';
import { withExternal } from '../../src/declaration/expand/external';
import { assembleSchema, publishedSchema } from '../../src/declaration/schema/schema';
import { environmentSchema } from '../../src/deploy';
import { inventorySchema } from '../../src/inventory';
import type { AnyKind, JsonSchema, Placement } from '../../src/kinds/kind';
import { planSchema } from '../../src/plan/plan-schema';
import { advisoriesPage } from './advisories-page';
import { callsPage } from './calls-page';
import { checksPage } from './checks-page';
import { environmentPage } from './environment-page';
import { code, table, text } from './markdown';
import { pageOf } from './page';
import { rulesPage } from './rules-page';

/** Every page of docs/reference by file name, environments, and the report and checks of conformance. */
export function referencePages(kinds: readonly AnyKind[]): ReadonlyMap<string, string> {
  const sorted = [...kinds].sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map([
    ['index.md', indexOf(sorted)],
    ['advisories.md', advisoriesPage()],
    ['calls.md', callsPage(sorted)],
    ['checks.md', checksPage()],
    ['environment.md', environmentPage()],
    ['rules.md', rulesPage()],
    ['conformance-report.schema.json', `${JSON.stringify(reportSchema(), null, 2)}\n`],
    ['inventory.schema.json', `${JSON.stringify(inventorySchema(), null, 2)}\n`],
    ['plan.schema.json', `${JSON.stringify(planSchema(), null, 2)}\n`],
    ['up-plan.schema.json', `${JSON.stringify(upPlanSchema(), null, 2)}\n`],
    ...sorted.map((kind): [string, string] => [`${kind.name}.md`, pageOf(kind)]),
  ]);
}

/** The schemas that editors are given, by file name. */
export function editorSchemas(kinds: readonly AnyKind[]): ReadonlyMap<string, string> {
  const written = ([name, schema]: readonly [string, JsonSchema]): [string, string] => [
    `${name}.schema.json`,
    `${JSON.stringify(publishedSchema(name, schema), null, 2)}\n`,
  ];
  return new Map(
    (
      [
        ['declaration', withClientOptions(withExternal(assembleSchema(kinds)), clients)],
        ['environment', environmentSchema],
      ] as const
    ).map(written),
  );
}

function indexOf(kinds: readonly AnyKind[]): string {
  const rows = kinds.map((kind) => [
    `[${kind.name}](${kind.name}.md)`,
    kind.placements.map(({ path }: Placement<object>) => code(path)).join(', '),
    text(kind.about),
  ]);
  return [
    '<!-- Written by npm run docs from src/kinds. -->',
    '# Reference',
    'Every kind that can be declared, its place in the YAML, and what it is. How the files are read, merged and checked: [the declaration](../guides/declaration.md).',
    table(['kind', 'path', 'what it is'], rows),
    'The column *Harbor* of each page says which of the supported versions, 2.13 to 2.16, know a field: [versions](../guides/versions.md).',
    'The API calls of a plan: [calls](calls.md).',
    'Known faults of Harbor releases: [advisories](advisories.md).',
    'What `breakwater conform` proves, check by check: [checks](checks.md).',
    'What `breakwater conform` writes as `report.json`: [its JSON Schema](conformance-report.schema.json), which `breakwater schema --report` prints too.',
    'What `breakwater inventory scan --format json` prints: [its JSON Schema](inventory.schema.json).',
    'What `breakwater plan --format json` prints: [its JSON Schema](plan.schema.json).',
    'What `breakwater up --plan-out` writes as `up.json`: [its JSON Schema](up-plan.schema.json).',
    'The rules for policies and deployments: [rules](rules.md).',
    'What is deployed, the files of `stacks/environments`: [the environment](environment.md).',
    '`*` is a name of your choice, `[]` an item of a list. Only what is declared is compared; a field that is left out stays as it is in Harbor. A secret is only ever a reference: `{ env: NAME }`, `{ file: PATH }` or `{ command: [PROGRAM, ARGUMENT] }`.',
    '',
  ].join('\n\n');
}
