import { gzipSync } from 'node:zlib';
import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';
import { pushImage } from '../push-image';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  await call(sandbox, 'POST projects', { project_name: 'add' });
});
afterAll(() => sandbox.close());

function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).map(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(content.length.toString(8).padStart(11, '0'), 124);
    header.write('0', 156);
    return Buffer.concat([header, Buffer.from(content.padEnd(Math.ceil(content.length / 512) * 512, '\0'))]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const HELM = 'application/vnd.cncf.helm.config.v1+json';
const addition = (repository: string, name: string) =>
  call(sandbox, `GET projects/add/repositories/${repository}/artifacts/1/additions/${name}`);

it('reads the files and the dependencies of a chart', async () => {
  const metadata = {
    name: 'web',
    version: '1',
    apiVersion: 'v2',
    dependencies: [{ name: 'redis', version: '>1', repository: 'oci://x' }, { name: 'local' }],
  };
  const archive = tarOf({ 'web/Chart.yaml': 'name: web', 'web/Values.yaml': 'a: 1', 'web/charts/x/README.md': 'no' });
  const content = gzipSync(archive).toString('latin1');
  await pushImage(sandbox, 'add/web', '1', { content, configType: HELM, config: JSON.stringify(metadata) });
  const { body } = await call(sandbox, 'GET projects/add/repositories/web/artifacts/1');
  expect([body.type, Object.keys(body.addition_links).sort()]).toEqual([
    'CHART',
    ['dependencies', 'readme.md', 'values.yaml'],
  ]);
  const values = await addition('web', 'values.yaml');
  expect([values.body, values.headers.get('content-type')]).toEqual(['a: 1', 'text/plain; charset=utf-8']);
  expect((await addition('web', 'readme.md')).body).toBeUndefined();
  expect((await addition('web', 'dependencies')).body).toEqual([
    { name: 'redis', version: '>1', repository: 'oci://x' },
    { name: 'local', repository: '' },
  ]);
  expect((await addition('web', 'build_history')).message).toBe("addition BUILD_HISTORY isn't supported for CHART");
});

it('reads the history of an image, and refuses what it does not have', async () => {
  const history = [{ created_by: 'RUN true' }];
  await pushImage(sandbox, 'add/image', '1', { config: JSON.stringify({ history }) });
  expect((await addition('image', 'build_history')).body).toEqual(history);
  expect(await addition('image', 'values.yaml')).toMatchObject({
    status: 400,
    message: "addition VALUES.YAML isn't supported for IMAGE(manifest version 2)",
  });
  expect((await addition('image', 'nonsense')).status).toBe(422);
});

it('has nothing of an artifact of an unknown type', async () => {
  await pushImage(sandbox, 'add/thing', '1', { configType: 'application/vnd.oci.empty.v1+json', config: '{}' });
  const { body } = await call(sandbox, 'GET projects/add/repositories/thing/artifacts/1');
  expect(body.type).toBe('UNKNOWN');
  expect(body).not.toHaveProperty('extra_attrs');
  expect(body).not.toHaveProperty('addition_links');
  expect((await addition('thing', 'readme.md')).status).toBe(400);
});
