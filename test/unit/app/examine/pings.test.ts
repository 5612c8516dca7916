import { pingDeclared } from '../../../../src/app/examine/pings';
import { HarborApiError } from '../../../../src/errors';
import type { Client } from '../../../../src/harbor';
import { explained } from '../../../../src/kinds/support/registry-refusal';

const SPEC = { name: 'quay', type: 'docker-registry', url: 'https://quay.io' };
const failed = (status: number, harborCode?: string): HarborApiError =>
  new HarborApiError(`${status}`, {
    ...{ method: 'POST', url: '/registries/ping', status },
    ...(harborCode !== undefined && { harborCode, harborMessage: 'the registry is unhealthy' }),
  });

/** Has this registry, and answers a ping with this error. */
function clientDouble(error: HarborApiError): Client {
  return {
    list: async () => [{ id: 1, name: 'quay' }],
    post: async () => {
      throw error;
    },
  } as unknown as Client;
}

it.each<[string, HarborApiError, true | undefined]>([
  ['Harbor', failed(400, 'BAD_REQUEST'), undefined],
  ['a proxy', failed(400), true],
  ['a proxy', failed(502), true],
])('a ping that %s answered with %s', async (_who, error, isForeign) => {
  const objects = [{ kind: 'registry', address: 'registry/quay', spec: SPEC }] as never;
  const [ping] = await pingDeclared(clientDouble(error), { objects }, async () => '');
  expect(ping).toMatchObject({ address: 'registry/quay', problem: expect.any(String) });
  expect(ping?.isForeign).toBe(isForeign);
});

it('a 500 of a proxy is not explained by the upstream', async () => {
  const error = failed(500);
  await expect(explained(SPEC, Promise.reject(error))).rejects.toBe(error);
});
