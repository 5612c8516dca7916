import type { FastifyInstance } from 'fastify';
import { Api } from '../api/api';
import { auditRequests } from '../audit/requests';
import type { Context } from '../context';
import { scopeNamed } from '../server/scope';
import { register as artifactLabels } from './artifact-labels';
import { register as artifacts } from './artifacts';
import { register as auditLogs } from './audit-logs';
import { register as configurations } from './configurations';
import { register as cveAllowlist } from './cve-allowlist';
import { register as gc } from './gc';
import { register as health } from './health';
import { register as immutableTagRules } from './immutable-tag-rules';
import { register as labels } from './labels';
import { register as ldap } from './ldap';
import { register as oidc } from './oidc';
import { register as permissions } from './permissions';
import { register as ping } from './ping';
import { register as preheatExecutions } from './preheat-executions';
import { register as preheatInstances } from './preheat-instances';
import { register as preheatPolicies } from './preheat-policies';
import { register as projectMembers } from './project-members';
import { register as projectMetadatas } from './project-metadatas';
import { register as projectScanner } from './project-scanner';
import { register as projects } from './projects';
import { register as purgeAudit } from './purge-audit';
import { register as quotas } from './quotas';
import { register as registries } from './registries';
import { register as replicationAdapters } from './replication-adapters';
import { register as replicationExecutions } from './replication-executions';
import { register as replicationPolicies } from './replication-policies';
import { register as repositories } from './repositories';
import { register as retentionExecutions } from './retention-executions';
import { register as retentions } from './retentions';
import { register as robots } from './robots';
import { register as scanAll } from './scan-all';
import { register as scanners } from './scanners';
import { register as scans } from './scans';
import { register as search } from './search';
import { register as statistics } from './statistics';
import { register as systemInfo } from './system-info';
import { register as userGroups } from './user-groups';
import { register as users } from './users';
import { register as webhookPolicies } from './webhook-policies';

/**
 * All route modules of the API v2.0. A file of this folder that is not listed here is not served. Each stands in for a
 * handler of Harbor (`src/server/v2.0/handler/`), whose file its `register` names; a path that none of them has is 404.
 */
const modules: readonly ((api: Api) => void)[] = [
  artifactLabels,
  artifacts,
  auditLogs,
  configurations,
  cveAllowlist,
  gc,
  health,
  immutableTagRules,
  labels,
  ldap,
  oidc,
  permissions,
  ping,
  preheatExecutions,
  preheatInstances,
  preheatPolicies,
  projectMembers,
  projectMetadatas,
  projectScanner,
  projects,
  purgeAudit,
  quotas,
  registries,
  replicationAdapters,
  replicationExecutions,
  replicationPolicies,
  repositories,
  retentionExecutions,
  retentions,
  robots,
  scanAll,
  scanners,
  scans,
  search,
  statistics,
  systemInfo,
  userGroups,
  users,
  webhookPolicies,
];

/** One prefix, so that paths in the modules are those of Harbor's swagger. */
export function registerApi(app: FastifyInstance, context: Context): void {
  app.register(
    scopeNamed('api', async (scope) => {
      // Bodies stay bytes: the allowed media types, and the errors for an invalid body, differ from those of fastify.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      auditRequests(scope, context);
      const api = new Api(context);
      for (const register of modules) register(api);
      api.serve(scope);
    }),
    { prefix: '/api/v2.0' },
  );
}
