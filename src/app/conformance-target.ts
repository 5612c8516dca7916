import { compact } from '../compact';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { canaryControl } from '../canary/control-client';
import type {
  ConformanceTarget,
  MirrorTarget,
  ProjectTarget,
  PullCredential,
  UpstreamControl,
  UpstreamOrigin,
  VulnerabilityTarget,
  WriteProbe,
} from '../conformance';
import type {
  CanaryDeclaration,
  ConformanceDeclaration,
  Declaration,
  HarborConnection,
  MirrorDeclaration,
  ProbeRobot,
  VulnerabilityDeclaration,
} from '../declaration/declaration';
import type { ResolveSecret } from '../declaration/secrets/secrets';
import type { ProjectSpec, RegistrySpec, RobotSpec } from '../kinds';
import type { SecretReference } from '../secret-reference';
import { retrySeconds, toShield } from '../mirror';
import { objectsOf } from './objects-of';

/** What the declaration does not contain: the connection, secrets, and the choice of projects. */
export interface TargetOptions {
  readonly declaration: Declaration;
  readonly harbor: HarborConnection;
  readonly secret: ResolveSecret;
  /** PEM of Harbor's own CA; the CAs of upstreams are declared with them. */
  readonly ca?: string;
  /** Only these; empty means all that declare `conformance`. */
  readonly only: readonly string[];
}

/** What has to be verified according to the declaration, as data for the runner. */
export function conformanceTarget(options: TargetOptions): ConformanceTarget {
  const { declaration, harbor, secret, ca, only } = options;
  const projects = new Map(objectsOf(declaration, 'project').map((project) => [project.name, project]));
  const chosen = declaration.conformance.filter(({ project }) => only.length === 0 || only.includes(project));
  const api = apiCredential(harbor, secret);
  return compact({
    harborUrl: harbor.url,
    ca,
    apiCredential: api,
    projects: chosen.map((proof): ProjectTarget => {
      const { project: name, pull, pullAt, platforms, at } = proof;
      const declared = projects.get(name);
      const type = registryNamed(declared?.registry, declaration)?.type;
      const robots = robotsFor(name, options);
      const [pullCredential] = robots;
      const origin = declared?.registry === undefined ? undefined : originOf(declared.registry, options);
      return compact({
        name,
        public: declared?.public ?? false,
        proxy: declared?.registry !== undefined,
        images: pull.map((image) => fullImage(image, type)),
        platforms,
        localOnNotFound: declared?.proxy_cache_local_on_not_found ?? false,
        registryType: type,
        ...(declared ? situationOf(declared, declaration) : {}),
        position: at,
        imagePositions: pullAt,
        ...(pullCredential ? { pullCredential, robots } : {}),
        registry: declared?.registry,
        declaredRegistry: declaredRegistry(registryNamed(declared?.registry, declaration)),
        origin,
        ...proofsOf(proof, options, type),
      });
    }),
  });
}

type Proofs = Pick<ProjectTarget, 'mirrors' | 'upstream' | 'writeProbe' | 'vulnerability'>;

/** What is declared only for conformance. */
function proofsOf(declared: ConformanceDeclaration, options: TargetOptions, type: string | undefined): Proofs {
  const { mirrors, canary, write_probe: probe, vulnerability } = declared;
  return compact({
    mirrors: mirrors?.map(toMirror),
    upstream: canary && controlOf(canary, options),
    writeProbe: probe && toWriteProbe(probe, options),
    vulnerability: vulnerability && toVulnerability(vulnerability, type),
  });
}

/** Passwords are functions here too: a probe that is not run never reads them. */
function toWriteProbe(
  { like_scanner: like, ...robot }: NonNullable<ConformanceDeclaration['write_probe']>,
  { secret }: TargetOptions,
): WriteProbe {
  const credentialOf = ({ robot: username, secret: reference }: ProbeRobot): WriteProbe['robot'] => ({
    username,
    password: () => secret(reference),
  });
  return compact({ robot: credentialOf(robot), likeScanner: like && credentialOf(like) });
}

function toVulnerability(declared: VulnerabilityDeclaration, type: string | undefined): VulnerabilityTarget {
  const full = (images: readonly string[] = []): string[] => images.map((image) => fullImage(image, type));
  return {
    refused: full(declared.refused),
    unscanned: full(declared.unscanned),
    allowed: full(declared.allowed),
    refuseFirstPull: declared.refuse_first_pull ?? false,
    egressClosed: declared.egress_closed ?? false,
  };
}

/**
 * `library/nginx:1` for the `nginx:1` of Docker Hub: Harbor redirects the short name and stores the image under the
 * long one (docs/harbor-behavior.md 10.1), so only the long one is found in its cache. S11 tests the short one.
 */
function fullImage(image: string, registryType: string | undefined): string {
  return registryType === 'docker-hub' && !image.includes('/') ? `library/${image}` : image;
}

type Situation = Pick<
  ProjectTarget,
  'maxUpstreamConnections' | 'repositoryFilter' | 'preventVulnerable' | 'severity' | 'autoScan' | 'quotaBytes'
>;

/** The declared settings of a project that decide how Harbor responds for it. */
function situationOf(project: ProjectSpec, declaration: Declaration): Situation {
  const { max_upstream_conn: connections, proxy_cache_filter_pattern: pattern } = project;
  const kind = project.proxy_cache_filter_kind === 'regex' ? 'regex' : 'doublestar';
  const quota = objectsOf(declaration, 'quota').find((one) => one.project === project.name);
  return compact({
    preventVulnerable: project.prevent_vul,
    severity: project.severity,
    autoScan: project.auto_scan,
    quotaBytes: quota?.storage_limit,
    maxUpstreamConnections: connections,
    repositoryFilter: pattern === undefined || pattern === '' ? undefined : { pattern, kind },
  });
}

function registryNamed(name: string | undefined, declaration: Declaration): RegistrySpec | undefined {
  return objectsOf(declaration, 'registry').find((one) => one.name === name);
}

/** What is not declared is compared with its default, as in a plan. */
function declaredRegistry(spec: RegistrySpec | undefined): ProjectTarget['declaredRegistry'] {
  if (!spec) return undefined;
  const { type, url, insecure = false, credential } = spec;
  return compact({ type, url, insecure, account: credential?.access_key ?? '' });
}

/** Nothing is requested or read before a scenario runs. */
export function controlOf(
  { url, token, ca_file: file }: CanaryDeclaration,
  { secret, declaration: { directory } }: Pick<TargetOptions, 'secret' | 'declaration'>,
): UpstreamControl {
  const ca = file === undefined ? {} : { ca: () => readFile(resolve(directory, file), 'utf8') };
  return canaryControl({ url, token: () => secret(token), ...ca });
}

/** Types whose upstream can be queried at its own URL, with nothing but the registry protocol. */
const ASKED_BY_URL = [
  'docker-registry',
  'harbor',
  'github-ghcr',
  'quay',
  'azure-acr',
  'google-gcr',
  'jfrog-artifactory',
];
/** Its registry, its token service and the image whose headers show the rate limit have three names. */
const DOCKER_HUB = {
  url: 'https://registry-1.docker.io',
  realms: ['https://auth.docker.io'],
  preview: 'ratelimitpreview/test:latest',
};

/**
 * Undefined if a client needs more than the protocol (ECR), or if TLS is not verified: then the upstream is not
 * queried.
 */
function originOf(name: string, { declaration, secret }: TargetOptions): UpstreamOrigin | undefined {
  const registry = registryNamed(name, declaration);
  if (!registry || (registry.insecure === true && registry.url?.startsWith('https:'))) return undefined;
  const { access_key: username, access_secret: reference } = registry.credential ?? {};
  const credential =
    username !== undefined && username !== '' && reference
      ? { credential: { username, password: () => secret(reference) } }
      : {};
  const ca = registry.ca_certificate === undefined ? {} : { ca: registry.ca_certificate };
  if (registry.type === 'docker-hub') return { ...DOCKER_HUB, ...credential };
  const { url } = registry;
  return url !== undefined && ASKED_BY_URL.includes(registry.type) ? { url, ...ca, ...credential } : undefined;
}

/** A mirror without `serves` is one of Docker Hub, because dockerd mirrors nothing else. */
function toMirror({ domain, serves, shield }: MirrorDeclaration): MirrorTarget {
  const declared = shield && toShield(shield);
  return compact({
    url: `https://${domain}`,
    serves: serves ?? 'docker.io',
    shield: declared && {
      revalidateMs: declared.revalidateSeconds * 1_000,
      retryMs: retrySeconds(declared) * 1_000,
    },
  });
}

/** Projects named on the command line that declare nothing to verify: a typo must not pass as green. */
export function unknownProjects({ conformance }: Declaration, only: readonly string[]): string[] {
  return only.filter((name) => !conformance.some(({ project }) => project === name));
}

function apiCredential(
  { robot, username, password }: HarborConnection,
  secret: ResolveSecret,
): PullCredential | undefined {
  if (robot) return { username: robot.name, password: () => secret(robot.secret) };
  return username !== undefined && password ? { username, password: () => secret(password) } : undefined;
}

/**
 * Every declared robot that may pull from this project and whose secret is available here. The one with the fewest
 * other permissions comes first, because clusters use such a robot: checks pull as this one.
 */
export function robotsFor(project: string, { declaration, secret }: TargetOptions): PullCredential[] {
  return objectsOf(declaration, 'robot')
    .filter((robot) => robot.disable !== true)
    .flatMap((robot) => {
      const reference = secretOf(robot, declaration.directory);
      const actions = repositoryActions(robot, project);
      return reference && actions.includes('pull') ? [{ robot, reference, actions }] : [];
    })
    .sort((a, b) => a.actions.length - b.actions.length)
    .map(({ robot, reference, actions }) => ({
      username: fullName(robot, declaration),
      address: `robot/${robot.project === undefined ? '' : `${robot.project}+`}${robot.name}`,
      password: () => secret(reference),
      actions,
    }));
}

/** The `resource:action` pairs of this project that a registry token can name (docs/harbor-behavior.md 2.8). */
function repositoryActions(robot: RobotSpec, project: string): string[] {
  const ofSystem = [...(robot.projects?.['*'] ?? []), ...(robot.projects?.[project] ?? [])];
  const pairs = robot.project === undefined ? ofSystem : robot.project === project ? (robot.access ?? []) : [];
  return ['pull', 'push', 'delete', 'scanner-pull'].filter((action) => pairs.includes(`repository:${action}`));
}

/** Declared by reference, or written to a plain file when the robot was created. */
function secretOf({ secret, secret_to: to }: RobotSpec, directory: string): SecretReference | undefined {
  if (secret) return secret;
  return to && (to.as ?? 'plain') === 'plain' ? { file: resolve(directory, to.file) } : undefined;
}

/** `robot$clusters`, `robot$proxy.docker.io+puller` (docs/harbor-behavior.md 8.6). */
function fullName({ name, project }: RobotSpec, declaration: Declaration): string {
  const [configuration] = objectsOf(declaration, 'configuration');
  const prefix = configuration?.robot_name_prefix;
  return `${typeof prefix === 'string' ? prefix : 'robot$'}${project === undefined ? '' : `${project}+`}${name}`;
}
