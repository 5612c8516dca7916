import { compact } from '../compact';
import type { LeftOut } from '../export';
import type { JsonObject } from '../json';
import { carriedFrom, together, type Carried } from './carried';
import { fieldsOf } from './fields';
import { lookUp } from './look-up';
import type { Reader } from './reader';
import {
  isConfiguration,
  isPlan,
  isShownState,
  isState,
  modulesOf,
  plannedChanges,
  providerOf,
  resourcesOf,
  type TerraformResource,
} from './terraform';
import { terraformNames, type TerraformNames } from './terraform-names';
import {
  groupOf,
  immutableTagRuleOf,
  labelOf,
  memberOf,
  projectOf,
  registryOf,
  retentionOf,
  webhookOf,
  type ResourceReader,
} from './terraform-projects';
import { robotOf } from './terraform-robot';
import { preheatInstanceOf, securityOf } from './terraform-security';
import {
  authOf,
  garbageCollectionOf,
  interrogationOf,
  purgeAuditOf,
  replicationOf,
  systemOf,
  userOf,
} from './terraform-system';

/** Resources of goharbor/harbor 3.x that a policy can express. */
const READERS: Readonly<Record<string, ResourceReader>> = {
  harbor_registry: registryOf,
  harbor_project: projectOf,
  harbor_project_member_group: memberOf,
  harbor_project_member_user: memberOf,
  harbor_group: groupOf,
  harbor_retention_policy: retentionOf,
  harbor_immutable_tag_rule: immutableTagRuleOf,
  harbor_label: labelOf,
  harbor_project_webhook: webhookOf,
  harbor_user: userOf,
  harbor_robot_account: robotOf,
  harbor_config_auth: authOf,
  harbor_config_system: systemOf,
  harbor_config_security: securityOf,
  harbor_preheat_instance: preheatInstanceOf,
  harbor_garbage_collection: garbageCollectionOf,
  harbor_purge_audit_log: purgeAuditOf,
  harbor_interrogation_services: interrogationOf,
  harbor_replication: replicationOf,
};

/** Meta-arguments for Terraform itself, which Harbor does not get. */
const META_ARGUMENTS = ['depends_on', 'lifecycle', 'provider', 'provisioner', 'connection', 'timeouts', '//'];
const REPEATED = ['count', 'for_each'];

/**
 * Four formats, one path: each is reduced to a list of resources, and what a reader sees does not depend on the format.
 *
 *      terraform.tfstate        { version: 4, resources: [{ type, name, instances: [{ attributes }] }] }
 *      show -json of a state    { format_version, values: { root_module: { resources, child_modules } } }
 *      show -json of a plan     { format_version, resource_changes, prior_state: as above }
 *      *.tf.json                { resource: { TYPE: { NAME: { … } } } }, with expressions
 *
 * In the first three all values are known. In the last one a reference is resolved if it leads to a literal.
 */
export const terraform: Reader = {
  formats: 'Terraform state (version 4 or show -json), Terraform plan (show -json), Terraform configuration in JSON',
  read: (document) =>
    [isState, isShownState, isPlan, isConfiguration].some((is) => is(document)) ? fromTerraform(document) : undefined,
};

/** Data sources are no objects of this configuration, but their ids and names resolve references. */
function fromTerraform(document: JsonObject): Carried {
  const resources = resourcesOf(document);
  const names = terraformNames(resources.filter(({ deposed }) => deposed !== true));
  const harbor = providerOf(document);
  return together([
    { objects: [], notCarried: isPlan(document) ? plannedChanges(document).map(notApplied) : [] },
    { objects: [], notCarried: isConfiguration(document) ? modulesOf(document).map(elsewhere) : [] },
    ...(harbor === undefined ? [] : [{ objects: [], notCarried: [], harbor }]),
    ...resources.filter(({ isData }) => !isData).map((resource) => carried(resource, names)),
  ]);
}

/** The prior state is what Harbor has; planned values do not exist yet. */
function notApplied({ address, actions }: { readonly address: string; readonly actions: string }): LeftOut {
  return { address, reason: `the plan would ${actions} it: what is imported is the state before` };
}

function elsewhere(module: string): LeftOut {
  const reason = 'what is in a module is not in this file: import its state (terraform show -json) instead';
  return { address: `module.${module}`, reason };
}

/**
 * A resource is left out as a whole if it is about to be deleted, if its type is not supported, or if only Terraform
 * knows how many of it there are.
 */
function carried(resource: TerraformResource, names: TerraformNames): Carried {
  const { address, type, attributes, line, deposed } = resource;
  const read = lookUp(READERS, type);
  const refused = (reason: string): Carried => ({
    objects: [],
    notCarried: [compact<LeftOut>({ address, reason, line })],
  });
  if (deposed) return refused('a deposed instance: it was replaced, and Terraform is about to delete it');
  if (!read) return refused(`${type} cannot be written as a policy yet`);
  const repeated = REPEATED.find((key) => Object.hasOwn(attributes, key));
  if (repeated !== undefined) return refused(`${repeated} is known only when Terraform runs: import its state instead`);
  const fields = fieldsOf(address, attributes, (expression) => names.evaluate(expression));
  fields.skip(...META_ARGUMENTS);
  return carriedFrom(fields, () => read(fields, names));
}
