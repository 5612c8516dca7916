import { specsOf, urlOf } from './declared';
import type { Rule } from './rule';

/**
 * In the form of the URL parser: it writes decimal and octal addresses with dots, and IPv4 in IPv6 in hexadecimal. So
 * one pattern sees every way to write the same address:
 *
 *      https://2130706433               127.0.0.1
 *      https://0177.0.0.1               127.0.0.1
 *      https://[::ffff:169.254.169.254] [::ffff:a9fe:a9fe]
 */
const INNER =
  /^(?:(?:.*\.)?localhost\.?$|127\.|0\.|169\.254\.|100\.100\.100\.200$|\[::1?\]$|\[(?:64:ff9b:|:):(?:ffff:)?(?:7f[0-9a-f]{2}|a9fe):|\[fe[89ab]|\[fd00:ec2::254\]$|metadata(?:\.google\.internal)?\.?$)/i;

/**
 * Only addresses that are written down. A name that resolves to such an address is not found: a rule makes no requests.
 * Private networks (10.0.0.0/8 and others) are allowed, because many registries are there.
 */
export const hp018: Rule = {
  id: 'HP018',
  title: 'no upstream is a loopback, link-local or cloud metadata address',
  severity: 'critical',
  why: 'Harbor connects from its own network: loopback, link-local and metadata addresses return data that is only meant for the host (CWE-918; go-containerregistry #2243).',
  declared: {
    looksAt: 'registry',
    judge: (declared) =>
      specsOf(declared, 'registry').flatMap(({ address, spec }) => {
        const host = urlOf(spec.url)?.hostname ?? '';
        if (!INNER.test(host)) return [];
        return [
          {
            address,
            field: 'url',
            message: `its URL points to ${host}, a loopback, link-local or metadata address`,
            hint: 'use the host name of the registry',
          },
        ];
      }),
    good: { registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } } },
    bad: { registries: { r: { type: 'docker-registry', url: 'https://169.254.169.254' } } },
  },
};
