import type { Declaration } from '../../declaration/declaration';
import { BreakwaterError } from '../../errors';
import type { Client } from '../../harbor';
import { kinds } from '../../kinds';
import type { WriteContext } from '../../kinds/kind';

export interface Ping {
  /** `scanner/clair` */
  readonly address: string;
  /** Absent where Harbor reaches it, and where it was not asked. */
  readonly problem?: string;
  /** Why Harbor was not asked. */
  readonly notAsked?: string;
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
        return { address, problem: error.message };
      }
    }),
  );
}
