import { Table } from '../../../../src/sandbox/store/table';

interface Pet {
  readonly id: number;
  readonly name: string;
  readonly owner: number;
}

const pets = () => {
  let changes = 0;
  const table = new Table<Pet, 'name' | 'owner'>(() => changes++, {
    name: (row) => row.name,
    owner: (row) => row.owner || undefined,
  });
  return { table, changes: () => changes };
};

describe('Table', () => {
  it('never uses an id twice', () => {
    const { table } = pets();
    expect(table.insert({ name: 'a', owner: 1 }).id).toBe(1);
    table.remove(1);
    table.skipTo(2);
    expect(table.insert({ name: 'a', owner: 1 }).id).toBe(3);
  });

  it('keeps indexes correct over insert, update and remove', () => {
    const { table } = pets();
    const a = table.insert({ name: 'a', owner: 1 });
    const b = table.insert({ name: 'b', owner: 1 });
    table.update(a.id, { owner: 2, name: undefined });
    expect(table.findAll('owner', 1)).toEqual([b]);
    expect(table.find('name', 'a')).toEqual({ id: a.id, name: 'a', owner: 2 });
    table.remove(b.id);
    expect(table.count('owner', 1)).toBe(0);
  });

  it('does not index what has no key', () => {
    const { table } = pets();
    table.insert({ name: 'stray', owner: 0 });
    expect(table.count('owner', 0)).toBe(0);
  });

  it('comes back from its snapshot, ids included', () => {
    const { table } = pets();
    table.insert({ name: 'a', owner: 1 });
    table.remove(table.insert({ name: 'b', owner: 1 }).id);
    const again = pets().table;
    again.restore(JSON.parse(JSON.stringify(table.snapshot())) as ReturnType<typeof table.snapshot>);
    expect(again.all()).toEqual(table.all());
    expect(again.insert({ name: 'c', owner: 1 }).id).toBe(3);
  });

  it('reports every change, but no reads', () => {
    const { table, changes } = pets();
    const { id } = table.insert({ name: 'a', owner: 1 });
    table.update(id, { name: 'b' });
    table.remove(id);
    table.remove(id);
    table.all();
    expect(changes()).toBe(3);
  });

  it('looks up by index as fast in a large table', () => {
    const { table } = pets();
    for (let i = 0; i < 20_000; i++) table.insert({ name: `p${i}`, owner: 1 + (i % 100) });
    const before = process.cpuUsage();
    for (let i = 0; i < 20_000; i++) table.find('name', `p${i}`);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(2);
  });
});
