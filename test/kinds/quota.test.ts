import { quota, type QuotaWire } from '../../src/kinds/quota';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
const GIB = 1024 ** 3;
const stored: QuotaWire = {
  id: 3,
  ref: { id: 7, name: 'proxy.docker.io' },
  hard: { storage: 500 * GIB },
  used: { storage: 1234 },
};

describe('declaring', () => {
  it.each([
    ['500GiB', 500 * GIB],
    ['unlimited', -1],
    [-1, -1],
    [1048576, 1048576],
    ['1.5 KiB', 1536],
  ])('%j is %i bytes', (value, storage_limit) => {
    const spec = quota.placements[0]!.toSpec(value, ['proxy.docker.io']);
    expect(spec).toEqual({ project: 'proxy.docker.io', storage_limit });
    expect(quota.check!(spec, { declared: () => undefined })).toEqual([]);
  });

  // 400 "invalid non-positive value for quota limit"
  it.each([0, '0GiB', -2, '1.3KiB', '2PiB'])('%j is refused', (value) => {
    const spec = quota.placements[0]!.toSpec(value, ['proxy.docker.io']);
    expect(quota.check!(spec, { declared: () => undefined })).toMatchObject([{ rule: 'bad-size' }]);
  });
});

it('is named after its project, and shown in units', () => {
  const live = quota.fromWire(stored, refs);
  expect(live).toEqual({
    identity: 'proxy.docker.io',
    id: 3,
    spec: { project: 'proxy.docker.io', storage_limit: 500 * GIB },
    facts: { used_bytes: 1234 },
  });
  expect(quota.show!('storage_limit', live.spec.storage_limit)).toBe('500GiB');
  expect(quota.show!('project', 'x')).toBeUndefined();
});

it('is read in bulk, oldest first, in short pages after a count', async () => {
  await withDouble({ answers: { 'GET /quotas': [stored] } }, async ({ read, queries }) => {
    expect(await quota.list(read([]))).toEqual([stored]);
    expect(queries()[0]).toContain('page_size=1');
    expect(queries().every((query) => query.includes('reference=project&sort=creation_time'))).toBe(true);
  });
});

it.each([
  ['its project', { 'GET /projects/proxy.docker.io': { project_id: 7 }, 'GET /quotas': [stored] }, 3],
  ['a project without a quota', { 'GET /projects/proxy.docker.io': { project_id: 7 }, 'GET /quotas': [] }, undefined],
  // Asked for by the id of its project: whose it is is known, although Harbor could not load the project for its answer.
  [
    'its project, with no word of it in the answer',
    { 'GET /projects/proxy.docker.io': { project_id: 7 }, 'GET /quotas': [{ ...stored, ref: undefined }] },
    3,
  ],
  ['no project', {}, undefined],
])('is found through %s', async (_what, answers, id) => {
  await withDouble({ answers }, async ({ context }) => {
    const found = await quota.read(context, 'proxy.docker.io');
    expect(found?.id).toBe(id);
    expect(found?.faults).toBeUndefined();
  });
});

it('is changed at its own endpoint: PUT of the project ignores storage_limit', async () => {
  await withDouble({}, async ({ context, written }) => {
    const live = quota.fromWire(stored, refs);
    await quota.update(context, { live, merged: { ...live.spec, storage_limit: -1 }, changed: ['storage_limit'] });
    expect(written()).toEqual([{ call: 'PUT /quotas/3', body: { hard: { storage: -1 } }, by: 'robot' }]);
  });
});

it('is created with its project, in its POST, and never created or deleted separately', async () => {
  expect(quota.bornWith).toEqual({ kind: 'project', carried: true });
  expect(quota.deletable).toBe(false);
  await withDouble({}, async ({ context, calls }) => {
    const desired = { project: 'library', storage_limit: 5 };
    await expect(quota.create(context, desired, new Map())).rejects.toThrow(/quota_per_project_enable/);
    await expect(quota.remove(context, quota.fromWire(stored, refs))).rejects.toThrow(/cannot be deleted/);
    expect(calls()).toEqual([]);
  });
});
