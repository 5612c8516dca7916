import { setTimeout as sleep } from 'node:timers/promises';
import type { Declaration } from '../../declaration/declaration';
import { UsageError } from '../../errors';
import { RegistryClient } from '../../oci';
import type { AppContext } from '../context';
import { pullSources, wireOf } from './pull-sources';
import { describeIdentity } from '../describe-identity';
import { caOf } from '../read-ca';
import type { Session } from '../session';
import { probeCertificate } from './certificate';
import { probeComponents } from './components';
import { DEFAULT_MIN_FREE_PERCENT, probeDisk } from './disk';
import { unreachedBecause } from './blame';
import { fine, isHealthy, skipped, unreached, type Examination, type Examiner, type Seen } from './examination';
import { examine, examineInside, patienceOf } from './examine';
import { probeJob } from './job';
import { probePull } from './pull';

const JOB_TIMEOUT_MS = 120_000;
const JOB_INTERVAL_MS = 1_000;
const INSIDE = ['identity', 'disk', 'pull', 'job'] as const;

/** The use case behind `health`: is this Harbor ready for clients? @throws UsageError where none is declared */
export async function examineHealth(
  context: AppContext,
  declaration: Declaration,
  waitMs: number,
  minFreePercent = DEFAULT_MIN_FREE_PERCENT,
): Promise<readonly Examination[]> {
  const { harbor, directory } = declaration;
  if (!harbor) throw new UsageError(`${directory} declares no Harbor`);
  const ca = await caOf(harbor);
  const registry = RegistryClient.open({ url: harbor.url, ca });
  const { signal } = context;
  const patience = patienceOf(context, waitMs);
  const because = async (seen: Seen): Promise<Seen> =>
    seen.unreachable ? unreachedBecause(context, declaration, seen) : seen;
  try {
    const front = await examine(
      [
        { name: 'certificate', run: async () => because(await probeCertificate(new URL(harbor.url), ca, signal)) },
        {
          name: 'components',
          run: async () => because(await probeComponents(registry, wireOf(signal)).catch(unreached)),
        },
      ],
      patience,
    );
    if (!isHealthy(front)) return [...front, ...INSIDE.map((name) => ({ name, ...skipped() }))];
    const inside = (session: Session): Promise<readonly Examiner[]> =>
      insideExaminers(session, registry, minFreePercent);
    return [...front, ...(await examineInside(context, declaration, INSIDE, inside, patience))];
  } finally {
    await registry.close();
  }
}

/**
 * Ordered by `needs`: a pull that does not work explains a job that does not, so the job is not started then.
 */
async function insideExaminers(
  session: Session,
  registry: RegistryClient,
  minFreePercent: number,
): Promise<readonly Examiner[]> {
  const { client, identity, context } = session;
  const sources = await pullSources(session);
  const wait = { timeoutMs: JOB_TIMEOUT_MS, intervalMs: JOB_INTERVAL_MS, sleep };
  return [
    { name: 'identity', run: async () => fine(describeIdentity(identity)) },
    { name: 'disk', needs: ['identity'], run: () => probeDisk(client, minFreePercent) },
    { name: 'pull', needs: ['identity'], run: () => probePull(client, registry, sources, wireOf(context.signal)) },
    { name: 'job', needs: ['identity', 'pull'], run: () => probeJob(client, wait) },
  ];
}
