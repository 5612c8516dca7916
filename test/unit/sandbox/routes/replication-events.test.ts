import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';
import { eventually, pushImage } from '../push-image';

let here: Sandbox;
let there: Sandbox;
beforeEach(async () => {
  [here, there] = await Promise.all([startSandbox({ timeScale: 0.001 }), startSandbox({ timeScale: 0.001 })]);
  await call(here, 'POST registries', {
    name: 'there',
    type: 'harbor',
    url: there.url,
    credential: { access_key: 'admin', access_secret: 'Harbor12345' },
  });
});
afterEach(() => Promise.all([here.close(), there.close()]));

const replicate = (more: object) =>
  call(here, 'POST replication/policies', {
    name: 'out',
    dest_registry: { id: 1 },
    dest_namespace: 'library',
    filters: [{ type: 'name', value: 'library/app*' }],
    trigger: { type: 'event_based' },
    enabled: true,
    override: true,
    ...more,
  });

const executions = (count: number) =>
  eventually(
    async () => (await call(here, 'GET replication/executions?page_size=100')).body,
    (rows) => rows.length >= count && rows.every((row: { status: string }) => row.status !== 'InProgress'),
  );
const tasksOf = async ({ id }: { id: number }) => (await call(here, `GET replication/executions/${id}/tasks`)).body;
const tagsThere = async (): Promise<string[]> => {
  const { status, body } = await call(there, 'GET projects/library/repositories/app/artifacts');
  return status === 200
    ? body
        .flatMap((row: { tags: { name: string }[] | null }) => row.tags ?? [])
        .map((t: { name: string }) => t.name)
        .sort()
    : [];
};

it('copies a push that the filters take, one execution each', async () => {
  await replicate({});
  await pushImage(here, 'library/app', 'v1');
  await pushImage(here, 'library/other', 'v1');
  const rows = await executions(1);
  expect(rows).toMatchObject([{ trigger: 'event_based', status: 'Succeed', total: 1, succeed: 1 }]);
  expect(await tasksOf(rows[0])).toMatchObject([
    { operation: 'copy', src_resource: 'library/app [1 item(s) in total]', status: 'Succeed' },
  ]);
  expect(await tagsThere()).toEqual(['v1']);
});

it('copies a tag that is added later, to no disabled policy', async () => {
  await pushImage(here, 'library/app', 'v1');
  await replicate({});
  await replicate({ name: 'off', enabled: false });
  await call(here, 'POST projects/library/repositories/app/artifacts/v1/tags', { name: 'stable' });
  expect(await executions(1)).toHaveLength(1);
  expect(await tagsThere()).toEqual(['stable']);
});

it.each([
  [true, ['v2']],
  [false, ['v1', 'v2']],
])('with replicate_deletion %s leaves %j there', async (replicate_deletion, left) => {
  await replicate({ replicate_deletion, deletion: replicate_deletion });
  for (const tag of ['v1', 'v2']) await pushImage(here, 'library/app', tag);
  await executions(2);
  await call(here, 'DELETE projects/library/repositories/app/artifacts/v1');
  const rows = await executions(replicate_deletion ? 3 : 2);
  expect(rows).toHaveLength(replicate_deletion ? 3 : 2);
  if (replicate_deletion) expect(await tasksOf(rows[0])).toMatchObject([{ operation: 'deletion', status: 'Succeed' }]);
  expect(await tagsThere()).toEqual(left);
});

it('deletes a tag there, and keeps the artifact', async () => {
  await replicate({ deletion: true, replicate_deletion: true });
  await pushImage(here, 'library/app', 'v1');
  await executions(1);
  await call(here, 'POST projects/library/repositories/app/artifacts/v1/tags', { name: 'stable' });
  await executions(2);
  await call(here, 'DELETE projects/library/repositories/app/artifacts/v1/tags/v1');
  const rows = await executions(3);
  expect(await tasksOf(rows[0])).toMatchObject([{ operation: 'tag deletion', status: 'Succeed' }]);
  expect(await tagsThere()).toEqual(['stable']);
});
