import { registryShape } from '../../src/kinds/support/registry-shape';
import fc from 'fast-check';
import { REGISTRY_TYPES } from '../../src/kinds/support/registry-types';
import type { KindKit } from './kit';
import { anyName, anyText, flag, map, one, reference, some, writtenText } from './support/arbitraries';
import { named, type Wire } from './support/by-hand';
import { SECRET, under } from './support/written';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const optional = fc.record(
  {
    url: fc.stringMatching(/^ ?(https?:\/\/)?[a-zA-Z0-9.-]{1,20}(:[0-9]{2,5})?(\/[a-zA-Z0-9]{1,8}){0,2}\/{0,2}$/),
    description: anyText,
    insecure: fc.boolean(),
    ca_certificate: fc.stringMatching(/^\s{0,2}-----BEGIN CERTIFICATE-----[a-z\n]{0,20}$/),
    credential: fc.record(
      { type: fc.constantFrom('basic', 'oauth', 'secret'), access_key: anyText, access_secret: reference },
      some,
    ),
  },
  some,
);
const drawnOne = (url: string): fc.Arbitrary<object> =>
  map(
    { type: 'docker-registry', url },
    {
      description: writtenText,
      insecure: flag,
      credential: one({ type: 'basic', access_key: 'bot', access_secret: SECRET }),
    },
  );

/** `PORT` in a URL is replaced by that of the upstream. */
const BY_HAND: Readonly<Record<string, Wire>> = {
  url: { url: 'http://127.0.0.1:PORT/.', access_secret: 'Canary' },
  description: { description: 'by hand' },
  insecure: { insecure: true },
  'credential.access_key': { access_key: 'other', access_secret: 'Canary' },
  'credential.type': { credential_type: 'secret' },
};

export const kit: KindKit = {
  specs: optional.chain((rest) =>
    fc
      .record({ name: anyName, type: fc.constantFrom(...Object.keys(REGISTRY_TYPES)) })
      .map((own) => ({ ...own, ...rest })),
  ),
  answered: { added: () => ({ id: 5, status: 'healthy' }) },
  recorded: { path: /^\/registries(\/<id>)?$/, shape: registryShape },
  places: {
    'registries.*': {
      defaults: 'registry',
      valid: [
        { type: 'docker-hub', credential: { access_key: 'a', access_secret: { command: ['op', 'read'] } } },
        { type: 'huawei-SWR', url: 'https://x', insecure: false, ca_certificate: 'x', description: '' },
      ],
      invalid: [
        [{}, 'no type'],
        [{ type: 'nonsense' }, 'an unknown type, for which Harbor answers 500'],
        [{ type: 'harbor', access_secret: 'x' }, 'an unknown key'],
        [{ type: 'harbor', credential: { access_key: 'a', access_secret: 'hunter2' } }, 'a literal secret'],
        [{ type: 'harbor', credential: { access_secret: { env: 'A', file: 'b' } } }, 'two places of a secret'],
      ],
    },
  },
  declared: ({ upstream }) => ({
    registries: {
      up: {
        type: 'docker-registry',
        url: upstream,
        description: 'ours',
        insecure: false,
        credential: { type: 'basic', access_key: 'bot', access_secret: SECRET },
      },
    },
  }),
  byHand: {
    changes: Object.entries(BY_HAND).map(([field, change]) => ({
      address: 'registry/up',
      field,
      ...(field === 'url' && { also: ['credential'] }),
      change: async (harbor) => {
        const wire = (await harbor.get<Wire[]>('/registries?page_size=100')).find(named('up'))!;
        const body = JSON.parse(JSON.stringify(change).replace('http://127.0.0.1:PORT', String(wire['url']))) as Wire;
        await harbor.put(`/registries/${String(wire['id'])}`, body);
      },
    })),
    untried: {
      type: 'Harbor never changes it',
      ca_certificate: 'needs a certificate: test/kinds/registry.test.ts',
      'credential.access_secret': 'Harbor never returns it',
    },
  },
  dropped: {
    ca_certificate: ({ upstream }) => ({
      registries: { up: { type: 'docker-registry', url: upstream, ca_certificate: CERTIFICATE } },
    }),
  },
  renamed: [
    {
      address: (name) => `registry/${name}`,
      document: (name, from, { upstream }) => ({
        registries: under(name, { type: 'docker-registry', url: upstream }, from),
        projects: { prx: { registry: name, public: true } },
        replications: { nightly: { from: name, dest_namespace: 'base' } },
      }),
    },
  ],
  pruned: [
    {
      address: 'registry/spare',
      container: ['registries'],
      value: ({ upstream }) => ({ type: 'docker-registry', url: upstream }),
    },
  ],
  lives: [
    {
      spec: ({ upstream }) => ({ name: 'other', type: 'docker-registry', url: `${upstream}/`, description: 'one' }),
      change: { description: 'two', insecure: true },
    },
  ],
  drawn: ({ upstream }) => ({
    always: {
      'registries.up': drawnOne(upstream),
    },
    root: { 'registries.other': drawnOne(upstream) },
  }),
};
