import { compact } from '../compact';
import type * as NodeTls from 'node:tls';

/** To read 140 roots takes 10 ms: once for all connections, not for each. */
const contexts = new Map<string, NodeTls.SecureContext>();

/**
 * Node replaces its own roots if `ca` is given: keep both, so that a private CA only adds trust. `getCACertificates`
 * (Node 22.15 and later) also includes those of NODE_EXTRA_CA_CERTS.
 */
export function trusting(pem: string, minVersion?: NodeTls.SecureVersion): NodeTls.SecureContext {
  const name = `${minVersion ?? ''} ${pem}`;
  const known = contexts.get(name);
  if (known) return known;
  // oxlint-disable-next-line typescript/no-require-imports -- node:tls is needed only when a CA is given
  const tls = require('node:tls') as typeof NodeTls & { getCACertificates?: (type: 'default') => string[] };
  const ca = [...(tls.getCACertificates?.('default') ?? tls.rootCertificates), pem];
  const made = tls.createSecureContext(compact<NodeTls.SecureContextOptions>({ ca, minVersion }));
  contexts.set(name, made);
  return made;
}
