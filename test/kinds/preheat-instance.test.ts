import { preheatInstance, type PreheatInstanceSpec } from '../../src/kinds/preheat-instance';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const spec: PreheatInstanceSpec = { name: 'p2p', vendor: 'dragonfly', endpoint: 'https://d.example.com' };
const auth = { auth_mode: 'BASIC', auth_info: { user: { env: 'P2P' } } };
const wire = { id: 5, name: 'p2p', vendor: 'dragonfly', endpoint: 'https://d.example.com', enabled: true };

it('finds the id of a new object: its Location has a name', async () => {
  const answers = { [`GET /p2p/preheat/instances/p2p`]: wire };
  await withDouble({ answers, secrets: { P2P: 'hush' } }, async ({ context, written }) => {
    expect(await preheatInstance.create(context, { ...spec, ...auth }, new Map())).toEqual({ id: 5 });
    await preheatInstance.create(context, spec, new Map());
    expect(written().map(({ body }) => body)).toEqual([
      { ...spec, auth_mode: 'BASIC', enabled: true, auth_info: { user: 'hush' } },
      { ...spec, auth_mode: 'NONE', enabled: true },
    ]);
  });
});

it.each<[(keyof PreheatInstanceSpec)[], object | undefined]>([
  [['description'], undefined],
  [['auth_info'], { user: 'Resolved1' }],
])('a change of %j names the id in the body, and sends the credential %j', async (changed, sent) => {
  await withDouble({}, async ({ context, written }) => {
    const live = preheatInstance.fromWire(wire, tableRefs());
    await preheatInstance.update(context, { live, merged: { ...live.spec, ...auth, description: 'new' }, changed });
    expect(written()).toMatchObject([{ call: 'PUT /p2p/preheat/instances/p2p', body: { id: 5, description: 'new' } }]);
    expect(written()[0]!.body!['auth_info']).toEqual(sent);
  });
});

it.each<[Partial<PreheatInstanceSpec>, string[]]>([
  [{}, []],
  [auth, []],
  [{ name: 'a b' }, ['preheat-name']],
  [{ endpoint: 'd.example.com' }, ['preheat-endpoint']],
  [{ endpoint: 'https://user:pass@d.example.com' }, ['preheat-endpoint']],
  [{ auth_mode: 'OAUTH' }, ['preheat-auth']],
  [{ auth_info: auth.auth_info }, ['preheat-auth']],
  [{ auth_mode: 'BASIC', auth_info: { bot: { env: 'P2P' } } }, []],
  [{ auth_mode: 'BASIC', auth_info: { username: { env: 'A' }, password: { env: 'B' } } }, ['preheat-auth']],
  [{ auth_mode: 'CUSTOM', auth_info: { 'X-Key': { env: 'A' }, 'X-Other': { env: 'B' } } }, ['preheat-auth']],
  [{ auth_mode: 'OAUTH', auth_info: { secret: { env: 'A' } } }, ['preheat-auth']],
  [{ auth_mode: 'OAUTH', auth_info: { token: { env: 'A' } } }, []],
])('check of %j: %j', (more, rules) => {
  const found = preheatInstance.check!({ ...spec, ...more }, { declared: () => undefined });
  expect(found.map(({ rule }) => rule)).toEqual(rules);
});

it('exports a reference for a secret that Harbor has', () => {
  const [placement] = preheatInstance.placements;
  const context = { secret: () => ({ env: 'HELD' }), facts: {} };
  expect(placement!.fromSpec({ ...spec, auth_mode: 'OAUTH' }, context)?.value).toMatchObject({
    auth_info: { token: { env: 'HELD' } },
  });
  expect(placement!.fromSpec({ ...spec, auth_mode: 'BASIC' }, context)).toMatchObject({
    value: { auth_info: { username: { env: 'HELD' } } },
    notes: { auth_info: expect.stringContaining('real name') },
  });
  const named = { auth_mode: 'BASIC', auth_info: { bot: { env: 'HELD' } } };
  expect(placement!.fromSpec({ ...spec, ...named }, context)).not.toHaveProperty('notes');
  expect(placement!.fromSpec({ ...spec, auth_mode: 'NONE' }, context)?.value).not.toHaveProperty('auth_info');
});
