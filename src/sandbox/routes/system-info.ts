import { statfsSync } from 'node:fs';
import type { Api } from '../api/api';
import { ok } from '../api/answer';
import type { Caller } from '../access/caller';
import { configured } from '../configuration';
import { requireSystem } from '../api/access';
import type { Context } from '../context';
import { notFound } from '../errors';

/** The commit after the version in `harbor_version`: the one that v2.15.2 was built from. */
const BUILD = '080b0220';

/**
 * Stands in for src/server/v2.0/handler/systeminfo.go. The version is shown to known callers only, so it is
 * also a way to find out whether a login works.
 */
export function register(api: Api): void {
  const { context } = api;
  api.get('/systeminfo', ({ caller, headers }) => ok(systemInfo(context, caller, headers.host)));
  api.get('/systeminfo/volumes', ({ caller }) => {
    requireSystem(caller, 'system-volumes', 'read');
    const { blocks, bfree, bsize } = statfsSync(context.blobsDir);
    return ok({ storage: [{ free: bfree * bsize, total: blocks * bsize }] });
  });
  api.get('/systeminfo/getcert', () => {
    throw notFound('resource not found: cert not found in path: /etc/core/ca/ca.crt');
  });
}

/** Anonymous callers see only what the login page needs. */
function systemInfo(context: Context, caller: Caller, host: string | undefined): object {
  const value = (key: string): unknown => configured(context.store, key);
  const everyone = {
    auth_mode: value('auth_mode'),
    banner_message: value('banner_message'),
    oidc_provider_name: value('auth_mode') === 'oidc_auth' ? value('oidc_name') : '',
    primary_auth_mode: value('primary_auth_mode'),
    self_registration: value('self_registration'),
  };
  if (caller.kind === 'anonymous') return everyone;
  const externalUrl = externalUrlFor(context, host);
  return {
    ...everyone,
    current_time: new Date(context.clock.now()).toISOString(),
    external_url: externalUrl,
    harbor_version: `${context.harborVersion}-${BUILD}`,
    has_ca_root: false,
    notification_enable: value('notification_enable'),
    project_creation_restriction: value('project_creation_restriction'),
    read_only: value('read_only'),
    registry_storage_provider_name: 'filesystem',
    registry_url: externalUrl.replace(/^https?:\/\//, ''),
  };
}

/** A real Harbor has a configured external URL; the stand-in uses the name in the request. */
function externalUrlFor({ externalUrl }: Context, host: string | undefined): string {
  const scheme = externalUrl().split('://', 1)[0]!;
  return host === undefined ? externalUrl() : `${scheme}://${host}`;
}
