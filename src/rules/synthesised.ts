import { isRecord, type Json, type JsonObject } from '../json';

/** A stack as `cdktf synth` writes it: Terraform's JSON syntax. */
export interface SynthesisedStack {
  readonly id: string;
  readonly json: Json;
}

/** A `docker_container` with its address: `harbor/docker_container.core`. */
export interface ContainerResource {
  readonly address: string;
  readonly properties: JsonObject;
}

/** A string of a stack. The address is for people and for waivers, which name it or a place above it. */
export interface TextAt {
  /** `harbor/resource.docker_container.core.entrypoint[2]` */
  readonly address: string;
  readonly text: string;
}

/** In the order of the stacks and of the resources in them. */
export function containersIn(stacks: readonly SynthesisedStack[]): ContainerResource[] {
  return resourcesIn(stacks, 'docker_container');
}

/** The resources of one type. A resource that is not a map, which Terraform would refuse, has no properties. */
export function resourcesIn(stacks: readonly SynthesisedStack[], type: string): ContainerResource[] {
  return stacks.flatMap(({ id, json }) =>
    Object.entries(objectAt(objectAt(json, 'resource'), type)).map(([name, properties]) => ({
      address: `${id}/${type}.${name}`,
      properties: isRecord(properties) ? properties : {},
    })),
  );
}

/** Every string, with its place; cdktf's own notes (`//`) are left out. */
export function textsIn(stacks: readonly SynthesisedStack[]): TextAt[] {
  return stacks.flatMap(({ id, json }) => textsBelow(json, `${id}/`));
}

function textsBelow(value: Json, address: string): TextAt[] {
  if (typeof value === 'string') return [{ address: address.replace('/.', '/'), text: value }];
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => textsBelow(item, `${address}[${index}]`));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '//' ? [] : textsBelow(inner, `${address}.${key}`)));
}

/** An array of strings; empty if it is not one. */
export function wordsOf({ properties }: ContainerResource, key: string): string[] {
  const value = properties[key];
  return Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string') : [];
}

/** An array of objects; empty if it is not one. */
export function blocksOf({ properties }: ContainerResource, key: string): JsonObject[] {
  const value = properties[key];
  const items: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : value === undefined ? [] : [value];
  return items.filter((one) => isRecord(one));
}

/** A string or a number as a string; empty for all else. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function objectAt(value: Json | undefined, key: string): JsonObject {
  const inner = isRecord(value) ? value[key] : undefined;
  return isRecord(inner) ? inner : {};
}
