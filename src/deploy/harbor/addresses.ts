import { DEFAULT_SUBNETS, type HarborEnvironment } from './harbor-schema';
import { SERVICES, type ServiceId } from './service-ids';

const FIRST_HOST = 10;

/**
 * A service's address on the internal network, the same forever: nginx resolves `core` and `portal` once, at its start,
 * and with another address of core every request is 502 until nginx restarts (docs/harbor-behavior.md 11.5).
 */
export function internalAddress(harbor: HarborEnvironment, id: ServiceId): string {
  return host(subnetOf(harbor, 'internal'), FIRST_HOST + SERVICES.indexOf(id));
}

/** The same on the edge network: of Harbor's nginx, for the shield's, which resolves a name once as well. */
export function edgeAddress(harbor: HarborEnvironment, id: ServiceId): string {
  return host(subnetOf(harbor, 'edge'), FIRST_HOST + SERVICES.indexOf(id));
}

export function subnetOf(harbor: HarborEnvironment, id: keyof typeof DEFAULT_SUBNETS): string {
  return harbor.networks?.[id] ?? DEFAULT_SUBNETS[id];
}

/**
 * Of the host on a network. Docker chooses one by itself, but says so only after it was restarted: the provider then finds
 * an undeclared gateway, and replaces all networks with everything on them (seen with dockerd 20.10).
 */
export function gateway(subnet: string): string {
  return host(subnet, 1);
}

/** The upper half of a /24, from which Docker gives addresses to what asks for none. */
export function dynamicRange(subnet: string): string {
  return `${host(subnet, 128)}/25`;
}

function host(subnet: string, number: number): string {
  return subnet.replace(/\.0\/24$/, `.${number}`);
}
