import { compact } from '../../compact';
import { NetworkError } from '../../errors';
import { createDispatcher } from '../../http/dispatcher';
import { type PlainHttpAnswer, type PlainHttpRequest, requestOnce } from '../../http/request-once';
import type { DeclaredConfiguration } from '../objects-of';

/** The declared provider; keys as in Harbor's configuration. */
export interface DeclaredOidc {
  readonly oidc_endpoint: string;
  readonly oidc_client_id?: string;
  readonly oidc_scope?: string;
  readonly oidc_groups_claim?: string;
  readonly oidc_user_claim?: string;
  readonly oidc_verify_cert?: boolean;
}

/** Undefined where no provider is declared. */
export function declaredOidc(configuration: DeclaredConfiguration): DeclaredOidc | undefined {
  const { auth_mode: mode, oidc_endpoint: endpoint, oidc_verify_cert: verifies } = configuration;
  if (mode !== 'oidc_auth' || typeof endpoint !== 'string') return undefined;
  const texts = ['oidc_client_id', 'oidc_scope', 'oidc_groups_claim', 'oidc_user_claim'] as const;
  const given = texts.flatMap((key) => (typeof configuration[key] === 'string' ? [[key, configuration[key]]] : []));
  return compact({
    oidc_endpoint: endpoint,
    ...(Object.fromEntries(given) as Partial<Record<(typeof texts)[number], string>>),
    oidc_verify_cert: typeof verifies === 'boolean' ? verifies : undefined,
  });
}

/** What the provider is asked with, besides the declared settings. */
export interface OidcOptions {
  /** Scheme, host and port of Harbor: the provider sends users back there. */
  readonly harborUrl: string;
  /** PEM of private CAs. */
  readonly ca?: string | undefined;
  /** Of the client, where one is declared and can be resolved. */
  readonly clientSecret?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The compared fields of a discovery document (OpenID Connect Discovery 1.0, section 3). */
interface Discovery {
  readonly issuer?: unknown;
  readonly authorization_endpoint?: unknown;
  readonly token_endpoint?: unknown;
  readonly scopes_supported?: unknown;
  readonly claims_supported?: unknown;
  readonly response_types_supported?: unknown;
}

const MAX_BODY_BYTES = 1 << 20;
const WELL_KNOWN = '/.well-known/openid-configuration';

/**
 * Queries a provider from this machine, without a user, to find out whether the declared settings can work: its
 * discovery document, the issuer, scopes and claims, the redirect URI and the client's secret. Returns the problems.
 */
export async function oidcProblems(declared: DeclaredOidc, options: OidcOptions): Promise<string[]> {
  const dispatcher = createDispatcher(compact({ ca: options.ca }));
  const ask = (request: PlainHttpRequest): Promise<PlainHttpAnswer> =>
    requestOnce(dispatcher, { ...request, signal: options.signal }, MAX_BODY_BYTES);
  try {
    const discovery = await discover(declared, ask);
    if (Array.isArray(discovery)) return discovery;
    const problems = judgeDiscovery(declared, discovery);
    return [
      ...problems,
      ...(await redirectProblems(declared, discovery, options, ask)),
      ...(await secretProblems(declared, discovery, options, ask)),
    ];
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return [unreachable(declared, error)];
  } finally {
    await dispatcher.destroy();
  }
}

type Ask = (request: PlainHttpRequest) => Promise<PlainHttpAnswer>;

/** OpenID Connect Discovery 1.0, section 4: the document is below the issuer. */
async function discover({ oidc_endpoint: issuer }: DeclaredOidc, ask: Ask): Promise<Discovery | string[]> {
  const url = new URL(issuer.replace(/\/$/, '') + WELL_KNOWN);
  const answer = await ask({ method: 'GET', url });
  const found = answer.status === 200 ? parse(answer.body) : undefined;
  if (found) return found;
  if (isNoAnswer(answer)) return [notKnown(url, answer, 'whether oidc_endpoint is right')];
  const what = answer.status === 200 ? 'a response that is not JSON' : String(answer.status);
  return [`${url.href} returned ${what}: oidc_endpoint must be the issuer URL, without the discovery path`];
}

/** Problems that the document alone shows. */
export function judgeDiscovery(declared: DeclaredOidc, discovery: Discovery): string[] {
  const problems: string[] = [];
  const { issuer } = discovery;
  if (issuer !== declared.oidc_endpoint)
    problems.push(
      `the issuer is ${JSON.stringify(issuer)}, but oidc_endpoint is "${declared.oidc_endpoint}": Harbor requires both to be equal, including the last slash`,
    );
  if (!offers(discovery.response_types_supported, 'code'))
    problems.push('the provider does not offer the response type "code", which Harbor uses');
  const scopes = scopesOf(declared);
  if (!scopes.includes('openid')) problems.push('oidc_scope lacks openid: the provider would not send an ID token');
  for (const scope of scopes)
    if (!offers(discovery.scopes_supported, scope)) problems.push(`the provider does not offer the scope ${scope}`);
  for (const key of ['oidc_groups_claim', 'oidc_user_claim'] as const) {
    const claim = declared[key];
    if (claim !== undefined && claim !== '' && !offers(discovery.claims_supported, claim))
      problems.push(`${key}: the provider does not offer the claim ${claim}`);
  }
  return problems;
}

/** A list that the provider omits neither promises nor excludes anything. */
function offers(list: unknown, wanted: string): boolean {
  return !Array.isArray(list) || list.includes(wanted);
}

function scopesOf({ oidc_scope: scope = '' }: DeclaredOidc): string[] {
  return scope
    .split(/[\s,]+/)
    .filter(Boolean)
    .sort();
}

/**
 * `prompt=none` requests a login without a user. A provider that knows client and redirect URI redirects the browser
 * with an error; otherwise it must not redirect (RFC 6749 4.1.2.1).
 */
async function redirectProblems(
  declared: DeclaredOidc,
  { authorization_endpoint: endpoint }: Discovery,
  { harborUrl }: OidcOptions,
  ask: Ask,
): Promise<string[]> {
  const { oidc_client_id: clientId } = declared;
  if (clientId === undefined || typeof endpoint !== 'string' || !URL.canParse(endpoint)) return [];
  const redirectUri = `${new URL(harborUrl).origin}/c/oidc/callback`;
  const url = new URL(endpoint);
  const query = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', prompt: 'none' };
  const parameters = { ...query, scope: 'openid', state: 'breakwater-doctor' };
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
  const answer = await ask({ method: 'GET', url });
  const location = answer.headers['location'];
  if (typeof location === 'string' && location.startsWith(redirectUri)) return [];
  if (answer.status < 400) return [];
  if (isNoAnswer(answer)) return [notKnown(url, answer, `whether it knows the redirect URI ${redirectUri}`)];
  return [
    `the provider refuses client "${clientId}" with the redirect URI ${redirectUri} (${answer.status}${told(answer.body)}): register exactly this URI for this client`,
  ];
}

/** An invented code is refused in any case; `invalid_client` means that the client itself is refused. */
async function secretProblems(
  { oidc_client_id: clientId }: DeclaredOidc,
  { token_endpoint: endpoint }: Discovery,
  { harborUrl, clientSecret }: OidcOptions,
  ask: Ask,
): Promise<string[]> {
  if (clientId === undefined || clientSecret === undefined) return [];
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return [];
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: 'breakwater-doctor',
    redirect_uri: `${new URL(harborUrl).origin}/c/oidc/callback`,
  });
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
  };
  const answer = await ask({ method: 'POST', url: new URL(endpoint), headers, body: form.toString() });
  const refusal = errorOf(answer.body);
  if (refusal === undefined || isNoAnswer(answer))
    return [notKnown(new URL(endpoint), answer, 'whether the declared oidc_client_secret is right')];
  if (refusal !== 'invalid_client') return [];
  return [`the provider rejects client "${clientId}" with the declared oidc_client_secret (invalid_client)`];
}

/** A limit of requests, a failure, or the page of a firewall (403, 407) says nothing about the request. */
function isNoAnswer({ status, body }: PlainHttpAnswer): boolean {
  return [407, 408, 429].includes(status) || status >= 500 || (status === 403 && errorOf(body) === undefined);
}

function notKnown({ origin, pathname }: URL, { status }: PlainHttpAnswer, what: string): string {
  return `${what} is not known: ${origin}${pathname} returned ${status}`;
}

function unreachable({ oidc_verify_cert: verifies }: DeclaredOidc, error: NetworkError): string {
  const where = 'checked from this machine; Harbor connects from its own';
  const hint = error.hint === undefined ? '' : `; ${error.hint}`;
  const insecure =
    error.code === 'NETWORK_TLS' && verifies === false ? '. Harbor ignores this with oidc_verify_cert: false' : '';
  return `${error.message} (${where}${hint})${insecure}`;
}

function told(body: Buffer): string {
  const error = errorOf(body);
  return error === undefined ? '' : ` ${error}`;
}

function errorOf(body: Buffer): string | undefined {
  const error = (parse(body) as { error?: unknown } | undefined)?.error;
  return typeof error === 'string' ? error : undefined;
}

function parse(body: Buffer): object | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
