import type { ServerResponse } from 'node:http';
import type { Rank } from '../../src/conformance';
import { Front } from './front';
import type { World, WorldOptions } from './world';

/** A cause that the report must name. */
export interface Expected {
  readonly kind: string;
  readonly rank: Rank;
  /** In what to do, or in its command. */
  readonly action: RegExp;
  /** Where it shows; by default only the kind is compared. */
  readonly projects?: readonly string[];
}

/** One root cause, as it is injected. */
export interface Fault {
  readonly options?: () => WorldOptions | Promise<WorldOptions>;
  readonly arrange?: (world: World) => unknown;
  readonly causes: readonly Expected[];
}

export const one = (kind: string, rank: Rank, action: RegExp, ...projects: string[]): Expected[] => [
  { kind, rank, action, ...(projects.length > 0 && { projects }) },
];

export const DAY_S = 24 * 3600;
export const nowS = (): number => Math.floor(Date.now() / 1000);

export const json = (response: ServerResponse, status: number, body: unknown): true => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return true;
};
export const page = (response: ServerResponse, status = 200): true => {
  response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Harbor</html>');
  return true;
};
export const isManifestOf = (url: string | undefined, project: string): boolean =>
  (url ?? '').startsWith(`/v2/${project}/`) && (url ?? '').includes('/manifests/');

/** A pull that the policy refuses, in Harbor's own words. */
export function refuse(world: World, words: string): void {
  world.front.intercept = (incoming, response) =>
    isManifestOf(incoming.url, 'open') && incoming.headers.authorization !== undefined
      ? json(response, 412, { errors: [{ code: 'PROJECTPOLICYVIOLATION', message: words }] })
      : false;
}

export const VULNERABLE =
  'current image with 3 vulnerabilities cannot be pulled due to configured policy in \'Prevent images with vulnerability severity of "High" or higher from running.\'';

export function realm(front: Front, url: string): void {
  front.rewrite = (_incoming, answer) => {
    const challenge = [answer.headers['www-authenticate']].flat().join(', ');
    if (challenge.startsWith('Bearer'))
      answer.headers['www-authenticate'] = challenge.replace(/realm="[^"]*"/, `realm="${url}"`);
  };
}

export function rotated(world: World, name: string): void {
  const { robots } = world.sandbox.store;
  const other = name === 'clusters' ? 'closed+puller' : 'clusters';
  robots.update(world.robotId(name), { secret: robots.get(world.robotId(other))!.secret });
}

export function permit(world: World, name: string, actions: readonly string[]): void {
  const { robots } = world.sandbox.store;
  const id = world.robotId(name);
  const permissions = robots.get(id)!.permissions.map((permission) => ({
    ...permission,
    access: actions.map((action) => ({ resource: 'repository', action })),
  }));
  robots.update(id, { permissions });
}

/** What was pulled is never listed: Harbor could not store it. */
export const noArtifacts: Front['intercept'] = (incoming, response) =>
  /\/artifacts\//.test(incoming.url ?? '')
    ? json(response, 404, { errors: [{ code: 'NOT_FOUND', message: '' }] })
    : false;

export function ill(url: string | undefined, response: ServerResponse, name: string): boolean {
  if (url !== '/api/v2.0/health') return false;
  const components = ['core', 'database', 'redis', 'registry', 'registryctl', 'jobservice', 'portal', 'trivy'].map(
    (one) => ({
      name: one,
      status: one === name ? 'unhealthy' : 'healthy',
    }),
  );
  return json(response, 200, { status: 'unhealthy', components });
}

/** This machine reaches both upstreams by fronts of its own, that can be told to be wrong. */
export async function throughFronts(world: World, arrange: (front: Front) => void): Promise<void> {
  for (const { name, origin } of world.target.projects) {
    if (!origin) continue;
    const front = await Front.start();
    front.target = origin.url;
    world.closing.push(() => front.close());
    world.redeclare(name, { origin: { ...origin, url: front.url } });
    arrange(front);
  }
}
