import type { ProjectWire } from '../../src/harbor/wire';
import { webhook, type WebhookWire } from '../../src/kinds/webhook';
import { compare, writeOnlyFields } from '../../src/plan/diff';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
const POLICIES = '/projects/team-a/webhook/policies';
const HEADER = 'Bearer held-by-harbor';
const team: ProjectWire = { project_id: 8, name: 'team-a', repo_count: 0, metadata: {} };
const stored: WebhookWire = {
  id: 5,
  name: 'ci',
  enabled: true,
  event_types: ['QUOTA_WARNING', 'PUSH_ARTIFACT'],
  targets: [{ type: 'http', address: 'https://ci.example.com/hook', auth_header: HEADER, payload_format: 'Default' }],
};
const live = (wire: Partial<WebhookWire> = {}) => webhook.fromWire({ ...stored, ...wire, project: 'team-a' }, refs);
const [placement] = webhook.placements;
const declare = (target: object = {}, rest: object = {}) =>
  webhook.normalise(
    placement!.toSpec(
      {
        event_types: ['PUSH_ARTIFACT', 'QUOTA_WARNING'],
        targets: [{ type: 'http', address: 'https://ci.example.com/hook', auth_header: { env: 'HOOK' }, ...target }],
        ...rest,
      },
      ['team-a', 'ci'],
    ),
  );

describe('a header', () => {
  it('is removed from what was read, although Harbor returns it', () => {
    expect(JSON.stringify(live())).not.toContain(HEADER);
    expect(live().spec.targets).toEqual([
      {
        type: 'http',
        address: 'https://ci.example.com/hook',
        skip_cert_verify: false,
        payload_format: 'Default',
        authenticated: true,
      },
    ]);
  });

  it('is compared by whether there is one', () => {
    expect(compare(declare(), live().spec, webhook)).toEqual([]);
    const bare = live({ targets: [{ type: 'http', address: 'https://ci.example.com/hook' }] });
    const changed = compare(declare(), bare.spec, webhook);
    expect(changed.map(({ path }) => path)).toEqual(['targets']);
    expect(writeOnlyFields(declare(), changed, webhook, {})).toMatchObject([{ path: 'auth_headers' }]);
  });

  it('is written on creation and rotation, but not because an event was added', () => {
    const changed = [{ path: 'event_types', after: [] }];
    expect(writeOnlyFields(declare(), changed, webhook, { proof: { outcome: 'same' } })).toEqual([]);
    expect(writeOnlyFields(declare(), [], webhook, 'rotate')).toHaveLength(1);
  });

  it("is exported as a reference to set, without Harbor's defaults", () => {
    const asked: string[] = [];
    const secret = (field: string) => ({ env: `SET_${asked.push(field)}` });
    expect(placement!.fromSpec(live().spec, { secret, facts: {} })).toEqual({
      names: ['team-a', 'ci'],
      value: {
        description: '',
        enabled: true,
        event_types: ['PUSH_ARTIFACT', 'QUOTA_WARNING'],
        targets: [{ type: 'http', address: 'https://ci.example.com/hook', auth_header: { env: 'SET_1' } }],
      },
      notes: {},
    });
    expect(asked).toEqual(['targets.0.auth_header']);
  });
});

it('is exported with a warning if the address is the secret', () => {
  const slack = live({ targets: [{ type: 'slack', address: 'https://hooks.slack.com/services/T/B/x' }] });
  const placed = placement!.fromSpec(slack.spec, { secret: () => ({ env: 'X' }), facts: {} });
  expect(placed?.notes?.['targets']).toMatch(/Slack webhook/);
});

describe('reading', () => {
  it('asks once for each project that declares some', async () => {
    await withDouble({ answers: { [`GET ${POLICIES}`]: [stored] } }, async ({ read, calls }) => {
      const wires = { project: [team, { ...team, project_id: 9, name: 'other' }] };
      const found = await webhook.list(read(['team-a'], wires));
      expect(found.map((wire) => webhook.fromWire(wire, refs).identity)).toEqual(['team-a/ci']);
      expect(calls()).toEqual([`GET ${POLICIES}`]);
    });
  });

  it.each([
    ['team-a/ci', 5],
    ['team-a/cd', undefined],
    ['gone/ci', undefined],
  ])('reads %s alone', async (identity, id) => {
    const answers = { 'GET /projects/team-a': team, [`GET ${POLICIES}`]: [stored] };
    await withDouble({ answers }, async ({ context }) => {
      expect((await webhook.read(context, identity))?.id).toBe(id);
    });
  });
});

describe('writing', () => {
  const secrets = { HOOK: 'Bearer declared' };
  const headersIn = (body: unknown) =>
    (body as WebhookWire).targets?.map(({ address, auth_header }) => [address, auth_header]);

  it('creates it enabled by default, which Harbor would not', async () => {
    await withDouble({ secrets }, async ({ context, written }) => {
      expect(await webhook.create(context, declare(), new Map())).toEqual({ id: 77 });
      expect(written()).toEqual([
        {
          call: `POST ${POLICIES}`,
          by: 'robot',
          body: {
            name: 'ci',
            description: '',
            enabled: true,
            event_types: ['PUSH_ARTIFACT', 'QUOTA_WARNING'],
            targets: [
              {
                type: 'http',
                address: 'https://ci.example.com/hook',
                skip_cert_verify: false,
                payload_format: 'Default',
                auth_header: 'Bearer declared',
              },
            ],
          },
        },
      ]);
    });
  });

  it('keeps the header that Harbor has, unless it is to be written again', async () => {
    await withDouble({ secrets, answers: { [`GET ${POLICIES}/5`]: stored } }, async ({ context, written }) => {
      const merged = { ...live().spec, ...declare({}, { enabled: false }) };
      await webhook.update(context, { live: live(), merged, changed: ['enabled'] });
      await webhook.update(context, { live: live(), merged, changed: ['enabled', 'auth_headers'] });
      expect(written().map(({ call }) => call)).toEqual([`PUT ${POLICIES}/5`, `PUT ${POLICIES}/5`]);
      expect(written().map(({ body }) => headersIn(body)?.[0]?.[1])).toEqual([HEADER, 'Bearer declared']);
      expect(written()[0]?.body).toMatchObject({ enabled: false });
    });
  });

  it('drops the header that is no longer declared', async () => {
    await withDouble({ answers: { [`GET ${POLICIES}/5`]: stored } }, async ({ context, written }) => {
      const bare = declare({ auth_header: undefined });
      expect(compare(bare, live().spec, webhook)).toHaveLength(1);
      await webhook.update(context, { live: live(), merged: { ...live().spec, ...bare }, changed: ['targets'] });
      expect(headersIn(written()[0]?.body)).toEqual([['https://ci.example.com/hook', undefined]]);
    });
  });

  it('deletes', async () => {
    await withDouble({}, async ({ context, calls }) => {
      await webhook.remove(context, live());
      expect(calls()).toEqual([`DELETE ${POLICIES}/5`]);
    });
  });
});

describe('check', () => {
  const check = (spec: ReturnType<typeof declare>) => webhook.check!(spec, { declared: () => undefined });

  it.each<[object, string, RegExp]>([
    [{ address: 'ci.example.com/hook' }, 'targets[0].address', /http:\/\/ or https:\/\//],
    [{ address: 'ftp://ci.example.com' }, 'targets[0].address', /http:\/\/ or https:\/\//],
    [{ address: 'https://user:word@ci.example.com' }, 'targets[0].address', /must not contain a user or password/],
    [{ type: 'slack' }, 'targets[0].auth_header', /never sends/],
    [{ type: 'slack', auth_header: undefined, payload_format: 'Default' }, 'targets[0].payload_format', /400/],
  ])('of a target with %j', (target, field, message) => {
    expect(check(declare(target))).toEqual([
      expect.objectContaining({ rule: 'webhook-target', field, message: expect.stringMatching(message) }),
    ]);
  });

  it('of a target that was given twice', () => {
    const one = { type: 'http', address: 'https://x.example.com' };
    expect(check(declare({}, { targets: [one, { ...one, skip_cert_verify: true }] }))).toMatchObject([
      { field: 'targets[1]', message: 'this target repeats targets[0]' },
    ]);
  });

  it.each([{}, { address: 'https://x.example.com/hook?token=1' }, { payload_format: 'CloudEvents' }])(
    'accepts %j',
    (target) => {
      expect(check(declare(target))).toEqual([]);
    },
  );

  it('of the name', () => {
    expect(check({ ...declare(), name: 'x'.repeat(257) })).toMatchObject([{ rule: 'webhook-name' }]);
  });
});
