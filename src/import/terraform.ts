import { compact } from '../compact';
import { isRecord, type Json, type JsonObject } from '../json';
import type { CarriedHarbor } from './carried';
import { lineOf } from './lines';

/** One resource or data source of the Harbor provider, from any format. */
export interface TerraformResource {
  /** `harbor_project.main`, `module.cache.harbor_project.main["quay"]`. */
  readonly address: string;
  readonly type: string;
  readonly attributes: JsonObject;
  /** Line in the file that it was read from. */
  readonly line?: number;
  /** Already replaced, but not deleted yet. */
  readonly deposed?: true;
  /** Only looked up, not managed. */
  readonly isData: boolean;
}

const PROVIDER = /^harbor_/;

/** State in the format of `terraform.tfstate` (version 4). */
export function isState(document: JsonObject): boolean {
  return document['version'] === 4 && Array.isArray(document['resources']);
}

/** `terraform show -json` of a state. */
export function isShownState(document: JsonObject): boolean {
  return typeof document['format_version'] === 'string' && isRecord(document['values']);
}

/** Configuration in JSON syntax (`*.tf.json`, the output of CDKTF). */
export function isConfiguration(document: JsonObject): boolean {
  return maps(document['resource']).length > 0;
}

/** `terraform show -json` of a plan: its prior state contains the current objects. */
export function isPlan(document: JsonObject): boolean {
  return typeof document['format_version'] === 'string' && Array.isArray(document['resource_changes']);
}

/** What the plan would change: addresses with their actions. */
export function plannedChanges({ resource_changes: changes }: JsonObject): { address: string; actions: string }[] {
  return maps(changes)
    .filter(({ type }) => PROVIDER.test(textOf(type)))
    .map(({ address, change }) => ({
      address: textOf(address),
      actions: isRecord(change) && Array.isArray(change['actions']) ? change['actions'].join(' and ') : '',
    }))
    .filter(({ actions }) => !['', 'no-op', 'read'].includes(actions));
}

/**
 * Resources of other providers are left out, because a state usually has many of them. Of a plan only the prior state
 * counts.
 */
export function resourcesOf(document: JsonObject): TerraformResource[] {
  const prior = isPlan(document) && isRecord(document['prior_state']) ? document['prior_state'] : document;
  const all = isState(document)
    ? fromState(document)
    : isShownState(prior)
      ? fromShownState(prior)
      : [...fromConfiguration(document, 'data'), ...fromConfiguration(document, 'resource')];
  return all.filter(({ type }) => PROVIDER.test(type));
}

function fromState({ resources }: JsonObject): TerraformResource[] {
  return maps(resources).flatMap((resource) => {
    const { mode, module } = resource;
    const type = textOf(resource['type']);
    const prefix = typeof module === 'string' ? `${module}.` : '';
    const isData = mode === 'data';
    return maps(resource['instances']).map((instance): TerraformResource => {
      const address = `${prefix}${isData ? 'data.' : ''}${type}.${textOf(resource['name'])}${indexOf(instance['index_key'])}`;
      const attributes = isRecord(instance['attributes']) ? instance['attributes'] : {};
      return compact<TerraformResource>({
        address,
        type,
        isData,
        attributes,
        line: lineOf(instance),
        deposed: instance['deposed'] === undefined ? undefined : true,
      });
    });
  });
}

/** `["quay"]` of `for_each`, `[0]` of `count`, as in Terraform's own addresses. */
function indexOf(key: Json | undefined): string {
  return key === undefined ? '' : `[${JSON.stringify(key)}]`;
}

function fromShownState({ values }: JsonObject): TerraformResource[] {
  const root = isRecord(values) ? values['root_module'] : undefined;
  return isRecord(root) ? fromModule(root) : [];
}

/** Modules are nested; their addresses are already complete (`module.cache.harbor_project.main`). */
function fromModule(module: JsonObject): TerraformResource[] {
  const own = maps(module['resources']).map((resource) =>
    compact<TerraformResource>({
      address: textOf(resource['address']),
      type: textOf(resource['type']),
      isData: resource['mode'] === 'data',
      attributes: isRecord(resource['values']) ? resource['values'] : {},
      line: lineOf(resource),
      deposed: resource['deposed_key'] === undefined ? undefined : true,
    }),
  );
  return [...own, ...maps(module['child_modules']).flatMap(fromModule)];
}

/** At each level there may be a list: tools that convert HCL write it that way. */
function fromConfiguration(document: JsonObject, block: 'data' | 'resource'): TerraformResource[] {
  return entriesOf(document[block]).flatMap(([type, labels]) =>
    entriesOf(labels).flatMap(([label, body]) =>
      maps(body).map((attributes) =>
        compact<TerraformResource>({
          address: `${block === 'data' ? 'data.' : ''}${type}.${label}`,
          type,
          isData: block === 'data',
          attributes,
          line: lineOf(attributes),
        }),
      ),
    ),
  );
}

/** Names of the modules that a configuration calls: their resources are in other files. */
export function modulesOf(document: JsonObject): string[] {
  return entriesOf(document['module']).map(([name]) => name);
}

function entriesOf(value: Json | undefined): [string, Json][] {
  return maps(value).flatMap((map) => Object.entries(map));
}

/** In JSON syntax a block is an object or a list of one. */
function maps(value: Json | undefined): JsonObject[] {
  if (isRecord(value)) return [value];
  return Array.isArray(value) ? (value as readonly Json[]).filter((one) => isRecord(one)) : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Settings of the provider block, if they are literals; in a plan, its constant values. */
export function providerOf(document: JsonObject): CarriedHarbor | undefined {
  const blocks = [
    ...maps(recordIn(document, 'provider')['harbor']),
    ...maps(recordIn(recordIn(document, 'configuration'), 'provider_config')['harbor']).map((block) =>
      recordIn(block, 'expressions'),
    ),
  ];
  const literal = (key: string): string | undefined =>
    blocks
      .map((block) => (isRecord(block[key]) ? block[key]['constant_value'] : block[key]))
      .find((value): value is string => typeof value === 'string' && value !== '' && !value.includes('${'));
  const url = literal('url');
  return url === undefined ? undefined : compact<CarriedHarbor>({ url, username: literal('username') });
}

function recordIn(value: JsonObject, key: string): JsonObject {
  const inner = value[key];
  return isRecord(inner) ? inner : {};
}
