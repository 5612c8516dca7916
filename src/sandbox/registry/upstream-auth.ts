import type { UpstreamRegistry } from './upstream-http';
import { readBytes, send, sendExpectingSuccess } from './upstream-http';

/** Gives the Authorization header for a scope; undefined when the upstream wants none. */
export type Authorizer = (scope: string | undefined) => Promise<string | undefined>;

interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Asks `/v2/` how the upstream wants to be talked to. Harbor does this anew for every request it passes on
 * (harbor.md 3.2), so pings are most of what an upstream sees.
 */
export async function createAuthorizer(registry: UpstreamRegistry, base: URL): Promise<Authorizer> {
  const response = await send(registry, { method: 'GET', url: new URL('/v2/', base) });
  response.resume();
  const challenges = parseChallenges(response.headers['www-authenticate']);
  const bearer = challenges.find((challenge) => challenge.scheme === 'bearer');
  if (bearer) return (scope) => fetchToken(registry, bearer.parameters, scope);
  if (challenges.some((challenge) => challenge.scheme === 'basic')) return async () => basic(registry);
  return async () => undefined;
}

async function fetchToken(
  registry: UpstreamRegistry,
  parameters: Challenge['parameters'],
  scope: string | undefined,
): Promise<string | undefined> {
  const url = new URL(parameters.realm ?? '');
  url.searchParams.append('service', parameters.service ?? '');
  if (scope !== undefined) url.searchParams.append('scope', scope);
  const authorization = basic(registry);
  const headers = authorization === undefined ? {} : { authorization };
  const response = await sendExpectingSuccess(registry, { method: 'GET', url, headers });
  // Azure calls it access_token.
  const answer = JSON.parse((await readBytes(response)).toString('utf8')) as { token?: string; access_token?: string };
  const token = answer.token || answer.access_token;
  return token ? `Bearer ${token}` : undefined;
}

function basic({ credential }: UpstreamRegistry): string | undefined {
  if (!credential?.access_key) return undefined;
  const pair = `${credential.access_key}:${credential.access_secret ?? ''}`;
  return 'Basic ' + Buffer.from(pair).toString('base64');
}

export function parseChallenges(header: string | undefined): Challenge[] {
  const schemes = (header ?? '').split(/(?:^|,\s*)(?=(?:bearer|basic)\b)/i).filter((part) => part.trim() !== '');
  return schemes.map((part) => {
    const [, scheme = '', rest = ''] = /^\s*([A-Za-z]+)\s*(.*)$/s.exec(part) ?? [];
    const pairs = [...rest.matchAll(/([a-zA-Z_]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]);
    return { scheme: scheme.toLowerCase(), parameters: Object.fromEntries(pairs) as Record<string, string> };
  });
}
