import { contains, exactQ, filterRows, sortRows } from '../../../../src/sandbox/api/query';

interface Item {
  readonly id: number;
  readonly name: string;
  readonly at: number;
  readonly tags: readonly string[];
}

const items: Item[] = [
  { id: 1, name: 'Alpha', at: Date.parse('2026-01-01T00:00:00Z'), tags: ['a', 'b'] },
  { id: 2, name: 'beta', at: Date.parse('2026-02-01T00:00:00Z'), tags: [] },
  { id: 3, name: 'gamma', at: Date.parse('2026-03-01T00:00:00Z'), tags: ['b'] },
];

const columns = {
  id: (row: Item) => row.id,
  name: (row: Item) => row.name,
  creation_time: (row: Item) => row.at,
  tags: (row: Item) => row.tags,
};

describe('q', () => {
  it.each([
    [null, [1, 2, 3]],
    ['', [1, 2, 3]],
    ['name=beta', [2]],
    ['name=BETA', []],
    ['Name=beta', [2]],
    ['name=~A', [1, 2, 3]],
    ['name=~alp', [1]],
    ['id=[2~3]', [2, 3]],
    ['id=[~2]', [1, 2]],
    ['CreationTime=[2026-01-15T00:00:00~]', [2, 3]],
    ['id={1 3}', [1, 3]],
    ['name={beta "gamma"}', [2, 3]],
    ['tags=b', [1, 3]],
    ['name=\\~x', []],
    ['nosuchkey=1', [1, 2, 3]],
    ['name=~a,id=[2~]', [2, 3]],
    ['name%3Dbeta', [2]],
  ])('%s', (q, ids) => {
    expect(filterRows(items, q, columns).map(({ id }) => id)).toEqual(ids);
  });

  it.each(['name', 'name=', '=x'])('refuses %s', (q) => {
    expect(() => filterRows(items, q, columns)).toThrow(
      'the query string must contain "=" and the key/value cannot be empty',
    );
  });

  it.each(['id=[1]', 'id=[~]', 'id={1', 'name=~'])('refuses the pattern of %s', (q) => {
    expect(() => filterRows(items, q, columns)).toThrow(/invalid query string value/);
  });

  it('returns the plain value of one key', () => {
    expect(exactQ('Level=project,ProjectID=7', 'project_id')).toBe('7');
    expect(exactQ(null, 'level')).toBeUndefined();
  });
});

describe('sort', () => {
  it.each([
    [null, [1, 2, 3]],
    ['-id', [3, 2, 1]],
    ['name', [1, 2, 3]],
    ['-creation_time', [3, 2, 1]],
    ['nosuchkey,-id', [3, 2, 1]],
  ])('%s', (sort, ids) => {
    expect(sortRows(items, sort, columns).map(({ id }) => id)).toEqual(ids);
  });
});

it('contains ignores case, and everything contains nothing', () => {
  expect([contains('Library', 'BRA'), contains('Library', null), contains('Library', 'x')]).toEqual([
    true,
    true,
    false,
  ]);
});
