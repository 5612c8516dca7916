import { replayOf, type Replay, type ReplayChoice } from '../conformance';
import { UsageError } from '../errors';
import { readReport } from './read-report';

/** The use case behind `explain-report`: one check of a report, request by request. @throws UsageError */
export async function explainReport(path: string, choice: ReplayChoice): Promise<Replay> {
  const replay = replayOf(await readReport(path), choice);
  if (replay) return replay;
  const isAsked = choice.check !== undefined || choice.project !== undefined || choice.instance !== undefined;
  throw new UsageError(
    isAsked ? `${path} has no failed check of this name` : `no check failed in ${path}`,
    'pass --check ID --project NAME; conform --details all also records the requests of passed checks',
  );
}
