const SAMPLE = /(?:^|\.)(?:example\.(?:com|net|org)|(?:my)?domain\.(?:com|tld)|example|invalid|test|localhost)$/;

/**
 * Why clients cannot use this name, as words to follow it; undefined if they can. Harbor's own `prepare` refuses
 * `reg.mydomain.com` and 127.0.0.1 (docs/harbor-behavior.md 11.2), but only on the host.
 */
export function faultOfHostname(hostname: string): string | undefined {
  if (/^[0-9.]+$/.test(hostname)) return 'is an IP address: certificates and token realms need a name';
  if (SAMPLE.test(hostname)) return 'is a sample name: use your own';
  if (!hostname.includes('.')) return 'has no domain: no CA signs it, and Docker treats it as a repository';
  return undefined;
}
