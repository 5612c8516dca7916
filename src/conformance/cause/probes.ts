import type { CheckContext, PullContext } from '../model/context';
import { readHarborState, readRobot, type HarborState } from '../harbor-api';
import { oncePerKey } from '../../once';
import type { PullCredential } from '../model/target';
import { within } from '../pull/time-bound';
import { isHarborsRefusal } from '../support/token-refusal';
import type { RobotFinding } from './findings';
import { UpstreamProbes } from './upstream-probes';

/** A probe that takes longer counts as no response. */
export const PROBE_WITHIN_MS = 10_000;

/** Sent once per run, however many projects failed. */
export class Probes {
  readonly upstreams = new UpstreamProbes();
  private readonly robots = new Map<string, Promise<RobotFinding | undefined>>();
  private readonly state = new Map<string, Promise<HarborState | undefined>>();

  harbor(context: CheckContext): Promise<HarborState | undefined> {
    return oncePerKey(this.state, '', () =>
      quietly(() => within(context.wire, PROBE_WITHIN_MS, (wire) => readHarborState(context, wire))),
    );
  }

  robot(context: PullContext, robot: PullCredential, projectId: number | undefined): Promise<RobotFinding | undefined> {
    return oncePerKey(this.robots, robot.username, () =>
      quietly(() =>
        within(context.wire, PROBE_WITHIN_MS, async (wire): Promise<RobotFinding> => {
          const ofProject = robot.username.includes('+');
          const answer = await context.puller.as(robot).token(undefined, undefined, wire);
          const { status } = answer;
          const harbor =
            ofProject && projectId === undefined
              ? ({ state: 'hidden' } as const)
              : await readRobot(context, robot.username, ofProject ? projectId : undefined, wire);
          return { status, isHarbors: isHarborsRefusal(answer), harbor };
        }),
      ),
    );
  }
}

/** A failed probe finds nothing, but does not hide earlier findings. */
export async function quietly<T>(probe: () => Promise<T>): Promise<T | undefined> {
  return probe().catch(() => undefined);
}
