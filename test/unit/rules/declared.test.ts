import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Declaration } from '../../../src/declaration/declaration';
import { declarationFrom, loadDeclaration } from '../../../src/declaration/load';
import { sourceText } from '../../../src/declaration/source-text';
import { kinds } from '../../../src/kinds';
import { judgeDeclared, rules } from '../../../src/rules';

const TODAY = '2026-11-28';
const ROOT = resolve(__dirname, '../../..');

async function declaration(document: object): Promise<Declaration> {
  const file = sourceText('policies/a.yaml', JSON.stringify(document, null, 1));
  const loaded = await declarationFrom({ policies: [file], overlays: [], diagnostics: [] }, ROOT, kinds);
  expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return loaded.declaration!;
}

async function found(document: object): Promise<string[]> {
  return judgeDeclared(await declaration(document), TODAY).diagnostics.map(({ rule }) => rule);
}

describe.each(rules.flatMap(({ id, declared }) => (declared ? [[id, declared] as const] : [])))('%s', (id, rule) => {
  it('finds its bad example, with the place of the object', async () => {
    const { diagnostics } = judgeDeclared(await declaration(rule.bad), TODAY);
    const own = diagnostics.filter((one) => one.rule === id);
    expect(own.length).toBeGreaterThan(0);
    for (const { at, hint } of own) {
      expect(at?.file).toBe('policies/a.yaml');
      expect(hint).toBeTruthy();
    }
  });

  it('finds nothing in its good example', async () => {
    expect(await found(rule.good)).not.toContain(id);
  });
});

it('every file of a rule is in the catalogue, under its id, once', () => {
  const files = readdirSync(join(ROOT, 'src/rules')).filter((name) => /^hp\d{3}-/.test(name));
  expect(rules.map(({ id }) => id)).toEqual(files.map((name) => name.slice(0, 5).toUpperCase()).sort());
});

describe('waivers', () => {
  const bad = rules.find(({ id }) => id === 'HP023')!.declared!.bad;
  const waiver = {
    rule: 'HP023',
    object: 'project/p',
    reason: 'the account sees nothing private',
    owner: 'platform',
    expires: '2027-03-01',
  };
  const judged = async (waivers: object[], today = TODAY) => {
    const { diagnostics, waived } = judgeDeclared(await declaration({ ...bad, waivers }), today);
    const about = diagnostics.filter(({ rule }) => rule === 'HP023' || rule.startsWith('HP09'));
    return { rules: about.map(({ rule }) => rule), waived: waived.map(({ by }) => by.owner), about };
  };

  it('hold until their last day, and what they hold stays listed', async () => {
    expect(await judged([waiver], '2027-03-01')).toMatchObject({ rules: [], waived: ['platform'] });
  });

  it.each<[string, object, string, string[]]>([
    ['expired', {}, '2027-03-02', ['HP023', 'HP091']],
    ['of another object', { object: 'registry/up' }, TODAY, ['HP023', 'HP092']],
    ['of what is not declared', { object: 'project/*' }, TODAY, ['HP023', 'HP090']],
    ['of no rule', { rule: 'HP999' }, TODAY, ['HP023', 'HP090']],
    ['of a rule about stacks', { rule: 'HP034' }, TODAY, ['HP023', 'HP090']],
    ['until a day that does not exist', { expires: '2027-02-30' }, TODAY, ['HP090']],
  ])('%s', async (_what, change, today, expected) => {
    const { rules: ids, about } = await judged([{ ...waiver, ...change }], today);
    expect(ids.sort()).toEqual(expected);
    expect(about.find(({ rule }) => rule.startsWith('HP09'))?.at).toMatchObject({ file: 'policies/a.yaml' });
  });
});

it('the shipped policies break no rule that is not waived', async () => {
  const loaded = await loadDeclaration({ directory: join(ROOT, 'policies'), kinds });
  expect(judgeDeclared(loaded.declaration!, TODAY).diagnostics).toEqual([]);
  expect(readFileSync(join(ROOT, 'policies/waivers.yaml'), 'utf8')).toContain('reason:');
});
