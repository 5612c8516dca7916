import { lookup, type LookupOneOptions, type LookupAllOptions, type LookupAddress } from 'node:dns';
import { isIPv6 } from 'node:net';

/** Addresses by host name, as `curl --connect-to`: every connection of this process uses them. */
let addresses: ReadonlyMap<string, string> = new Map();

/**
 * Connects to these IP addresses instead of those that the names resolve to. TLS and requests keep the name, so that one
 * of several machines behind it can be examined. Replaces what was set before.
 */
export function connectTo(given: ReadonlyMap<string, string>): void {
  addresses = given;
}

/** The address that this host name was given; undefined if it is resolved as usual. */
export function addressOf(hostname: string): string | undefined {
  return addresses.get(hostname.toLowerCase());
}

type Callback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** For sockets: Node's own lookup, except for the names above. */
export function lookupAddress(
  hostname: string,
  options: LookupOneOptions | LookupAllOptions,
  callback: Callback,
): void {
  const address = addressOf(hostname);
  if (address === undefined) return void lookup(hostname, options as LookupOneOptions, callback as never);
  const family = isIPv6(address) ? 6 : 4;
  if (options.all === true) callback(null, [{ address, family }]);
  else callback(null, address, family);
}
