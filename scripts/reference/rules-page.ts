import { stringify } from 'yaml';
import { rules, scopesOf, type Rule } from '../../src/rules';
import { table, text } from './markdown';

/** Every rule: what it judges, why, and an example of both. */
export function rulesPage(): string {
  const rows = rules.map((rule) => [rule.id, rule.severity, scopesOf(rule).join(', '), text(rule.title)]);
  return [
    '<!-- Written by npm run docs from src/rules. -->',
    '# Rules',
    '`breakwater validate` judges what is declared, `breakwater rules --synth DIR` what is about to be deployed. Critical and high findings are errors (exit code 4), medium ones are warnings. A finding that somebody answers for is a waiver: [the declaration](../guides/declaration.md#waivers), [deploy](../guides/deploy.md).',
    table(['rule', 'severity', 'judges', 'what holds'], rows),
    ...rules.filter(({ declared }) => declared).map(section),
    '',
  ].join('\n\n');
}

function section({ id, title, why, declared }: Rule): string {
  const examples = [
    ['Refused:', declared?.bad],
    ['Accepted:', declared?.good],
  ].map(([word, example]) => `${word as string}\n\n\`\`\`yaml\n${stringify(example).trimEnd()}\n\`\`\``);
  return [`## ${id}: ${title}`, text(why), ...examples].join('\n\n');
}
