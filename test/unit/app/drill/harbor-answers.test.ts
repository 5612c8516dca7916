import { chooseKnown } from '../../../../src/app/drill/known-artifacts';
import { pingRegistries } from '../../../../src/app/drill/stored-credentials';
import { HarborApiError } from '../../../../src/errors';
import type { Client } from '../../../../src/harbor';
import { RegistryClient } from '../../../../src/oci';

function refusal(status: number, harborCode?: string): HarborApiError {
  const details = { method: 'POST', url: '', status, ...(harborCode === undefined ? {} : { harborCode }) };
  return new HarborApiError(`it returned ${status}`, details);
}

it.each<[string, HarborApiError, boolean]>([
  ['cannot use it', refusal(400, 'BAD_REQUEST'), false],
  ['cannot log in', refusal(500, 'UNKNOWN'), false],
  ['does not allow the ping', refusal(403, 'FORBIDDEN'), true],
  ['limits requests', refusal(429), true],
  ['is behind a proxy that fails', refusal(502), true],
])('a registry of a Harbor that %s', async (_what, error, isUnknown) => {
  const client = {
    list: async () => [{ id: 1, name: 'hub' }],
    post: () => Promise.reject(error),
  } as unknown as Client;
  const [ping] = await pingRegistries(client);
  expect(ping).toEqual({ name: 'hub', problem: error.message, ...(isUnknown ? { isUnknown: true } : {}) });
});

it('reports the reason if a project may not be read, so that nothing can be recorded', async () => {
  const registry = RegistryClient.open({ url: 'http://127.0.0.1:1' });
  const client = { get: () => Promise.reject(refusal(403, 'FORBIDDEN')) } as unknown as Client;
  try {
    expect(await chooseKnown(client, registry, [{ project: 'p' }], 1, { record: () => undefined })).toEqual({
      artifacts: [],
      problems: ['it returned 403'],
    });
  } finally {
    await registry.close();
  }
});
