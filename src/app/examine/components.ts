import type { Declaration } from '../../declaration/declaration';
import { RegistryClient, type PlainAnswer, type WireOptions } from '../../oci';
import { printable } from '../../outside/printable';
import { compact } from '../../compact';
import { errorText, illCause, isFailureOfCore, raiseLimit, unavailableCause } from '../../conformance';
import type { AppContext } from '../context';
import { caOf } from '../read-ca';
import { blamed } from './blame';
import { failed, fine, type Seen } from './examination';
import { wireOf } from './pull-sources';

/** Harbor's own health: `GET /health`, which needs no login. */
export async function probeComponents(registry: RegistryClient, wire: WireOptions): Promise<Seen> {
  const answer = await registry.plain({ method: 'GET', path: '/api/v2.0/health' }, wire);
  return judgeComponents(registry.url.host, answer);
}

/**
 * Why the login failed with an error of Harbor or of a proxy in front, in the words of a run; `seen` if unknown.
 * @param seen what was tried, with its error message
 */
export async function brokenBecause(context: AppContext, { harbor }: Declaration, seen: Seen): Promise<Seen> {
  if (!harbor || context.signal.aborted) return seen;
  const registry = RegistryClient.open(compact({ url: harbor.url, ca: await caOf(harbor).catch(() => undefined) }));
  try {
    const components = await probeComponents(registry, wireOf(context.signal)).catch(() => undefined);
    if (components?.outcome !== 'error') return seen;
    return { ...components, details: [seen.message, ...(components.details ?? [])] };
  } finally {
    await registry.close();
  }
}

const ROUTE = 'the proxy in front must pass /api/, /service/ and /v2/ on to Harbor';

interface HealthWire {
  readonly status?: unknown;
  readonly components?: readonly { readonly name?: unknown; readonly status?: unknown; readonly error?: unknown }[];
}

/** The status alone is not enough: a proxy's page can be 200, so the body must be Harbor's. */
export function judgeComponents(host: string, { status, body }: Pick<PlainAnswer, 'status' | 'body'>): Seen {
  const told = status === 200 ? parse(body) : undefined;
  if (told?.status === undefined) {
    const isHarbors = isFailureOfCore(status, body) || (status < 500 && errorText(body) !== undefined);
    const seen = `GET /api/v2.0/health returned ${status}${isHarbors ? ` ${errorText(body)}` : ', but not from Harbor'}`;
    const cause = status >= 500 ? unavailableCause(host, status, isHarbors) : undefined;
    if (cause) return blamed('error', cause, `${cause.words}: ${seen}`);
    return failed(seen, status === 429 ? raiseLimit() : ROUTE);
  }
  const ill = (told.components ?? []).filter((component) => component.status !== 'healthy');
  if (ill.length > 0) {
    const names = ill.map(({ name }) => printable(String(name), 60));
    const cause = illCause(host, names);
    const reasons = ill.flatMap(({ error }, at) => reason(names[at]!, error));
    const seen = cause ? blamed('error', cause) : failed(`not healthy: ${names.join(', ')}`);
    return compact<Seen>({ ...seen, details: reasons.length > 0 ? reasons : undefined });
  }
  if (told.status !== 'healthy') return failed('Harbor reports that it is not healthy');
  return fine(`${told.components?.length ?? 0} components are healthy`);
}

function reason(name: string, error: unknown): string[] {
  return typeof error === 'string' && error !== '' ? [`${name}: ${printable(error, 200)}`] : [];
}

function parse(body: Buffer): HealthWire | undefined {
  try {
    const told: unknown = JSON.parse(body.toString('utf8'));
    return typeof told === 'object' && told !== null ? told : undefined;
  } catch {
    return undefined;
  }
}
