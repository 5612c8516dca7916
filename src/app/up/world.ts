import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Network queries that `up` makes before it changes anything. */
export interface World {
  /** Whether the name has an address. */
  resolves(hostname: string): Promise<boolean>;
  /** Whether a server accepts connections there. */
  listens(address: string, port: number): Promise<boolean>;
  /** Milliseconds since 1970. */
  now(): number;
}

const TIMEOUT_MS = 5_000;

/** Each question takes at most 5 s; a slow answer counts as none. */
export const realWorld: World = {
  async resolves(hostname) {
    const found = lookup(hostname).then(
      () => true,
      () => false,
    );
    return Promise.race([found, sleep(TIMEOUT_MS, false, { ref: false })]);
  },

  /** A timeout counts as no: a firewall that drops packets gives no refusal. */
  listens(address, port) {
    return new Promise((resolve) => {
      const socket = connect({ host: address, port });
      const tell = (answer: boolean): void => {
        socket.destroy();
        resolve(answer);
      };
      socket.setTimeout(TIMEOUT_MS, () => tell(false));
      socket.once('connect', () => tell(true));
      socket.once('error', () => tell(false));
    });
  },

  now: Date.now,
};
