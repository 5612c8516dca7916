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
  /** Ids of containers that have a label of Breakwater. */
  readonly containers: ReadonlyMap<string, string>;
  readonly networks: ReadonlyMap<string, ExistingNetwork>;
  /** Names of containers of others. */
  readonly foreign: readonly string[];
}

/** What must be equal to a declared network, so that Terraform does not replace it. */
export interface ExistingNetwork {
  readonly id: string;
  readonly internal: boolean;
  readonly subnets: readonly string[];
  /** Names of running containers in it. */
  readonly members: readonly string[];
}

const CONTAINER_FORMAT = '{{.Names}}\t{{.ID}}\t{{.Labels}}';
const NETWORK_FORMAT =
  '{{.Name}}\t{{.Id}}\t{{.Internal}}\t{{range .IPAM.Config}}{{.Subnet}} {{end}}\t{{range .Containers}}{{.Name}} {{end}}';

/** Prints the input of {@link parseExisting}. */
export const EXISTING_SCRIPT =
  `docker container ls --all --no-trunc --format 'container\t${CONTAINER_FORMAT}' && ` +
  `docker network ls --quiet --no-trunc | xargs docker network inspect --format 'network\t${NETWORK_FORMAT}'`;

const OURS = /(^|,)io\.breakwater\./;

/** @param text output of `EXISTING_SCRIPT` */
export function parseExisting(text: string): Existing {
  const rows = text.split('\n').map((line) => line.split('\t'));
  const containers = rows.flatMap(([what, name, id, labels = '']) =>
    what === 'container' && name && id ? [{ name, id, ours: OURS.test(labels) }] : [],
  );
  return {
    containers: new Map(containers.flatMap(({ name, id, ours }) => (ours ? [[name, id] as const] : []))),
    networks: new Map(
      rows.flatMap(([what, name, id, internal, subnets = '', members = '']) =>
        what === 'network' && name && id
          ? [[name, { id, internal: internal === 'true', subnets: words(subnets), members: words(members) }] as const]
          : [],
      ),
    ),
    foreign: containers.flatMap(({ name, ours }) => (ours ? [] : [name])),
  };
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word.trim() !== '');
}

/**
 * What a synthesized stack declares and the host has. Images are left out: pulling them again changes nothing.
 * @param stack text of `cdk.tf.json`
 */
export function importsOf(stack: string, existing: Existing): readonly StateImport[] {
  const networks = declaredIn(stack, 'docker_network').flatMap(({ to, body, name }) => {
    const found = existing.networks.get(name);
    return found && isOurs(found, body, existing) ? [{ to, id: found.id }] : [];
  });
  const containers = declaredIn(stack, 'docker_container').flatMap(({ to, name }) => {
    const id = existing.containers.get(name);
    return id === undefined ? [] : [{ to, id }];
  });
  return [...networks, ...containers];
}

/** Containers of others that have a name which the stack needs. */
export function namesTaken(stack: string, { foreign }: Existing): readonly { to: string; name: string }[] {
  return declaredIn(stack, 'docker_container').filter(({ name }) => foreign.includes(name));
}

/** A network has no label. Terraform would delete and recreate one that is not as declared, with whatever is in it. */
function isOurs({ internal, subnets, members }: ExistingNetwork, body: Body, { foreign }: Existing): boolean {
  const { ipam_config: config } = body;
  const declared = (Array.isArray(config) ? config : []).flatMap((one) => (isRecord(one) ? [one['subnet']] : []));
  const asDeclared = internal === (body['internal'] === true) && String(subnets) === String(declared);
  return asDeclared && !members.some((name) => foreign.includes(name));
}

type Body = Readonly<Record<string, unknown>>;

/** Only resources with a name of their own: by it they are found on the host. */
function declaredIn(stack: string, type: string): { to: string; name: string; body: Body }[] {
  const { resource } = JSON.parse(stack) as { readonly resource?: Readonly<Record<string, unknown>> };
  const declared = resource?.[type];
  if (!isRecord(declared)) return [];
  return Object.entries(declared).flatMap(([key, body]) =>
    isRecord(body) && typeof body['name'] === 'string' ? [{ to: `${type}.${key}`, name: body['name'], body }] : [],
  );
}

/** As a file next to the stack. */
export function importsAsJson(imports: readonly StateImport[]): string {
  return `${JSON.stringify({ import: imports }, null, 2)}\n`;
}

/** As a person would write it. */
export function importsAsText(imports: readonly StateImport[]): string {
  return imports.map(({ to, id }) => `import {\n  to = ${to}\n  id = "${id}"\n}\n`).join('');
}
