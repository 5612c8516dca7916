import { configurationsShape } from '../../src/kinds/support/configuration-wire';
import fc from 'fast-check';
import type { Json } from '../../src/json';
import { CONFIGURATION_KEYS } from '../../src/kinds/support/configuration-keys';
import type { KindKit } from './kit';
import { anyText, bytes, flag, map, one, reference, some } from './support/arbitraries';
import { SECRET } from './support/written';

/** Why a key is not changed by hand here. */
const FIXED: Readonly<Record<string, string>> = {
  auth_mode: 'fixed as soon as there is a user besides admin',
  banner: 'written as banner_message',
  banner_message: 'the same as banner, in its raw form',
  audit_log_forward_endpoint: 'Harbor connects to it before it takes it',
  skip_audit_log_database: 'needs such an endpoint',
  robot_name_prefix: 'would rename every robot of this test',
};
const secrets = Object.entries(CONFIGURATION_KEYS).flatMap(([key, { form }]) => (form === 'secret' ? [key] : []));

/** Every other key, with a value to declare and another one for the hand. */
const turnable = Object.entries(CONFIGURATION_KEYS)
  .filter(([key]) => !secrets.includes(key) && FIXED[key] === undefined)
  .map(([key, { schema, form }]) => ({ key, ...valuesFor(key, schema as Record<string, Json>, form) }));

function valuesFor(key: string, schema: Record<string, Json>, form?: string): { ours: Json; byHand: Json } {
  const values = schema['enum'];
  if (form === 'size') return { ours: '5GiB', byHand: 7 * 1024 ** 3 };
  if (form === 'list') return { ours: ['pull_artifact'], byHand: 'create_artifact' };
  if (form === 'map') return { ours: { a: 'b' }, byHand: '{"a":"c"}' };
  if (Array.isArray(values)) return { ours: values[0] as Json, byHand: values[1] as Json };
  if (schema['type'] === 'boolean') return { ours: key !== 'read_only', byHand: key === 'read_only' };
  if (schema['type'] === 'integer') return { ours: 50, byHand: 51 };
  if (key === 'oidc_scope') return { ours: 'openid', byHand: 'openid,profile' };
  if (key.endsWith('_dn')) return { ours: 'ou=ours,dc=example', byHand: 'ou=hand,dc=example' };
  const isUrl = key.includes('url') || key.includes('endpoint');
  if (key.endsWith('_filter')) return { ours: '(ours=*)', byHand: '(hand=*)' };
  return { ours: isUrl ? 'https://ours.example.com' : 'ours', byHand: 'https://hand.example.com' };
}

function arbitraryOf(key: string): fc.Arbitrary<unknown> {
  const { schema, form } = CONFIGURATION_KEYS[key]!;
  if (form === 'secret') return reference;
  if (form === 'size') return bytes;
  if (form === 'list') return fc.array(fc.stringMatching(/^[a-z_]{1,10}$/), { maxLength: 4 });
  if (form === 'map') return fc.dictionary(anyText, anyText);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  if (schema['type'] === 'boolean') return fc.boolean();
  return schema['type'] === 'integer' ? fc.integer({ min: 1, max: 9_999_999_999 }) : anyText;
}

export const kit: KindKit = {
  specs: fc.record(Object.fromEntries(Object.keys(CONFIGURATION_KEYS).map((key) => [key, arbitraryOf(key)])), some),
  answered: { added: () => ({}) },
  recorded: { path: /^\/configurations$/, shape: configurationsShape },
  places: {
    configuration: {
      valid: [
        { robot_name_prefix: 'bot-', oidc_extra_redirect_parms: {}, oidc_client_secret: SECRET },
        { ldap_scope: 2, session_timeout: 9_999_999_999, disabled_audit_log_event_types: ['pull_artifact'] },
      ],
      invalid: [
        [{ no_such_key: 1 }, 'an unknown key, which Harbor drops'],
        [{ auth_mode: 'nonsense' }, 'an unknown mode'],
        [{ robot_token_duration: 0 }, 'no days'],
        [{ session_timeout: 99_999_999_999 }, 'over the limit value'],
        [{ token_expiration: 'abc' }, 'text for a number'],
        [{ ldap_uid: '' }, 'an empty value that Harbor refuses'],
        [{ robot_name_prefix: ' ' }, 'a prefix that the next Harbor refuses'],
        [{ oidc_extra_redirect_parms: 'notjson' }, 'text for a map'],
        [{ pull_audit_log_disable: true }, 'a key that only the environment can set'],
        [{ admin_initial_password: 'x' }, 'a key of system scope'],
      ],
    },
  },
  declared: () => ({ configuration: Object.fromEntries(turnable.map(({ key, ours }) => [key, ours])) }),
  byHand: {
    changes: turnable.map(({ key, byHand }) => ({
      address: 'configuration/harbor',
      field: key,
      change: (harbor) => harbor.put('/configurations', { [key]: byHand }),
    })),
    untried: { ...FIXED, ...Object.fromEntries(secrets.map((key) => [key, 'Harbor never returns it'])) },
  },
  drawn: () => ({
    root: {
      configuration: map(
        {},
        { token_expiration: one(30, 45), notification_enable: flag, oidc_client_secret: one(SECRET) },
      ),
    },
  }),
};
