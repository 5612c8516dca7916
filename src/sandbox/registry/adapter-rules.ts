import type { UpstreamRegistry } from '../outgoing/upstream-http';

const ECR_URL =
  /^https:\/\/(?:api|(\d+)\.dkr)\.ecr(?:-public|-fips)?\.([\w-]+)\.(?:amazonaws\.com(?:\.cn)?|sc2s\.sgov\.gov|c2s\.ic\.gov)/;

/** The adapters that read the credential without checking that there is one. */
const READ_BLINDLY = new Set(['ali-acr', 'aws-ecr', 'dtr', 'gitlab', 'tencent-tcr', 'volcengine-cr']);

/** Whether Harbor's adapter of that type panics (500) when a request has no `credential`. */
export function panicsWithoutAccount(type: string): boolean {
  return READ_BLINDLY.has(type);
}

/**
 * Why Harbor cannot even build its adapter, which is a 500 (src/pkg/reg/adapter). Any loopback url is accepted, so that
 * a fixture upstream can stand in for each type.
 */
export function adapterProblem({ type, url, credential }: UpstreamRegistry): string | undefined {
  const { access_key = '', access_secret = '' } = credential ?? {};
  switch (type) {
    case 'aws-ecr':
      return ECR_URL.test(url) || isLoopback(url) ? undefined : 'bad aws url';
    case 'tencent-tcr':
      if (!access_key.startsWith('AKID'))
        return '[tencent-tcr.newAdapter] Please use SecretId/SecretKey, NOT docker login Username/Password';
      return new URL(url).host.includes('.tencentcloudcr.com') || isLoopback(url)
        ? undefined
        : '[tencent-tcr.newAdapter] Invalid TCR instance endpoint';
    case 'volcengine-cr':
      return /^https:\/\/.*-cn-.*\.cr\.volces/.test(url) || isLoopback(url) ? undefined : 'Invalid url';
    case 'quay':
      return access_secret === '' || isJson(access_secret) ? undefined : 'invalid character in the secret of quay';
    default:
      return undefined;
  }
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/** A secret of quay is a JSON object in Harbor; its content is not looked at here. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
