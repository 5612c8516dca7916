import { compact } from '../../compact';
import { registryCause, type ConformanceTarget } from '../../conformance';
import { mapBounded } from '../../map-bounded';
import { conformanceTarget, type TargetOptions } from '../conformance-target';
import type { Session } from '../session';
import type { Ping } from './pings';
import { wireOf } from './pull-sources';

const AT_ONCE = 3;

/**
 * Harbor only reports that it cannot reach an upstream. To find the cause, this machine asks the same upstream for a
 * declared image. Without such an image nothing is added.
 */
export async function withRegistryCauses(session: Session, pings: readonly Ping[]): Promise<readonly Ping[]> {
  const { declaration, harbor, secret, ca, context } = session;
  const options = compact<TargetOptions>({ declaration, harbor, secret, only: [], ca });
  const target: ConformanceTarget = conformanceTarget(options);
  return mapBounded(pings, AT_ONCE, async (ping) => {
    const [kind, name] = ping.address.split('/');
    if (ping.problem === undefined || ping.isForeign || kind !== 'registry') return ping;
    const project = target.projects.find(({ registry, images }) => registry === name && images.length > 0);
    const cause = project && (await registryCause(target, project, wireOf(context.signal)));
    return cause ? { ...ping, cause } : ping;
  });
}
