import { compact } from '../../compact';
import { BreakwaterError } from '../../errors';
import type { Credential, WireOptions } from '../../oci';
import { conformanceTarget, robotsFor, type TargetOptions } from '../conformance-target';
import { objectsOf } from '../objects-of';
import type { Session } from '../session';

/** A project to pull from, and the credential. */
export interface PullSource {
  readonly project: string;
  /** Absent: anonymous, from a public project. */
  readonly credential?: Credential;
  /** Address of the declared robot. */
  readonly robot?: string;
}

/** One source for each project and robot: a robot may work in one project and not in another. */
export interface PullSources {
  readonly sources: readonly PullSource[];
  /** Client for the API, which shows why a robot is refused. */
  readonly api?: Credential;
}

/** Every declared project, once for each robot of its clients, else as the administrator. */
export async function pullSources({ declaration, harbor, secret, ca }: Session): Promise<PullSources> {
  const options = compact<TargetOptions>({ declaration, harbor, secret, only: [], ca });
  const { apiCredential, projects } = conformanceTarget(options);
  const names = objectsOf(declaration, 'project').map(({ name }) => name);
  const sources: PullSource[] = [];
  for (const project of [...new Set([...projects.map(({ name }) => name), ...names])]) {
    const own: PullSource[] = [];
    for (const robot of robotsFor(project, options))
      if (await resolves(robot.password)) own.push(compact({ project, credential: robot, robot: robot.address }));
    // A robot for the API may not be allowed to pull, so a refusal would prove nothing.
    if (own.length === 0 && harbor.robot === undefined && apiCredential)
      own.push({ project, credential: apiCredential });
    sources.push(...own);
  }
  return compact({ sources, api: apiCredential });
}

/** A secret that is not set is not an error here: another account may be able to pull. */
async function resolves(password: () => string | Promise<string>): Promise<boolean> {
  try {
    await password();
    return true;
  } catch (error) {
    if (error instanceof BreakwaterError) return false;
    throw error;
  }
}

/** Without records: these requests are not part of a report. */
export function wireOf(signal: AbortSignal): WireOptions {
  return { record: () => undefined, signal };
}
