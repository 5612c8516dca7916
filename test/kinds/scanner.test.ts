import { scanner, type ScannerSpec } from '../../src/kinds/scanner';
import { scanAllSchedule } from '../../src/kinds/scan-all-schedule';
import { startScannerAdapter, type ScannerAdapter } from '../../src/scanner-adapter';
import { withDouble } from './support/harbor-double';
import { bringTo, listed, withSandbox } from './support/with-sandbox';

let adapter: ScannerAdapter;
let other: ScannerAdapter;
beforeAll(async () => {
  adapter = await startScannerAdapter();
  other = await startScannerAdapter({ authorization: `Basic ${Buffer.from('harbor:Secret1').toString('base64')}` });
});
afterAll(async () => {
  await adapter.close();
  await other.close();
});

const identity = { harborVersion: 'v2.15.2' };

describe('in a sandbox', () => {
  it('is created, listed, changed and removed, and a second plan is empty', async () => {
    await withSandbox(async (context) => {
      const declared = { name: 'first', url: `${adapter.url}/`, description: 'one' };
      await bringTo(scanner, context, declared);
      expect(await bringTo(scanner, context, { ...declared, default: true })).toEqual([]);
      expect(await bringTo(scanner, context, { ...declared, description: 'two', use_internal_addr: true })).toEqual([
        'description',
        'use_internal_addr',
      ]);
      const [live] = await listed<ScannerSpec>(scanner, context);
      expect(live).toMatchObject({ identity: 'first', spec: { url: adapter.url, description: 'two', default: true } });
      await scanner.remove(context, live!);
      expect(await scanner.read(context, 'first')).toBeUndefined();
    });
  });

  it('becomes the default instead of another, and then the other may be disabled', async () => {
    await withSandbox(async (context) => {
      const first = { name: 'first', url: adapter.url };
      const second = {
        name: 'second',
        url: other.url,
        auth: 'Basic',
        access_credential: { env: 'harbor:Secret1' },
      };
      await bringTo(scanner, context, first);
      await bringTo(scanner, context, second);
      expect(await bringTo(scanner, context, { ...second, default: true })).toEqual(['default']);
      expect(await bringTo(scanner, context, { ...first, disabled: true })).toEqual(['disabled']);
      const found = await listed<ScannerSpec>(scanner, context);
      expect(found.map(({ spec }) => [spec.name, spec.default]).sort()).toEqual([
        ['first', false],
        ['second', true],
      ]);
      expect(JSON.stringify(await listed(scanner, context))).not.toContain('Secret1');
    });
  });

  it('lets everything be scanned by a schedule', async () => {
    await withSandbox(async (context) => {
      await bringTo(scanner, context, { name: 'first', url: adapter.url });
      expect(await bringTo(scanAllSchedule, context, { cron: '0 0 1 * * *' })).toEqual(['cron']);
      expect(await bringTo(scanAllSchedule, context, { cron: '0 0 0 * * *' })).toEqual(['cron']);
      expect(await bringTo(scanAllSchedule, context, { cron: '0 0 0 * * *' })).toEqual([]);
      expect(await bringTo(scanAllSchedule, context, { cron: '' })).toEqual(['cron']);
    });
  });

  it.each([
    ['no adapter answers', 'http://127.0.0.1:1'],
    ['its credential is wrong', ''],
  ])('is refused if %s', async (_what, url) => {
    await withSandbox(async (context) => {
      const wrong = { auth: 'Basic', access_credential: { env: 'wrong:Secret2' } };
      const declared = { name: 'first', url: url || other.url, ...wrong };
      const failure = await bringTo(scanner, context, declared).catch(String);
      expect(failure).toMatch(/scanner\/first: Harbor could not use http.*GET \/api\/v1\/metadata/);
      expect(failure).not.toContain('Secret2');
    });
  });

  it('cannot be the built-in one if there is none', async () => {
    await withSandbox(async (context) => {
      await expect(bringTo(scanner, context, { name: 'Trivy', default: true })).rejects.toThrow(/no built-in Trivy/);
    });
  });
});

it('sends the credential with every PUT: it replaces all, and older Harbors take none without', async () => {
  const stored = { uuid: 'u1', name: 'x', url: 'http://a', auth: 'Bearer', access_credential: '', is_default: true };
  await withDouble({ answers: { 'GET /scanners': [stored] } }, async ({ context, written }) => {
    const declared = { name: 'x', auth: 'Bearer', access_credential: { env: 'TOKEN' }, description: 'new' };
    await bringTo(scanner, context, declared);
    expect(written()).toEqual([
      {
        call: 'PUT /scanners/u1',
        by: 'robot',
        body: {
          name: 'x',
          url: 'http://a',
          description: 'new',
          auth: 'Bearer',
          access_credential: 'Resolved1',
          skip_certVerify: false,
          use_internal_addr: false,
          disabled: false,
        },
      },
    ]);
  });
});

it('recognizes the built-in Trivy', () => {
  const live = scanner.fromWire({ uuid: 'u', name: 'Trivy', url: 'http://trivy-adapter:8080' }, {} as never);
  expect(live.builtIn).toBe(true);
  const placed = scanner.placements[0]!.fromSpec(live.spec, { secret: () => ({ env: 'X' }), facts: {} });
  expect(placed?.value).toEqual({});
});

describe('check', () => {
  const check = (spec: Partial<ScannerSpec>) =>
    scanner.check!({ name: 'clair', url: 'http://clair:8080', ...spec }, { declared: () => undefined });

  it.each<[Partial<ScannerSpec>, string, RegExp]>([
    [{ url: 'clair:8080' }, 'scanner-url', /http:\/\/ or https:\/\//],
    [{ url: 'http://clair/?a=b' }, 'scanner-url', /with an optional path/],
    [{ url: 'http://user:pw@clair' }, 'literal-secret', /must not contain a user or password/],
    [{ auth: 'Basic' }, 'scanner-credential', /needs access_credential \(400\)/],
    [{ access_credential: { env: 'X' } }, 'scanner-credential', /never sends/],
    [{ disabled: true, default: true }, 'scanner-disabled', /cannot disable/],
    [{ name: 'x'.repeat(129) }, 'scanner-name', /128/],
  ])('%j', (spec, rule, message) => {
    expect(check(spec)).toEqual([expect.objectContaining({ rule, message: expect.stringMatching(message) })]);
  });

  it.each<[ScannerSpec, string[]]>([
    [{ name: 'Trivy', default: true }, []],
    [{ name: 'Trivy' }, []],
    [{ name: 'Trivy', disabled: true }, ['scanner-immutable']],
    [{ name: 'clair' }, ['scanner-url']],
    [{ name: 'clair', url: 'https://clair/x', auth: 'Bearer', access_credential: { env: 'X' } }, []],
  ])('%j', (spec, rules) => {
    expect(scanner.check!(spec, { declared: () => undefined }).map(({ rule }) => rule)).toEqual(rules);
  });
});

describe('hazards', () => {
  const live = { identity: 'a', spec: { name: 'a', default: true, disabled: false } };
  const hazards = (action: 'update' | 'delete', desired: Partial<ScannerSpec>, isDefault = true) =>
    scanner.hazards!({
      action,
      live: { ...live, spec: { ...live.spec, default: isDefault } },
      desired: { name: 'a', ...desired },
      changed: Object.keys(desired),
      identity,
      current: [],
      planned: [],
      assumed: [],
      others: () => undefined,
    }).map(({ rule, enforcement }) => `${rule} ${enforcement}`);

  it.each<['update' | 'delete', Partial<ScannerSpec>, boolean, string[]]>([
    ['delete', {}, true, ['default-scanner soft-mandatory']],
    ['delete', {}, false, []],
    ['update', { disabled: true }, true, ['default-scanner hard-mandatory']],
    ['update', { disabled: true }, false, []],
    ['update', { description: 'x' }, true, []],
  ])('%s %j of the default: %s', (action, desired, isDefault, expected) => {
    expect(hazards(action, desired, isDefault)).toEqual(expected);
  });
});

it.each<[ScannerSpec, object, string[]]>([
  [{ name: 'a', url: 'http://a', auth: '', default: false }, { url: 'http://a', auth: '' }, []],
  [
    { name: 'a', url: 'http://a', auth: 'Bearer', skip_certVerify: true, default: true },
    { url: 'http://a', auth: 'Bearer', skip_certVerify: true, default: true, access_credential: { env: 'HELD' } },
    ['skip_certVerify'],
  ],
])('is written as a person would: %j', (spec, value, noted) => {
  const placed = scanner.placements[0]!.fromSpec(spec, { secret: () => ({ env: 'HELD' }), facts: {} })!;
  expect(placed.value).toEqual(value);
  expect(Object.keys(placed.notes ?? {})).toEqual(noted);
});
