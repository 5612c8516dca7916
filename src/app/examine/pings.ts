import { compact } from '../../compact';
import type { Cause } from '../../conformance';
import type { Declaration } from '../../declaration/declaration';
import { BreakwaterError, HarborApiError } from '../../errors';
import type { Client } from '../../harbor';
import { kinds } from '../../kinds';
import type { WriteContext } from '../../kinds/kind';
import { blamed } from './blame';
import { fine, warned, type Seen } from './examination';

/** What Harbor sees of one declared object. Neither `problem` nor `notAsked`: it reaches it. */
export interface Ping {
  /** `scanner/clair` */
  readonly address: string;
  /** Absent if Harbor reaches it or was not asked. */
  readonly problem?: string;
  /** It was not Harbor that responded: nothing is known of the object. */
  readonly isForeign?: true;
  /** Why Harbor was not asked. */
  readonly notAsked?: string;
  /** Why Harbor does not reach it, if checking from both sides showed the reason. */
  readonly cause?: Cause;
}

/** Makes Harbor ping every declared object that it must reach, because only Harbor sees its own network. */
export async function pingDeclared(
  client: Client,
  { objects }: Pick<Declaration, 'objects'>,
  secret: WriteContext['secret'],
): Promise<readonly Ping[]> {
  const pings = objects.flatMap(({ kind: kindName, spec, address }) => {
    const kind = kinds.find(({ name }) => name === kindName);
    return kind?.ping ? [{ address, ask: async () => kind.ping?.({ client, secret }, spec) }] : [];
  });
  return Promise.all(
    pings.map(async ({ address, ask }) => {
      try {
        return { address, ...(await ask()) };
      } catch (error) {
        if (!(error instanceof BreakwaterError)) throw error;
        const isForeign = error instanceof HarborApiError && !error.isHarbors ? { isForeign: true as const } : {};
        return { address, problem: error.message, ...isForeign };
      }
    }),
  );
}

/** An object that is down for an hour is no reason not to apply the others: a warning, with Harbor's message. */
export function fromPings(pings: readonly Ping[]): Seen {
  if (pings.length === 0) return fine('no declared object has to be reachable from Harbor');
  const notAsked = pings.flatMap(({ address, notAsked: why }) => (why === undefined ? [] : [`${address} (${why})`]));
  const reached = pings.filter((ping) => ping.problem === undefined && ping.notAsked === undefined);
  // Known causes come first, with party and action.
  const bad = pings
    .filter(({ problem }) => problem !== undefined)
    .sort((a, b) => Number(b.cause !== undefined) - Number(a.cause !== undefined));
  const others = [
    ...(reached.length > 0 ? [`Harbor can reach ${reached.map(({ address }) => address).join(', ')}`] : []),
    ...(notAsked.length > 0 ? [`not checked: ${notAsked.join(', ')}`] : []),
  ];
  const [first] = bad;
  if (!first) return fine(others.join('; '));
  const { cause } = first;
  const seen = cause ? blamed('warning', cause, wordsOf(first)) : warned(wordsOf(first));
  const details = [...bad.slice(1).map(wordsOf), ...(cause ? [first.problem ?? ''] : []), ...others];
  return compact<Seen>({ ...seen, details: details.length > 0 ? details : undefined });
}

function wordsOf({ address, problem = '', cause }: Ping): string {
  return cause ? `${address}: ${cause.words}` : problem;
}
