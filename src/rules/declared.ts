import type { Declaration } from '../declaration/declaration';

/** What rules look at of the declared objects: all fields may be absent, and defaults are not filled in. */
export interface DeclaredRegistry {
  readonly type?: string;
  readonly url?: string;
  readonly insecure?: boolean;
  readonly credential?: { readonly access_key?: string; readonly access_secret?: unknown };
}
export interface DeclaredProject {
  readonly name: string;
  readonly registry?: string;
  readonly public?: boolean;
  readonly prevent_vul?: boolean;
  readonly auto_scan?: boolean;
  readonly proxy_cache_filter_pattern?: string;
}
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
export type DeclaredConfiguration = Readonly<Record<string, unknown>>;

interface Specs {
  readonly registry: DeclaredRegistry;
  readonly project: DeclaredProject;
  readonly robot: DeclaredRobot;
  readonly configuration: DeclaredConfiguration;
  readonly 'scan-all-schedule': { readonly cron?: string };
  readonly retention: { readonly project: string };
  readonly quota: { readonly project: string };
}

export type Declared = Pick<Declaration, 'objects' | 'conformance'>;

/** The declared objects of one kind, with their addresses. */
export function specsOf<K extends keyof Specs>(
  { objects }: Declared,
  kind: K,
): readonly { readonly address: string; readonly identity: string; readonly spec: Specs[K] }[] {
  return objects
    .filter((object) => object.kind === kind)
    .map(({ address, identity, spec }) => ({ address, identity, spec: spec as Specs[K] }));
}

/** Proxy cache projects, with the registry behind each where it is declared. */
export function proxiesOf(declared: Declared) {
  const registries = new Map(specsOf(declared, 'registry').map(({ identity, spec }) => [identity, spec]));
  return specsOf(declared, 'project').flatMap((project) => {
    const { registry } = project.spec;
    return registry === undefined ? [] : [{ ...project, upstream: registries.get(registry) }];
  });
}

/** What a setting of Harbor is declared to be, where it is. */
export function settingsOf(declared: Declared): { address: string; settings: DeclaredConfiguration } {
  const [configuration] = specsOf(declared, 'configuration');
  return { address: configuration?.address ?? '', settings: configuration?.spec ?? {} };
}

/** The parts of a URL; undefined for what is not one. */
export function urlOf(text: string | undefined): URL | undefined {
  try {
    return text === undefined ? undefined : new URL(text);
  } catch {
    return undefined;
  }
}
