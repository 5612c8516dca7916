import { writePolicies } from '../../../src/export';
import { toObjects } from '../../../src/import/to-objects';
import { kinds } from '../../../src/kinds';

it('names a faulty item by its place in what is imported, also if the kind sorts the list', async () => {
  const rules = [
    { template: 'latestPushedK', params: { latestPushedK: 10 } },
    { template: 'always' },
    { template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 0 } },
  ];
  const objects = [
    { kind: 'project', path: 'projects.*', names: ['p'], value: {} },
    { kind: 'retention', path: 'projects.*.retention', names: ['p'], value: { rules } },
  ];
  const importable = toObjects({ objects, notCarried: [] }, kinds);
  const { leftOut } = await writePolicies(importable.objects, { kinds, origin: 'a test' });
  expect(leftOut.map(({ address, reason }) => `${address} ${reason}`)).toEqual([
    'retention/p projects.p.retention.rules[2]: nDaysSinceLastPull must be a whole number above 0',
  ]);
});
