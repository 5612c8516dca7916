import { backendSpec, type StateEnvironment } from '../../../../src/deploy/state';

describe('backendSpec', () => {
  it.each<[StateEnvironment | undefined, string, Record<string, unknown>]>([
    [undefined, 'local', { path: '../../../state/prod/harbor.tfstate' }],
    [{ backend: 'local' }, 'local', { path: '../../../state/prod/harbor.tfstate' }],
    [
      { backend: 's3', bucket: 'b', region: 'r', key_prefix: 'team/' },
      's3',
      { bucket: 'b', region: 'r', key: 'team/prod/harbor.tfstate', encrypt: true, use_lockfile: true },
    ],
    [
      { backend: 's3', bucket: 'b', region: 'r', endpoint: 'https://s3.lab.test', use_lockfile: false },
      's3',
      expect.objectContaining({ endpoints: { s3: 'https://s3.lab.test' }, use_path_style: true, use_lockfile: false }),
    ],
    [{ backend: 'gcs', bucket: 'b' }, 'gcs', { bucket: 'b', prefix: 'prod/harbor' }],
    [
      { backend: 'azurerm', storage_account_name: 'a', container_name: 'c' },
      'azurerm',
      { storage_account_name: 'a', container_name: 'c', key: 'prod/harbor.tfstate' },
    ],
    [
      { backend: 'http', address: 'https://git.lab.test/state/' },
      'http',
      expect.objectContaining({
        address: 'https://git.lab.test/state/prod-harbor',
        lock_address: 'https://git.lab.test/state/prod-harbor/lock',
      }),
    ],
    [{ backend: 'pg' }, 'pg', { schema_name: 'prod_harbor' }],
  ])('of %j is %s', (state, type, properties) => {
    expect(backendSpec(state, 'prod', 'harbor')).toEqual({ type, properties });
  });

  it.each(['local', 's3', 'gcs', 'azurerm', 'http', 'pg'] as const)(
    'gives every stack its own place in %s',
    (backend) => {
      const state = { backend, address: 'https://git.lab.test', bucket: 'b' };
      const places = ['a', 'b'].flatMap((environment) =>
        ['images', 'harbor'].map((stack) => JSON.stringify(backendSpec(state, environment, stack))),
      );
      expect(new Set(places).size).toBe(4);
    },
  );
});
