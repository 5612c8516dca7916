import { compact } from '../compact';
import { compareText } from '../compare-text';
import type { ClientDeclaration, Declaration } from '../declaration/declaration';
import type { Diagnostic } from '../diagnostic';
import { cacheOf, type CacheProject } from '../inventory/cache';
import type { ProjectSpec, RobotSpec } from '../kinds';
import type { SecretReference } from '../secret-reference';
import { didYouMean } from '../suggest';
import type { Client, RenderInput, Upstream } from './client';
import { pullProblems } from './support/robot-access';
import { optionProblems, withDefaults } from './support/options';

/** The input for rendering a declared client; the secret is still a reference. */
export interface ResolvedClient {
  readonly client: Client;
  readonly input: Omit<RenderInput, 'robot' | 'ca'>;
  readonly robot?: { readonly username: string; readonly secret?: SecretReference };
}

/**
 * Warnings may come with a result: a robot that may not pull does not prevent the files from being rendered.
 */
export interface Resolution {
  /** Absent if a finding is an error. */
  readonly resolved?: ResolvedClient;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Resolves a declared client: its program, its registries with their projects, its robot.
 * All findings of a client are collected before the result is withheld, so that one run shows all of them.
 */
export function resolveClient(
  declaration: Declaration,
  declared: ClientDeclaration,
  clients: readonly Client[],
): Resolution {
  const client = clients.find(({ name }) => name === declared.client);
  const findings = new Findings(declared);
  if (!client)
    findings.error('client', 'unknown-client', `"${declared.client}" is not a known client`, {
      hint:
        didYouMean(
          declared.client,
          clients.map(({ name }) => name),
        ) ?? `known: ${clients.map(({ name }) => name).join(', ')}`,
    });
  for (const { field, ...problem } of client ? optionProblems(client.options, declared.options) : [])
    findings.error(`options.${field}`, problem.rule, problem.message, problem);
  const harborUrl = (declared.url ?? declaration.harbor?.url)?.replace(/\/+$/, '');
  if (harborUrl === undefined)
    findings.error('client', 'client-without-harbor', 'no Harbor is declared for these clients', {
      hint: 'add harbor.url, or url: to this client',
    });
  const upstreams = upstreamsOf(declaration, declared, findings);
  const robot = robotOf(declaration, declared, upstreams, findings);
  const { diagnostics } = findings;
  if (!client || harborUrl === undefined || findings.hasErrors) return { diagnostics };
  const { name, profile } = declared;
  const options = withDefaults(client.options, declared.options);
  return {
    resolved: compact({ client, input: { name, profile, harborUrl, upstreams, options }, robot }),
    diagnostics,
  };
}

/**
 * Sorted by registry, so that two renderings of the same declaration are equal. One entry for each registry:
 *
 *      { registry: 'docker.io', project: 'proxy.docker.io', isPublic: false, mirrors: ['hub.example.com'] }
 *
 * `isPublic` is true only if that is declared: a login that is not needed does no harm, a missing one stops pulls.
 */
function upstreamsOf(declaration: Declaration, declared: ClientDeclaration, findings: Findings): Upstream[] {
  const { projects, mirrors } = cacheOf(declaration);
  const isPublic = new Set(
    specsOf<ProjectSpec>(declaration, 'project').flatMap(({ name, public: open }) => (open === true ? [name] : [])),
  );
  const caches = projects.filter((project): project is Required<CacheProject> => project.upstream !== undefined);
  const elsewhere = new Set((declaration.external ?? []).map(({ identity }) => identity));
  const untold = specsOf<ProjectSpec>(declaration, 'project').flatMap(({ name, registry }) =>
    registry !== undefined && elsewhere.has(registry) ? [name] : [],
  );
  return wantedOf(declared, caches, untold, findings)
    .map(({ registry, project }) => ({
      registry,
      project,
      isPublic: isPublic.has(project),
      mirrors: mirrors.flatMap((mirror) =>
        mirror.project === project && mirror.serves === registry ? [mirror.domain] : [],
      ),
    }))
    .sort((a, b) => compareText(a.registry, b.registry));
}

type Wanted = Pick<Upstream, 'registry' | 'project'>;

/**
 *     registries             which
 *     not declared           all that a declared project caches
 *     a list                 those; the project is found
 *     registry: project      exactly that; needed if several projects serve one registry
 */
function wantedOf(
  { registries }: ClientDeclaration,
  caches: readonly Required<CacheProject>[],
  untold: readonly string[],
  findings: Findings,
): Wanted[] {
  // Only the author of the map knows what a project with an external registry serves.
  if (registries !== undefined && !Array.isArray(registries))
    return Object.entries(registries).flatMap(([registry, project]) =>
      untold.includes(project) ? [{ registry, project }] : mapped(registry, project, caches, findings),
    );
  const names = (registries as readonly string[] | undefined) ?? [...new Set(caches.map(({ upstream }) => upstream))];
  if (names.length === 0) findings.error('client', 'client-without-registry', 'no declared project is a proxy cache');
  return names.flatMap((registry, index) => {
    const path = registries === undefined ? 'client' : `registries[${index}]`;
    return projectOf(registry, path, caches, untold, findings);
  });
}

/** The one project that is a proxy cache of a registry. */
function projectOf(
  registry: string,
  path: string,
  caches: readonly Required<CacheProject>[],
  [untold]: readonly string[],
  findings: Findings,
): Wanted[] {
  const [project, second] = caches.filter(({ upstream }) => upstream === registry);
  if (project && !second) return [{ registry, project: project.name }];
  if (!project)
    findings.error(path, 'unknown-registry', `no declared project is a proxy cache of ${registry}`, {
      hint:
        untold === undefined
          ? didYouMean(
              registry,
              caches.map(({ upstream }) => upstream),
            )
          : `the registry of ${untold} is managed elsewhere: write registries: { ${registry}: ${untold} }`,
    });
  else
    findings.error(path, 'ambiguous-registry', `${registry} is served by ${project.name} and ${second?.name}`, {
      hint: `choose one: registries: { ${registry}: ${project.name} }`,
    });
  return [];
}

/**
 * `registries: { REGISTRY: PROJECT }`: the author chose the project, and it is checked that it serves this
 * registry.
 */
function mapped(
  registry: string,
  name: string,
  caches: readonly Required<CacheProject>[],
  findings: Findings,
): Wanted[] {
  const project = caches.find((cache) => cache.name === name);
  if (project?.upstream === registry) return [{ registry, project: name }];
  const message = project
    ? `project ${name} is a proxy cache of ${project.upstream}, not of ${registry}`
    : `no declared project ${name} is a proxy cache`;
  const known = caches.map((cache) => cache.name);
  findings.error(`registries.${registry}`, project ? 'wrong-project' : 'unknown-project', message, {
    hint: project ? undefined : didYouMean(name, known),
  });
  return [];
}

/**
 * Undefined also after an error, which is reported. A robot that is written out
 * is not checked, because its permissions are unknown.
 */
function robotOf(
  declaration: Declaration,
  { robot }: ClientDeclaration,
  upstreams: readonly Upstream[],
  findings: Findings,
): ResolvedClient['robot'] | undefined {
  if (robot === undefined) return undefined;
  if (typeof robot !== 'string') return { username: robot.name, secret: robot.secret };
  const robots = specsOf<RobotSpec>(declaration, 'robot');
  const found = robots.find((one) => identityOf(one) === robot);
  if (found) {
    const secret = secretOf(found);
    const hint = `grant ${robot} { resource: repository, action: pull } there, or name another robot`;
    for (const problem of pullProblems(found, upstreams))
      findings.warning('robot', 'robot-may-not-pull', problem, { hint });
    return compact({ username: fullName(found, declaration), secret });
  }
  findings.error('robot', 'unknown-robot', `no robot ${robot} is declared`, {
    hint:
      didYouMean(robot, robots.map(identityOf)) ?? 'write a declared robot, or { name: robot$x, secret: { env: X } }',
  });
  return undefined;
}

/** A declared secret, or the file that Harbor's generated one was written to. */
function secretOf({ secret, secret_to: to }: RobotSpec): SecretReference | undefined {
  return secret ?? (to?.as === 'plain' ? { file: to.file } : undefined);
}

/** As in addresses: `ci`, or `proj+ci` of a project. */
function identityOf({ name, project }: RobotSpec): string {
  return project === undefined ? name : `${project}+${name}`;
}

/**
 * Harbor's prefix is a setting; `robot$` by default (docs/harbor-behavior.md 8.6). A prefix that was changed in Harbor
 * and is not declared is not known here: then the rendered login is refused, and `clients verify` shows it.
 */
function fullName(robot: RobotSpec, declaration: Declaration): string {
  const [configuration] = specsOf<Record<string, unknown>>(declaration, 'configuration');
  const prefix = configuration?.['robot_name_prefix'];
  return `${typeof prefix === 'string' ? prefix : 'robot$'}${identityOf(robot)}`;
}

function specsOf<Spec extends object>({ objects }: Declaration, kind: string): Spec[] {
  return objects.filter((object) => object.kind === kind).map(({ spec }) => spec as Spec);
}

interface More {
  readonly hint?: string | undefined;
}

/**
 * Findings about one declared client, each at the position of its key. A class, because five functions add to one list
 * and the result depends on whether an error is in it.
 */
class Findings {
  readonly diagnostics: Diagnostic[] = [];
  constructor(private readonly declared: ClientDeclaration) {}

  get hasErrors(): boolean {
    return this.diagnostics.some(({ severity }) => severity === 'error');
  }

  error(path: string, rule: string, message: string, more: More = {}): void {
    this.add('error', path, rule, message, more);
  }

  warning(path: string, rule: string, message: string, more: More = {}): void {
    this.add('warning', path, rule, message, more);
  }

  private add(severity: Diagnostic['severity'], path: string, rule: string, message: string, { hint }: More): void {
    const { name, places, at } = this.declared;
    this.diagnostics.push(
      compact({
        rule,
        severity,
        message: `clients.${name}.${path}: ${message}`,
        hint,
        at: places.get(path) ?? at,
        path: `clients.${name}.${path}`,
      }),
    );
  }
}
