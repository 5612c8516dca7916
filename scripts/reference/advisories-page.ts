import { ADVISORIES } from '../../src/advisories';
import { code, table, text } from './markdown';

/** docs/reference/advisories.md: every known fault of a release. */
export function advisoriesPage(): string {
  const rows = ADVISORIES.map(({ id, severity, affects, when, breaks, instead, fixedIn, source }) => [
    code(id),
    severity,
    code(affects),
    text(when?.words ?? 'anything'),
    text([breaks, ...(instead === undefined ? [] : [instead])].join('; ')),
    text(fixedIn ?? 'no release yet'),
    text(source),
  ]);
  return [
    '<!-- Written by npm run docs from src/advisories. -->',
    '# Known faults of Harbor releases',
    '`validate` (with `harbor.version`), `plan`, `doctor` and `up` report those that affect the declaration; `doctor` also shows notes. `up` does not deploy a release with a critical fault that affects it.',
    table(['id', 'severity', 'releases', 'matters with', 'what goes wrong; what helps', 'fixed in', 'source'], rows),
    '',
  ].join('\n\n');
}
