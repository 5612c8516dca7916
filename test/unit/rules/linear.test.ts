import type { Declaration } from '../../../src/declaration/declaration';
import { declarationFrom } from '../../../src/declaration/load';
import { sourceText } from '../../../src/declaration/yaml/source-text';
import { kinds } from '../../../src/kinds';
import { rules } from '../../../src/rules';
import { byObject, waive } from '../../../src/rules/waive';

const project = {
  registry: 'hub',
  public: false,
  prevent_vul: true,
  storage_limit: 'unlimited',
  retention: {
    schedule: '',
    rules: [{ template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 30 }, tags: '**', repositories: '**' }],
  },
  members: [{ user: 'a', role: 'guest' }],
  robots: { ci: { duration: 90, secret: { env: 'S' }, access: [{ resource: 'tag', action: 'list' }] } },
};

/** How often each rule reads the objects of so many projects, with every requirement of an organisation. */
async function reads(projects: number): Promise<Record<string, number>> {
  const document = {
    rules: {
      required: { project: ['storage_limit', 'retention', 'members', 'robots', 'labels'] },
      ceilings: { project: { storage_limit: '1TiB' }, robot: { duration: 30 } },
      names: { project: ['proxy.*'] },
      public_projects: ['none'],
      accounts: {},
      allowed_upstreams: ['https://hub.docker.com'],
    },
    registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
    projects: Object.fromEntries(Array.from({ length: projects }, (_, i) => [`p${i}`, project])),
  };
  const file = sourceText('a.yaml', JSON.stringify(document));
  const loaded = await declarationFrom({ policies: [file], overlays: [], diagnostics: [] }, '/', kinds);
  expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { declared, count } = counting(loaded.declaration!);
  return Object.fromEntries(
    rules.map((rule) => {
      count.reads = 0;
      rule.declared?.judge(declared);
      return [rule.id, count.reads];
    }),
  );
}

function counting(declaration: Declaration): { declared: Declaration; count: { reads: number } } {
  const count = { reads: 0 };
  const objects = declaration.objects.map(({ kind, spec, ...object }) => ({
    ...object,
    get kind() {
      count.reads += 1;
      return kind;
    },
    get spec() {
      count.reads += 1;
      return spec;
    },
  }));
  return { declared: { ...declaration, objects }, count };
}

it('a rule reads four times as many objects at most five times as often', async () => {
  const [few, many] = [await reads(10), await reads(40)];
  const steeper = Object.keys(few).filter((id) => many[id]! > 5 * Math.max(few[id]!, 1));
  expect(steeper).toEqual([]);
  expect(few['HP027']).toBeGreaterThan(0);
  expect(few['HP051']).toBeGreaterThan(0);
});

it('waivers of policies are read as often for many findings as for one', () => {
  let reads = 0;
  const waivers = Array.from({ length: 200 }, (_, i) => ({
    rule: 'HP027',
    get object() {
      reads += 1;
      return `project/p${i}`;
    },
    reason: 'a lab',
    owner: 'ops',
    expires: '2027-03-01',
  }));
  const findings = waivers.map((_, i) => {
    return { rule: 'HP027', severity: 'high', address: `project/p${i}`, message: 'm', hint: 'h' } as const;
  });
  const { open, waived, idle } = waive(
    [...findings, { ...findings[0]!, address: 'project/q' }],
    waivers,
    '2027-01-01',
    byObject,
  );
  expect(open.map(({ address }) => address)).toEqual(['project/q']);
  expect(waived.map(({ finding, by }) => [finding.address, by])).toEqual(waivers.map((by, i) => [`project/p${i}`, by]));
  expect(idle).toEqual([]);
  expect(reads).toBeLessThanOrEqual(2 * waivers.length);
});
