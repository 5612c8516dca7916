import { isIP } from 'node:net';
import { UsageError } from '../errors';
import { connectTo } from '../http/connect-to';

/** Flags and help of the option that the commands share. */
export const CONNECT_TO = [
  '--connect-to <name=address>',
  'connect to this IP address instead of the resolved one, for one machine of a pair (repeatable)',
] as const;

/**
 * `harbor.corp.net=10.20.0.11`: connections to that name go to that address, as with `curl --connect-to`.
 * @throws UsageError
 */
export function useAddresses(texts: readonly string[]): void {
  connectTo(
    new Map(
      texts.map((text) => {
        const [name = '', address = '', ...rest] = text.split('=');
        if (name === '' || rest.length > 0 || isIP(address) === 0)
          throw new UsageError(`"${text}" is not NAME=ADDRESS`, 'write --connect-to harbor.example.com=10.20.0.11');
        return [name.toLowerCase(), address];
      }),
    ),
  );
}
