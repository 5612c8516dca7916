import { withoutFaults } from '../../../src/export/faults';
import type { PlacedObject } from '../../../src/export/place';
import type { Diagnostic } from '../../../src/diagnostic';
import { kinds } from '../../../src/kinds';

const kind = kinds.find(({ name }) => name === 'label')!;
const placed = (name: string): PlacedObject => ({
  address: `label/${name}`,
  kind,
  spec: { name },
  placement: kind.placements[0]!,
  names: [name],
  steps: ['labels', name],
  value: { color: 'nope', description: 'd' },
  notes: {},
});
const finding = (path: string): Diagnostic => ({ rule: 'x', severity: 'error', message: 'it is not valid', path });

/** With each object compared with each finding, twenty thousand take minutes. */
it('leaves out the faults of many objects in a time that grows with their number', () => {
  const objects = Array.from({ length: 20_000 }, (_, i) => placed(`a.${i}.b`));
  const paths = new Map(objects.map((one) => [one, `labels.${one.names[0]}`]));
  const errors = objects.map((_, i) => finding(i % 2 === 0 ? `labels.a.${i}.b.color` : `labels.a.${i}.b`));
  const { objects: kept, leftOut } = withoutFaults(paths, objects, errors);
  expect(kept).toHaveLength(10_000);
  expect(kept[0]!.value).toEqual({ description: 'd' });
  expect(leftOut.slice(0, 2)).toEqual([
    { address: 'label/a.0.b', field: 'color', reason: 'it is not valid' },
    { address: 'label/a.1.b', reason: 'it is not valid' },
  ]);
});
