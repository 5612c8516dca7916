import fc from 'fast-check';
import { targetToWire } from '../../src/kinds/support/webhook-target';
import { EVENT_TYPES, type WebhookSpec, webhookShape } from '../../src/kinds/webhook';
import type { KindKit } from './kit';
import { anyName, anyText, flag, map, named, projectName, writtenText } from './support/arbitraries';
import type { Wire } from './support/by-hand';
import { SECRET, under } from './support/written';

const targets = fc.record({
  address: fc.stringMatching(/^https?:\/\/[a-z0-9.]{1,12}(\/[a-z]{1,5}\?t=[a-z]{1,5})?$/),
  skip_cert_verify: fc.boolean(),
  authenticated: fc.boolean(),
});
const TARGET = { type: 'http', address: 'https://x' };
const HOOK = { event_types: ['PULL_ARTIFACT'], targets: [{ type: 'http', address: 'http://127.0.0.1:9/hook' }] };
const SECRET_FREE = { event_types: ['PUSH_ARTIFACT'], targets: [{ type: 'http', address: 'https://ci.example.com' }] };

/** What is sent without its secrets does not say which targets have one. */
function withHeaders(spec: object): object {
  return {
    targets: (spec as WebhookSpec).targets.map((one) => ({
      ...targetToWire(one),
      ...(one.authenticated ? { auth_header: 'Bearer x' } : {}),
    })),
  };
}

const BY_HAND: Readonly<Record<string, Wire>> = {
  description: { description: 'by hand' },
  enabled: { enabled: false },
  event_types: { event_types: ['PUSH_ARTIFACT'] },
  targets: { targets: [{ type: 'http', address: 'http://127.0.0.1:9/by-hand' }] },
};

export const kit: KindKit = {
  specs: fc.record(
    {
      project: projectName,
      name: anyName,
      description: anyText,
      enabled: fc.boolean(),
      event_types: fc.array(fc.constantFrom(...EVENT_TYPES), { minLength: 1, maxLength: 4 }),
      targets: fc.array(
        fc.oneof(
          targets.map((target) => ({ ...target, type: 'http', payload_format: 'CloudEvents' })),
          targets.map((target) => ({ ...target, type: 'slack', authenticated: false })),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    },
    { requiredKeys: ['project', 'name', 'event_types', 'targets'] },
  ),
  answered: { added: () => ({ id: 23 }), instead: withHeaders, always: ['enabled'] },
  recorded: {
    path: /^\/projects\/[^/]+\/webhook\/policies(\/<id>)?$/,
    shape: webhookShape,
    extra: { project: 'library' },
  },
  places: {
    'projects.*.webhooks.*': {
      defaults: 'webhook',
      valid: [{ event_types: ['REPLICATION'], targets: [{ ...TARGET, auth_header: SECRET }] }],
      invalid: [
        [{ event_types: [], targets: [TARGET] }, 'no event'],
        [{ event_types: ['REPLICATION'], targets: [] }, 'no target'],
        [{ event_types: ['REPLICATION'], targets: [{ ...TARGET, auth_header: 'Bearer x' }] }, 'a literal secret'],
      ],
    },
  },
  declared: () => ({
    projects: { proxy: { webhooks: { hook: { description: 'ours', enabled: true, ...HOOK } } } },
  }),
  byHand: {
    changes: Object.entries(BY_HAND).map(([field, change]) => ({
      address: 'webhook/proxy/hook',
      field,
      change: async (harbor) => {
        const [wire] = await harbor.get<[Wire]>('/projects/proxy/webhook/policies');
        await harbor.put(`/projects/proxy/webhook/policies/${String(wire['id'])}`, { ...wire, ...change });
      },
    })),
    untried: { auth_headers: 'test/integration/secrets.test.ts' },
  },
  renamed: [
    {
      address: (name) => `webhook/plain/${name}`,
      document: (name, from) => ({ projects: { plain: { webhooks: under(name, SECRET_FREE, from) } } }),
    },
  ],
  pruned: [{ address: 'webhook/plain/spare', container: ['projects', 'plain', 'webhooks'], value: () => SECRET_FREE }],
  lives: [
    {
      spec: () => ({
        project: 'plain',
        name: 'ci',
        event_types: ['PUSH_ARTIFACT', 'DELETE_ARTIFACT'],
        targets: [
          {
            type: 'http',
            address: 'https://ci.example.com/hook',
            skip_cert_verify: true,
            payload_format: 'CloudEvents',
            authenticated: true,
          },
        ],
        auth_headers: { 'http https://ci.example.com/hook': { env: 'UPSTREAM' } },
      }),
      change: { enabled: false, event_types: ['REPLICATION'], description: 'quiet' },
    },
  ],
  drawn: () => ({
    project: { webhooks: named({ hook: map(HOOK, { enabled: flag, description: writtenText }) }) },
  }),
};
