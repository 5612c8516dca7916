import type { Json } from '../json';

/** Ports inside the container: Harbor's nginx (9090), its exporter (8001 in older releases), Traefik's entry point (9100). */
export const METRICS_PORTS: ReadonlySet<number> = new Set([9090, 9100, 8001]);

/** Loopback, RFC 1918, link-local or unique local; no address means all addresses of the host. */
export function isInnerAddress(address: Json | undefined): boolean {
  if (typeof address !== 'string') return false;
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/i.test(address);
}
