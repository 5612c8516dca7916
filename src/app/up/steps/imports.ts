import { isRecord } from '../../../json';

/** A resource that Terraform imports instead of creating it. */
export interface StateImport {
  /** `docker_container.core` */
  readonly to: string;
  /** The provider's id of the existing object. */
  readonly id: string;
}

/** What exists on the host, by its name in the stack. */
export interface Existing {
  /** Ids of containers. */
  readonly containers: ReadonlyMap<string, string>;
  /** Ids of networks. */
  readonly networks: ReadonlyMap<string, string>;
}

/** Prints the input of {@link parseExisting}. */
export const EXISTING_SCRIPT =
  "docker container ls --all --no-trunc --format 'container\t{{.Names}}\t{{.ID}}' && " +
  "docker network ls --no-trunc --format 'network\t{{.Name}}\t{{.ID}}'";

export function parseExisting(text: string): Existing {
  const rows = text.split('\n').map((line) => line.trim().split('\t'));
  const of = (kind: string): ReadonlyMap<string, string> =>
    new Map(rows.flatMap(([what, name, id]) => (what === kind && name && id ? [[name, id] as const] : [])));
  return { containers: of('container'), networks: of('network') };
}

/**
 * What a synthesized stack declares and the host has. Images are left out: pulling them again changes nothing.
 * @param stack text of `cdk.tf.json`
 */
export function importsOf(stack: string, { containers, networks }: Existing): readonly StateImport[] {
  return [...importsOfType(stack, 'docker_network', networks), ...importsOfType(stack, 'docker_container', containers)];
}

function importsOfType(stack: string, type: string, ids: ReadonlyMap<string, string>): readonly StateImport[] {
  const { resource } = JSON.parse(stack) as { readonly resource?: Readonly<Record<string, unknown>> };
  const declared = resource?.[type];
  if (!isRecord(declared)) return [];
  return Object.entries(declared).flatMap(([key, body]) => {
    const name = isRecord(body) ? body['name'] : undefined;
    const id = typeof name === 'string' ? ids.get(name) : undefined;
    return id === undefined ? [] : [{ to: `${type}.${key}`, id }];
  });
}

/** As a file next to the stack. */
export function importsAsJson(imports: readonly StateImport[]): string {
  return `${JSON.stringify({ import: imports }, null, 2)}\n`;
}

/** As a person would write it. */
export function importsAsText(imports: readonly StateImport[]): string {
  return imports.map(({ to, id }) => `import {\n  to = ${to}\n  id = "${id}"\n}\n`).join('');
}
