import { compact } from '../../compact';
import type { WireOptions } from '../../oci';
import type { PullContext } from '../model/context';
import { getApi, parse } from './ask';

/** A robot in Harbor. */
export type RobotAnswer =
  | {
      readonly state: 'present';
      /** Unix seconds; -1 is never. */ readonly expiresAt: number;
      readonly isDisabled: boolean;
    }
  | {
      readonly state: 'absent';
      /** A robot of this name has another prefix. */
      readonly renamed?: string;
    }
  /** This identity may not list robots. */
  | { readonly state: 'hidden' };

/** @param projectId for a robot of that project; absent for system robots */
export async function readRobot(
  context: PullContext,
  fullName: string,
  projectId: number | undefined,
  wire: WireOptions,
): Promise<RobotAnswer> {
  const level = projectId === undefined ? 'Level=system' : `Level=project,ProjectID=${projectId}`;
  const [, name = fullName] = /^[^$]*\$(?:[^+]*\+)?(.+)$/.exec(fullName) ?? [];
  const query = `page_size=${ROBOTS_ASKED}&q=${encodeURIComponent(`${level},name=~${name}`)}`;
  const answer = await getApi(context, `/api/v2.0/robots?${query}`, wire);
  const listed: unknown = answer.status === 200 ? parse(answer.body) : undefined;
  if (!Array.isArray(listed)) return { state: 'hidden' };
  const found = (listed as readonly (RobotWire | null)[]).find((robot) => robot?.name === fullName);
  // A list that is cut at a hundred, or by the permissions of this identity, proves no absence.
  if (!found) {
    if (listed.length >= ROBOTS_ASKED || !context.target.apiCredential) return { state: 'hidden' };
    const prefix = fullName.slice(0, fullName.indexOf('$') + 1);
    const names = (listed as readonly (RobotWire | null)[]).map((robot) => String(robot?.name));
    const renamed = names.find((one) => one.endsWith(fullName.slice(prefix.length)) && !one.startsWith(prefix));
    return compact({ state: 'absent', renamed });
  }
  const { expires_at: expiresAt, disable } = found;
  return typeof expiresAt === 'number'
    ? { state: 'present', expiresAt, isDisabled: disable === true }
    : { state: 'hidden' };
}

const ROBOTS_ASKED = 100;

interface RobotWire {
  readonly name?: unknown;
  readonly expires_at?: unknown;
  readonly disable?: unknown;
}
