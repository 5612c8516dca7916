import { stringify } from 'yaml';
import { rules, scopesOf, type Rule } from '../../src/rules';
import { table, text } from './markdown';

/** Every rule: what it judges, why, and an example of both. */
export function rulesPage(): string {
  const rows = rules.map((rule) => [rule.id, rule.severity, scopesOf(rule).join(', '), text(rule.title)]);
  return [
    '<!-- Written by npm run docs from src/rules. -->',
    '# Rules',
    '`breakwater validate` checks the declaration, `plan` and `apply` check the changes of a plan, `breakwater rules --synth DIR` checks the stacks. Critical and high findings are errors (exit code 4), medium and low ones are warnings. For rules of your organization see [the guide](../guides/rules.md). To accept a finding add a waiver: [the declaration](../guides/declaration.md#waivers), [deploy](../guides/deploy.md).',
    table(['rule', 'severity', 'judges', 'what holds'], rows),
    ...rules.map(section),
    '',
  ].join('\n\n');
}

function section({ id, title, why, since, until, declared, planned, deployed }: Rule): string {
  const range = [since && `Since Harbor ${since}.`, until && `Until Harbor ${until}.`].filter(Boolean).join(' ');
  const examples = [
    ...(declared ? [['Refused:', declared.bad] as const, ['Accepted:', declared.good] as const] : []),
    ...(planned ? [['Found in a plan:', planned.bad] as const, ['Not found:', planned.good] as const] : []),
    ...(deployed ? [['Not to be deployed:', deployed.bad] as const, ['Fine:', deployed.good] as const] : []),
  ].map(([word, example]) => `${word}\n\n\`\`\`yaml\n${stringify(example).trimEnd()}\n\`\`\``);
  return [`## ${id}: ${title}`, `${text(why)}${range === '' ? '' : ` ${range}`}`, ...examples].join('\n\n');
}
