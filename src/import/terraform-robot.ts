import type { Json } from '../json';
import { grouped, type CarriedObject } from './carried';
import { defined } from './defined';
import { MissingField, type Fields } from './fields';

/**
 * The permissions must all be known, because a robot with a part of them is another robot. -1 days is the provider's
 * default duration.
 *
 *      permissions { kind = "system",  namespace = "/",  access { registry:list } }      system: [registry:list]
 *      permissions { kind = "project", namespace = "*",  access { repository:pull } }  projects: { "*": [repository:pull] }
 *      level = "project", permissions { kind = "project", namespace = "p", … }           projects.p.robots.NAME.access
 */
export function robotOf(fields: Fields): CarriedObject[] {
  const written = fields.needed('name');
  // A secret is referenced by name, whether the other tool knows it or not.
  fields.skip('secret', 'secret_wo', 'secret_wo_version', 'id', 'robot_id', 'full_name');
  const shared = {
    description: fields.text('description'),
    duration: fields.certain.number('duration', -1),
    disable: fields.flag('disable'),
  };
  const level = fields.needed('level');
  const permissions = fields.things('permissions').map(permissionOf);
  dropDenied(fields, permissions);
  if (level === 'project') return [projectRobot(written, shared, permissions)];
  if (level !== 'system') throw new MissingField('level', `"${level}" is neither system nor project`);
  const accessOf = (wanted: string) => permissions.filter(({ kind }) => kind === wanted);
  const system = accessOf('system').flatMap(({ access }) => access);
  const value = defined({
    ...shared,
    system: system.length === 0 ? undefined : system,
    projects: grouped(accessOf('project').map(({ namespace, access }) => [namespace, access])),
  });
  return [{ kind: 'robot', path: 'robots.*', names: [withoutPrefix(written)], value }];
}

interface Permissions {
  readonly kind: string;
  readonly namespace: string;
  readonly access: readonly Pair[];
  readonly denied: readonly Entry[];
}

interface Entry {
  readonly pair: Pair;
  readonly isDenied: boolean;
  readonly address: string;
}

type Pair = { readonly resource: string; readonly action: string };

function permissionOf(fields: Fields): Permissions {
  const kind = fields.needed('kind');
  if (kind !== 'system' && kind !== 'project')
    throw new MissingField('permissions', `"${kind}" is neither system nor project`);
  const [namespace, entries] = [fields.needed('namespace'), fields.things('access').map(entryOf)];
  const access = entries.filter(({ isDenied }) => !isDenied).map(({ pair }) => pair);
  return { kind, namespace, access, denied: entries.filter(({ isDenied }) => isDenied) };
}

/** The project is not a field of its own in the provider: it is the namespace of the permissions. */
function projectRobot(
  name: string,
  shared: Readonly<Record<string, Json | undefined>>,
  permissions: readonly Permissions[],
): CarriedObject {
  const [project, ...others] = new Set(permissions.map(({ namespace }) => namespace));
  if (project === undefined) throw new MissingField('permissions');
  if (others.length > 0)
    throw new MissingField('permissions', 'a project robot cannot have permissions in other projects');
  const value = defined({ ...shared, access: permissions.flatMap(({ access }) => access) });
  const own = withoutPrefix(name);
  const short = own.startsWith(`${project}+`) ? own.slice(project.length + 1) : own;
  return { kind: 'robot', path: 'projects.*.robots.*', names: [project, short], value };
}

/**
 * A robot that was added to a state with `terraform import` has its full name: `robot$ci`, `robot$project+ci`. Names
 * contain no `$`.
 */
function withoutPrefix(name: string): string {
  return name.slice(name.lastIndexOf('$') + 1);
}

function entryOf(access: Fields): Entry {
  const pair = { resource: access.needed('resource'), action: access.needed('action') };
  const effect = access.text('effect', 'allow') ?? 'allow';
  if (effect !== 'allow' && effect !== 'deny') throw new MissingField('permissions', `"${effect}" is not an effect`);
  return { pair, isDenied: effect === 'deny', address: access.address };
}

/** If nothing else allows it, it is denied anyway: then `deny` has no effect, and the robot is the same without it. */
function dropDenied(fields: Fields, permissions: readonly Permissions[]): void {
  for (const { kind, namespace, denied } of permissions)
    for (const { pair, address } of denied) {
      const allowing = permissions.filter((one) => one.kind === kind && meets(one.namespace, namespace));
      const name = `${pair.resource}:${pair.action}`;
      if (allowing.some(({ access }) => access.some((other) => overlaps(other, pair))))
        throw new MissingField('permissions', `"deny" of ${name} cannot be declared, but another entry allows it`);
      const place = `${address.slice(fields.address.length + 1)} effect`;
      fields.drop(place, `"deny" cannot be declared: ${name} is left out, so it is not allowed`);
    }
}

function overlaps(one: Pair, other: Pair): boolean {
  return meets(one.resource, other.resource) && meets(one.action, other.action);
}

function meets(one: string, other: string): boolean {
  return one === other || one === '*' || other === '*';
}
