import type { Initialised } from '../init/init';
import { writtenAsText } from './written';
import { jsonDocument } from './json-document';

/** Without the content of the written files. */
export function initialisedAsJson({ exported, ...rest }: Initialised): string {
  const { secrets = [], leftOut = [] } = exported ?? {};
  return jsonDocument({ ...rest, secrets, leftOut });
}

/** Ends with the next commands, because the reader of this has just begun. */
export function initialisedAsText({ directory, written, kept, exported }: Initialised): string {
  const blocks = [
    listed('written:', written),
    listed('kept unchanged:', kept),
    ...(exported ? [writtenAsText(exported).trimEnd()] : []),
    listed('next:', [
      ...(directory === '.' ? [] : [`cd ${directory}`]),
      'npm install',
      'npx breakwater validate',
      // Harbor does not know which images prove a project.
      ...(exported ? ['add conformance: { pull: [NAME:TAG] } to the projects that conform is to prove'] : []),
      'npx breakwater sandbox --with-upstream    (try it out without a Harbor; README.md has the steps)',
    ]),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function listed(head: string, items: readonly string[]): string {
  return items.length === 0 ? '' : [head, ...items.map((item) => `  ${item}`)].join('\n');
}
