import { isRecord, type Json, type JsonObject } from '../json';

/** One resource or data source of the Harbor provider, wherever it was written down. */
export interface TerraformResource {
  /** `harbor_project.main`, `module.cache.harbor_project.main["quay"]`. */
  readonly address: string;
  readonly type: string;
  readonly attributes: JsonObject;
  /** Only looked up, not managed. */
  readonly isData: boolean;
}

const PROVIDER = /^harbor_/;

/** State as `terraform.tfstate` holds it (version 4). */
export function isState(document: JsonObject): boolean {
  return document['version'] === 4 && Array.isArray(document['resources']);
}

/** `terraform show -json` of a state. */
export function isShownState(document: JsonObject): boolean {
  return typeof document['format_version'] === 'string' && isRecord(document['values']);
}

/** Configuration in JSON syntax (`*.tf.json`, what CDKTF synthesises). */
export function isConfiguration(document: JsonObject): boolean {
  return isRecord(document['resource']);
}

export function resourcesOf(document: JsonObject): TerraformResource[] {
  const all = isState(document)
    ? fromState(document)
    : isShownState(document)
      ? fromShownState(document)
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
      return { address, type, isData, attributes: isRecord(instance['attributes']) ? instance['attributes'] : {} };
    });
  });
}

function indexOf(key: Json | undefined): string {
  return key === undefined ? '' : `[${JSON.stringify(key)}]`;
}

function fromShownState({ values }: JsonObject): TerraformResource[] {
  const root = isRecord(values) ? values['root_module'] : undefined;
  return isRecord(root) ? fromModule(root) : [];
}

function fromModule(module: JsonObject): TerraformResource[] {
  const own = maps(module['resources']).map((resource) => ({
    address: textOf(resource['address']),
    type: textOf(resource['type']),
    isData: resource['mode'] === 'data',
    attributes: isRecord(resource['values']) ? resource['values'] : {},
  }));
  return [...own, ...maps(module['child_modules']).flatMap(fromModule)];
}

function fromConfiguration(document: JsonObject, block: 'data' | 'resource'): TerraformResource[] {
  const types = document[block];
  if (!isRecord(types)) return [];
  return Object.entries(types).flatMap(([type, labels]) =>
    Object.entries(isRecord(labels) ? labels : {}).flatMap(([label, body]) =>
      maps(body).map((attributes) => ({
        address: `${block === 'data' ? 'data.' : ''}${type}.${label}`,
        type,
        isData: block === 'data',
        attributes,
      })),
    ),
  );
}

/** In JSON syntax a block is an object or a list of one. */
function maps(value: Json | undefined): JsonObject[] {
  if (isRecord(value)) return [value];
  return Array.isArray(value) ? (value as readonly Json[]).filter((one) => isRecord(one)) : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
