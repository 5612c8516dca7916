import type { CheckContext, Finding } from '../kind';
import { checkAllowlist } from './cve-allowlist';
import { isHarborName, NAME_RULE } from './names';
import { idleKeys, type MetadataKey } from './project-metadata';
import type { ProjectSpec } from './project-spec';
import { canProxy } from './registry-types';
import { checkRepositoryFilter } from './repository-filter';

/** Checks of a project that the schema cannot express. */
export function checkProject(spec: ProjectSpec, context: CheckContext): Finding[] {
  return [
    ...checkName(spec),
    ...checkIdleKeys(spec),
    ...checkRegistry(spec, context),
    ...checkOwnAllowlist(spec),
    ...checkRepositoryFilter(spec),
  ];
}

function checkName({ name }: ProjectSpec): Finding[] {
  return isHarborName(name)
    ? []
    : [{ rule: 'project-name', message: `"${name}" is not a valid project name: ${NAME_RULE}` }];
}

/**
 * Harbor stores both lists and uses one of them.
 *
 *      cve_allowlist     reuse_sys_cve_allowlist     finding
 *      declared          false                       none: the list of the project counts
 *      declared          not declared                warning: Harbor's default is the list of the system
 *      declared          true                        error: it contradicts itself
 *      items: []         any                         none: there is nothing that could be ignored
 */
function checkOwnAllowlist({ cve_allowlist, reuse_sys_cve_allowlist: reuse }: ProjectSpec): Finding[] {
  if (cve_allowlist === undefined) return [];
  const findings = checkAllowlist(cve_allowlist, 'cve_allowlist.');
  if (reuse === false || !cve_allowlist.items?.length) return findings;
  const unused: Finding = {
    rule: 'cve-allowlist-unused',
    severity: reuse === true ? 'error' : 'warning',
    field: 'cve_allowlist',
    message: `the list of the project is ignored ${reuse === true ? 'while' : 'unless'} reuse_sys_cve_allowlist is ${reuse ?? false}`,
    hint: 'declare reuse_sys_cve_allowlist: false',
  };
  return [...findings, unused];
}

function checkIdleKeys(spec: ProjectSpec): Finding[] {
  const isProxy = spec.registry !== undefined;
  return idleKeys(spec, isProxy).map((key) => idleKey(key, isProxy));
}

/**
 * An error, although Harbor accepts it: someone relies on a setting that does nothing. Which keys these are depends on
 * whether the project has a registry, and not on their values.
 */
function idleKey(key: MetadataKey, isProxy: boolean): Finding {
  const sort = isProxy ? 'a proxy cache project' : 'an ordinary project';
  return {
    rule: isProxy ? 'ordinary-only-key' : 'proxy-only-key',
    field: key,
    message: `${key} has no effect on ${sort}, and Harbor does not report it`,
    hint: isProxy ? 'for signatures use enable_content_trust_cosign' : `name a registry, or remove ${key}`,
  };
}

/** A warning, because the project may exist: Harbor refuses only new ones. */
function checkRegistry({ registry }: ProjectSpec, context: CheckContext): Finding[] {
  if (registry === undefined) return [];
  const { type } = (context.declared('registry', registry) ?? {}) as { readonly type?: string };
  if (type === undefined || canProxy(type, context.harborVersion) !== false) return [];
  return [
    {
      rule: 'registry-cannot-proxy',
      severity: 'warning',
      field: 'registry',
      message: `Harbor does not support new proxy caches of type ${type} (400 unsupported registry type ${type}); an existing one keeps working`,
      hint: `for a new project declare registries.${registry} with type: docker-registry`,
    },
  ];
}
