import { DEFAULT_SUBNETS, type HarborEnvironment } from './harbor-schema';
import { SERVICES, type ServiceId } from '../service-ids';

const FIRST_HOST = 10;

/**
 * A service's fixed address on the internal network. nginx resolves `core` and `portal` only once, at startup; with
 * another address of core every request fails with 502 until nginx restarts (docs/harbor-behavior.md 11.5).
 */
export function internalAddress(harbor: HarborEnvironment, id: ServiceId): string {
  return host(subnetOf(harbor, 'internal'), FIRST_HOST + SERVICES.indexOf(id));
}

/**
 * The same on the edge network: the address of Harbor's nginx, for the shield's nginx, which also resolves names only
 * once.
 */
export function edgeAddress(harbor: HarborEnvironment, id: ServiceId): string {
  return host(subnetOf(harbor, 'edge'), FIRST_HOST + SERVICES.indexOf(id));
}

/** A /24, such as `10.213.10.0/24`. */
export function subnetOf(harbor: HarborEnvironment, id: keyof typeof DEFAULT_SUBNETS): string {
  return harbor.networks?.[id] ?? DEFAULT_SUBNETS[id];
}

/**
 * Address of the host on a network. Docker chooses one itself, but reports it only after a restart: the provider then
 * finds an undeclared gateway and replaces all networks with everything on them (seen with dockerd 20.10).
 */
export function gateway(subnet: string): string {
  return host(subnet, 1);
}

/** The upper half of a /24, from which Docker assigns addresses to containers without a fixed one. */
export function dynamicRange(subnet: string): string {
  return `${host(subnet, 128)}/25`;
}

function host(subnet: string, number: number): string {
  return subnet.replace(/\.0\/24$/, `.${number}`);
}
