import { ok } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import { model } from '../api/model';
import { badRequest, notFound } from '../errors';
import { ldapProblem, type LdapSettings, searchGroups, searchUsers, storedSettings } from '../access/ldap-directory';

const LdapConf = model('LdapConf', {
  ldap_url: 'string',
  ldap_search_dn: 'string',
  ldap_search_password: 'string',
  ldap_base_dn: 'string',
  ldap_filter: 'string',
  ldap_uid: 'string',
  ldap_scope: 'int64',
  ldap_connection_timeout: 'int64',
  ldap_verify_cert: 'bool',
});

const LDAP_GROUP = 1;

/** These really use LDAP, with the server that the configuration or the request names (docs/harbor-behavior.md 6.5). */
export function register(api: Api): void {
  const { store } = api.context;
  api.post(
    '/ldap/ping',
    async ({ caller, body, hasBody }) => {
      requireSystem(caller, 'configuration', 'read');
      const { ldap_connection_timeout: timeout, ...given } = body as Partial<LdapSettings> & Record<string, unknown>;
      const stored = storedSettings(store);
      const settings = hasBody
        ? { ...stored, ...given, ...(timeout ? { ldap_timeout: Number(timeout) } : {}) }
        : stored;
      // An empty password means the stored one: the portal never gets it.
      const password = settings.ldap_search_password || stored.ldap_search_password;
      const problem = await ldapProblem({ ...settings, ldap_search_password: password });
      return ok(problem === undefined ? { success: true } : { success: false, message: `error: ${problem}` });
    },
    { body: ['ldapconf', LdapConf, 'optional'] },
  );
  api.get('/ldap/users/search', async ({ caller, query }) => {
    requireSystem(caller, 'ldap-user', 'list');
    return ok(await searchUsers(storedSettings(store), query.get('username') ?? '').catch(refuse));
  });
  api.get('/ldap/groups/search', async ({ caller, query }) => {
    requireSystem(caller, 'ldap-user', 'list');
    const [name, dn] = [query.get('groupname') ?? '', query.get('groupdn') ?? ''];
    if (name === '' && dn === '') throw badRequest('group name and group dn are both empty');
    const groups = await searchGroups(store, { name, ...(dn !== '' && { dn }) }).catch(refuse);
    if (groups.length === 0) throw notFound('no ldap group found');
    return ok(groups.map((group) => ({ group_name: group.name, group_type: LDAP_GROUP, ldap_group_dn: group.dn })));
  });
}

/** A search that fails is 400 with its reason; only a ping is 200 in any case (docs/harbor-behavior.md 6.5). */
function refuse(error: unknown): never {
  throw badRequest((error as Error).message);
}
