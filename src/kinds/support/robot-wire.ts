import { flag, integer, key, list, needed, number, object, optional, text, type Shape } from '../../shape';
import { configurationsShape } from './configuration-wire';
import { HarborApiError, IdentityError } from '../../errors';
import type { Client } from '../../harbor/client';
import type { RobotAccessWire, RobotPermissionWire, RobotWire } from '../../harbor/wire';
import { compact } from '../../compact';
import type { RobotPermissions } from './robot-spec';

/** The only response that contains a robot's secret. */
export interface RobotCreatedWire {
  readonly id: number;
  readonly name: string;
  readonly secret: string;
}

/** A robot without readable permissions is not compared: writing it back would take them away. */
export const robotShape: Shape<RobotWire> = object<RobotWire>({
  id: needed(integer),
  name: key(text),
  description: optional(text),
  level: text,
  duration: number,
  disable: flag,
  editable: flag,
  expires_at: optional(number),
  permissions: list(
    object<NonNullable<RobotWire['permissions']>[number]>({
      kind: needed(text),
      namespace: needed(text),
      access: list(
        object<{ readonly resource: string; readonly action: string; readonly effect?: string }>({
          resource: needed(text),
          action: needed(text),
          effect: optional(text),
        }),
      ),
    }),
  ),
});

/** A robot with its declared name: Harbor returns only the full one. */
export interface NamedRobotWire extends RobotWire {
  readonly short_name: string;
  /** The project whose robots were read. */
  readonly project?: string;
}

/** Of a fresh Harbor. If every name begins with it, the configuration need not be read, which robots may not. */
const DEFAULT_PREFIX = 'robot$';

/** For a project's robot: `<prefix><project>+<name>`; a name contains no `+`. */
export function projectRobot(wire: RobotWire, project: string): NamedRobotWire {
  return { ...wire, project, level: 'project', short_name: wire.name.slice(wire.name.lastIndexOf('+') + 1) };
}

/** System robots: `<prefix><name>`; only the configuration shows reliably where the prefix ends. */
export async function systemRobots(client: Client, wires: readonly RobotWire[]): Promise<NamedRobotWire[]> {
  const usual = wires.every(({ name }) => name === '' || name.startsWith(DEFAULT_PREFIX));
  const prefix = usual ? DEFAULT_PREFIX : await configuredPrefix(client);
  return wires.map((wire) => ({
    ...wire,
    level: wire.level || 'system',
    short_name: withoutPrefix(wire.name, prefix),
  }));
}

/** Undefined without a user: robots may not read the configuration. */
async function configuredPrefix(client: Client): Promise<string | undefined> {
  try {
    const all = await client.get('/configurations', { shape: configurationsShape, as: 'user' });
    return String(all['robot_name_prefix']?.value ?? '');
  } catch (error) {
    if (error instanceof IdentityError || (error instanceof HarborApiError && error.status === 403)) return undefined;
    throw error;
  }
}

/** If the prefix is unknown, it is assumed to end at a character that robot names cannot contain. */
function withoutPrefix(name: string, prefix: string | undefined): string {
  if (prefix !== undefined && name.startsWith(prefix)) return name.slice(prefix.length);
  return name.replace(/^.*[^a-z0-9._-]/, '');
}

/**
 * Harbor stores permissions in a map: their order changes between responses (docs/harbor-behavior.md 8.4).
 *
 *      permissions of a system robot                                  spec
 *      { kind: system, namespace: /, access: [registry list] }        system: [registry:list]
 *      { kind: project, namespace: *, access: [repository pull] }     projects: { '*': [repository:pull] }
 *      { kind: project, namespace: a, … } twice                       one list for a
 */
export function permissionsFromWire({ level, permissions }: RobotWire): RobotPermissions {
  const all = permissions ?? [];
  if (level === 'project') return { access: pairsOf(all) };
  const names = all.filter(({ kind }) => kind === 'project').map(({ namespace }) => namespace);
  const projects = names.map((name) => [
    name,
    pairsOf(all.filter((p) => p.kind === 'project' && p.namespace === name)),
  ]);
  return {
    system: pairsOf(all.filter(({ kind }) => kind === 'system')),
    projects: Object.fromEntries(projects) as Record<string, string[]>,
  };
}

/** The namespace of the system level is `/`. A project robot has exactly one block. */
export function permissionsToWire(spec: RobotPermissions & { readonly project?: string }): RobotPermissionWire[] {
  const { project, access = [], system = [], projects = {} } = spec;
  if (project !== undefined) return [{ kind: 'project', namespace: project, access: access.map(accessOf) }];
  return [
    ...(system.length === 0 ? [] : [{ kind: 'system', namespace: '/', access: system.map(accessOf) }]),
    ...Object.entries(projects).map(([namespace, pairs]) => ({
      kind: 'project',
      namespace,
      access: pairs.map(accessOf),
    })),
  ];
}

/** A set: Harbor drops duplicates and returns its own order. */
export function sortedPairs(pairs: readonly string[]): string[] {
  return [...new Set(pairs)].sort();
}

function pairsOf(permissions: readonly RobotPermissionWire[]): string[] {
  return sortedPairs(permissions.flatMap(({ access }) => (access ?? []).map(pairOf)));
}

/** An effect other than "allow" cannot be declared and must be shown. */
function pairOf({ resource, action, effect }: RobotAccessWire): string {
  return `${resource}:${action}${effect && effect !== 'allow' ? `:${effect}` : ''}`;
}

/** Also with a third part, `repository:pull:deny`: what was set elsewhere is written back as it is. */
function accessOf(pair: string): RobotAccessWire {
  const [resource = '', action = '', effect] = pair.split(':');
  return compact<RobotAccessWire>({ resource, action, effect });
}
