import type { Declaration, DeclaredObject, OrganisationRules } from '../declaration/declaration';
import { grouped } from '../grouped';
import { isRecord, type JsonObject } from '../json';

/** The fields of declared objects that rules read: all may be absent, and defaults are not filled in. */
export interface DeclaredRegistry {
  readonly type?: string;
  readonly url?: string;
  readonly insecure?: boolean;
  readonly credential?: { readonly access_key?: string; readonly access_secret?: unknown };
}
/**
 * A field that is absent is not declared: Harbor keeps its value, and no rule judges it. Rules therefore compare with
 * `=== true` or `=== false`, never by truth alone.
 */
export interface DeclaredProject {
  readonly name: string;
  readonly registry?: string;
  readonly public?: boolean;
  readonly prevent_vul?: boolean;
  readonly auto_scan?: boolean;
  readonly severity?: string;
  readonly proxy_cache_filter_pattern?: string;
  readonly proxy_cache_local_on_not_found?: boolean;
  readonly proxy_speed_kb?: number;
  readonly max_upstream_conn?: number;
}
/** Permissions as `resource:action` pairs, in the normal form that the kind makes of both declared forms. */
export interface DeclaredRobot {
  readonly name: string;
  readonly project?: string;
  readonly duration?: number;
  readonly disable?: boolean;
  /** `resource:action` */
  readonly access?: readonly string[];
  readonly system?: readonly string[];
  readonly projects?: Readonly<Record<string, readonly string[]>>;
}
/** By the names of Harbor's API, such as `oidc_endpoint`. Only what is declared is in it. */
export type DeclaredConfiguration = Readonly<Record<string, unknown>>;

interface Specs {
  readonly registry: DeclaredRegistry;
  readonly project: DeclaredProject;
  readonly robot: DeclaredRobot;
  readonly configuration: DeclaredConfiguration;
  readonly 'scan-all-schedule': { readonly cron?: string };
  readonly 'gc-schedule': { readonly cron?: string; readonly delete_untagged?: boolean };
  readonly 'project-member': { readonly project: string };
  readonly retention: { readonly project: string; readonly schedule?: string; readonly rules?: readonly unknown[] };
  readonly quota: { readonly project: string; readonly storage_limit?: number };
}

/** The parts of a declaration that rules read. */
export type Declared = Pick<Declaration, 'objects' | 'conformance' | 'harbor' | 'clients' | 'rules' | 'originOf'>;

interface Declares<Spec> {
  readonly address: string;
  readonly identity: string;
  readonly spec: Spec;
}

/** The declared objects of one kind, with their addresses. */
export function specsOf<K extends keyof Specs>({ objects }: Declared, kind: K): readonly Declares<Specs[K]>[] {
  return objects
    .filter((object) => object.kind === kind)
    .map(({ address, identity, spec }) => ({ address, identity, spec: spec as Specs[K] }));
}

type BelowProjects = { [K in keyof Specs]: Specs[K] extends { readonly project: string } ? K : never }[keyof Specs];

/** The same by project. A rule that searches all objects for each project takes seconds for 10,000 of them. */
export function specsByProject<K extends BelowProjects>(
  declared: Declared,
  kind: K,
): ReadonlyMap<string, readonly Declares<Specs[K]>[]> {
  return grouped(specsOf(declared, kind), ({ spec }) => spec.project);
}

/** Proxy cache projects, each with its registry if that is declared. */
export function proxiesOf(declared: Declared) {
  const registries = new Map(specsOf(declared, 'registry').map(({ identity, spec }) => [identity, spec]));
  return specsOf(declared, 'project').flatMap((project) => {
    const { registry } = project.spec;
    return registry === undefined ? [] : [{ ...project, upstream: registries.get(registry) }];
  });
}

/** Whether Harbor pulls from this registry with an account. An ECR without a key uses the role of the machine. */
export function hasAccount(upstream: DeclaredRegistry | undefined): boolean {
  return upstream !== undefined && (upstream.credential !== undefined || upstream.type === 'aws-ecr');
}

/** The requirements of the organisation; empty if there are none. */
export function organisationOf({ rules }: Declared): Omit<OrganisationRules, 'at'> {
  return rules ?? {};
}

/** Every string in a value, with its dotted path. */
export function textsBelow(value: unknown, path: string): { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as JsonObject).flatMap(([key, inner]) =>
    textsBelow(inner, path === '' ? key : `${path}.${key}`),
  );
}

/**
 * Finds the values that an object declares in a field. Fields below a project are objects of their own: these count.
 * Empty: it declares none.
 */
export function fieldsIn({ objects }: Declared): (object: DeclaredObject, field: string) => unknown[] {
  const placeOf = (kind: string, project: string | undefined): string => JSON.stringify([kind, project]);
  let byPlace: ReadonlyMap<string, readonly DeclaredObject[]> | undefined;
  return ({ kind, spec, identity }, field) => {
    const own = field.split('.').reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), spec);
    if (own !== undefined) return [own];
    const below = kind === 'project' ? BELOW_PROJECTS[field] : undefined;
    if (below === undefined) return [];
    byPlace ??= grouped(objects, (object) =>
      placeOf(object.kind, (object.spec as { readonly project?: string }).project),
    );
    const objectsBelow = byPlace.get(placeOf(below, identity)) ?? [];
    return objectsBelow.map((object) => (object.spec as JsonObject)[field] ?? object.spec);
  };
}

const BELOW_PROJECTS: Readonly<Record<string, string>> = {
  storage_limit: 'quota',
  retention: 'retention',
  members: 'project-member',
  robots: 'robot',
  labels: 'label',
  webhooks: 'webhook',
  immutable_tags: 'immutable-tag-rule',
  preheat: 'preheat-policy',
  scanner: 'project-scanner',
};

/** Whether a host is this machine. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|(?:.*\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])\.?$/i.test(host);
}

/** The declared value of a setting of Harbor, with its place. */
export function settingsOf(declared: Declared): { address: string; settings: DeclaredConfiguration } {
  const [configuration] = specsOf(declared, 'configuration');
  return { address: configuration?.address ?? '', settings: configuration?.spec ?? {} };
}

/** The parts of a URL; undefined if it is not a URL. */
export function urlOf(text: string | undefined): URL | undefined {
  try {
    return text === undefined ? undefined : new URL(text);
  } catch {
    return undefined;
  }
}
