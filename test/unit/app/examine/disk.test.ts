import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DEFAULT_MIN_FREE_PERCENT, judgeDisk, probeDisk } from '../../../../src/app/examine/disk';
import { withClient } from '../../harbor/support/client';

const GIB = 1024 ** 3;

it.each<[number | undefined, number | undefined, string, RegExp]>([
  [500, 1000, 'ok', /^500 of 1000 GiB are free where the registry keeps its blobs \(50 %\)$/],
  [150, 1000, 'ok', /15 %/],
  [149, 1000, 'warning', /\(14 %\)/],
  [50, 1000, 'warning', /\(5 %\)/],
  [49, 1000, 'error', /^49 of 1000 GiB/],
  [0, 8, 'error', /^0\.0 of 8\.0 GiB are free .* \(0 %\)/],
  [undefined, undefined, 'warning', /unknown/],
  [0, 0, 'warning', /unknown/],
])('%s of %s GiB free: %s', (free, total, outcome, words) => {
  const storage = free === undefined || total === undefined ? [] : [{ free: free * GIB, total: total * GIB }];
  const seen = judgeDisk({ storage }, DEFAULT_MIN_FREE_PERCENT);
  expect(seen).toMatchObject({ outcome, message: expect.stringMatching(words) });
  if (outcome === 'error') expect(seen.hint).toMatch(/garbage collection/);
});

it.each(['', 'null', '{}', '{"storage":null}'])(
  'does not know the free space if Harbor returns 200 with "%s"',
  (body) =>
    withClient(
      (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      {},
      async ({ client }) =>
        expect(await probeDisk(client, DEFAULT_MIN_FREE_PERCENT)).toMatchObject({
          outcome: 'warning',
          message: expect.stringMatching(/the free space is unknown/),
        }),
    ),
);

it.each([
  ['of Harbor is one of the credentials', 'application/json', '{"errors":[{"code":"FORBIDDEN","message":"x"}]}', true],
  ['of a proxy is not', 'text/html', '<html>', false],
])('a 403 %s', (_what, type, body, isRight) =>
  withClient(
    (_request, response) => void response.writeHead(403, { 'content-type': type }).end(body),
    {},
    async ({ client }) => {
      const { outcome, hint } = await probeDisk(client, DEFAULT_MIN_FREE_PERCENT);
      expect([outcome, hint?.includes('system-volumes') ?? false]).toEqual(['warning', isRight]);
    },
  ),
);

it.each(['s3', 'gcs'])('names the volume of Harbor if the images are in %s', async (provider) => {
  const volumes = { storage: [{ free: GIB, total: 100 * GIB }] };
  await withClient(
    ({ path }, response) => {
      const body = path.endsWith('/volumes') ? volumes : { registry_storage_provider_name: provider };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    },
    {},
    async ({ client }) =>
      expect(await probeDisk(client, DEFAULT_MIN_FREE_PERCENT)).toMatchObject({
        outcome: 'error',
        message: `1.0 of 100 GiB are free on the volume of Harbor (1 %); the registry keeps its blobs in ${provider}`,
        hint: expect.stringMatching(/^enlarge the volume of Harbor/),
      }),
  );
});

it('uses the requested limit', () => {
  const storage = [{ free: 20 * GIB, total: 100 * GIB }];
  expect(judgeDisk({ storage }, 25).outcome).toBe('error');
  expect(judgeDisk({ storage }, 0).outcome).toBe('ok');
});

it('has alert rules with the same limits', () => {
  const file = join(__dirname, '../../../../examples/monitoring/harbor-disk.rules.yml');
  const { groups } = parse(readFileSync(file, 'utf8')) as {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert: string; readonly expr: string; readonly for: string }[];
    }[];
  };
  const rules = new Map(groups.flatMap((group) => group.rules).map((rule) => [rule.alert, rule]));
  const limitOf = (alert: string): number => Number(/< (0\.\d+)$/.exec(rules.get(alert)!.expr)![1]) * 100;
  expect(limitOf('HarborDiskAlmostFull')).toBe(3 * DEFAULT_MIN_FREE_PERCENT);
  expect(limitOf('HarborDiskFull')).toBe(DEFAULT_MIN_FREE_PERCENT);
  expect([...rules.values()].every((rule) => /^\d+[mh]$/.test(rule.for))).toBe(true);
});
