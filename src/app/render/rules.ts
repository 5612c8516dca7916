import { stringify } from 'yaml';
import { plural } from '../../plural';
import { diagnosticOf, scopesOf, type Rule, type RuleFinding, type Waived } from '../../rules';
import { raisedBy, sarifText } from './rules-sarif';
import { jsonDocument } from './json-document';

/** One rule a line, or one in full with its examples. */
export function catalogueText(chosen: readonly Rule[], inFull: boolean): string {
  const lines = chosen.map((rule) =>
    inFull
      ? inFullText(rule)
      : `${rule.id.padEnd(5)}  ${rule.severity.padEnd(8)}  ${scopesOf(rule).join(', ').padEnd(19)}  ${rule.title}`,
  );
  return `${lines.join('\n')}\n`;
}

function inFullText(rule: Rule): string {
  const { id, severity, title, why, since, until, declared, planned, deployed } = rule;
  const range = [since && `since Harbor ${since}`, until && `until Harbor ${until}`].filter(Boolean).join(', ');
  return [
    `${id}  ${severity}  ${title}`,
    `Judges: ${scopesOf(rule).join(', ')}${range === '' ? '' : ` (${range})`}`,
    '',
    why,
    ...(declared ? ['', 'Refused:', yaml(declared.bad), 'Accepted:', yaml(declared.good)] : []),
    ...(planned ? ['', 'Found in a plan:', yaml(planned.bad), 'Not found:', yaml(planned.good)] : []),
    ...(deployed ? ['', 'Not to be deployed:', yaml(deployed.bad), 'Fine:', yaml(deployed.good)] : []),
  ].join('\n');
}

function yaml(example: object): string {
  return stringify(example).replace(/^/gm, '  ').trimEnd();
}

/** With one example of each kind, so that another program can test its own rules. */
export function catalogueJson(chosen: readonly Rule[]): string {
  const list = chosen.map((rule) => {
    const { id, severity, title, why, since, until, declared, planned, deployed } = rule;
    const { good, bad } = declared ?? planned ?? deployed ?? {};
    // Undefined values are left out of a document.
    return { id, severity, title, why, scopes: scopesOf(rule), since, until, good, bad };
  });
  return jsonDocument({ rules: list });
}

/**
 * Findings of the rules in stacks.
 * @param all rules
 * @param file to which a code scanner attaches findings
 */
export function findingsAs(format: string, found: Waived, all: readonly Rule[], file: string): string {
  if (format === 'json') return findingsJson(found);
  if (format === 'sarif') return findingsSarif(found, all, file);
  return findingsText(found, all.filter(({ deployed }) => deployed).length);
}

/** @param judged number of rules that ran */
export function findingsText({ open, waived }: Omit<Waived, 'idle'>, judged: number): string {
  const lines = [
    ...open.map((finding) => `${line(finding)}\n          ${finding.hint}`),
    ...waived.map(({ finding, by }) => `waived    ${line(finding)} (${by.owner}, until ${by.expires}: ${by.reason})`),
    `${plural(judged, 'rule')}, ${plural(open.length, 'finding')}, ${waived.length} waived`,
  ];
  return `${lines.join('\n')}\n`;
}

function line({ rule, severity, address, message }: RuleFinding): string {
  return `${severity.padEnd(8)}  ${rule}  ${address}  ${message}`;
}

/** Waived findings are included, with who waived them. */
export function findingsJson(judged: Waived): string {
  return jsonDocument({ ...judged });
}

/** @param file where a code scanner shows the findings: stacks are generated and not in a repository */
export function findingsSarif({ open, waived }: Waived, rules: readonly Rule[], file: string): string {
  const held = waived.map(({ finding, by }) => ({ ...diagnosticOf(finding, new Map()), waived: by }));
  const all = [...open.map((finding) => diagnosticOf(finding, new Map())), ...held];
  const raised = raisedBy([...open, ...waived.map(({ finding }) => finding)]);
  return sarifText(all, { rules, elsewhere: file, raised });
}
