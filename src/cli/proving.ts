import {
  inShard,
  runConformance,
  toUnreachable,
  type ConformanceOptions,
  type ConformanceReport,
  type Selected,
  type Shard,
} from '../conformance';
import type { Declaration } from '../declaration/declaration';
import { BreakwaterError } from '../errors';
import type { CommandContext } from './command';
import { conformanceTarget } from './conformance-target';
import { withHarbor } from './connect';

/** One Harbor that shall be proven, and what of it. */
export interface Proof {
  readonly declaration: Declaration;
  readonly policies: string;
  /** Its name in a fleet. */
  readonly instance?: string;
  /** Only these projects; all where empty. */
  readonly only: readonly string[];
  readonly shard?: Shard;
  /** Only these checks of these projects: what failed the last time. */
  readonly again?: readonly Selected[];
}

/** Proves one declared Harbor by pulling. @throws as `withHarbor`, where Harbor cannot be asked at all */
export async function proveByPulling(
  context: CommandContext,
  { declaration, policies, instance, only, shard, again }: Proof,
  options: ConformanceOptions,
): Promise<ConformanceReport> {
  const report = await withHarbor(context, declaration, policies, ({ harbor, resolve, ca, identity }) => {
    const given = ca === undefined ? {} : { ca };
    const target = conformanceTarget({ declaration, harbor, resolve, only, policies, ...given });
    const names = target.projects.map(({ name }) => name);
    const mine = shard ? inShard(names, shard) : names;
    const projects = target.projects.filter(({ name }) => mine.includes(name) && isAmong(again, name));
    context.progress.stage(`proving ${projects.length} projects by pulling`);
    const known = identity.harborVersion === undefined ? {} : { harborVersion: identity.harborVersion };
    return runConformance({ ...target, ...known, projects }, { ...options, ...(again && { again }) });
  });
  return { ...report, ...(instance !== undefined && { instance }), ...(shard && { shard }) };
}

function isAmong(again: readonly Selected[] | undefined, name: string): boolean {
  return again === undefined || again.some(({ project }) => project === name);
}

/** One after the other. A Harbor that cannot be asked is a part of the report, and the others are proven all the same. */
export async function proveFleet(
  context: CommandContext,
  proofs: readonly Proof[],
  options: ConformanceOptions,
): Promise<readonly ConformanceReport[]> {
  const reports: ConformanceReport[] = [];
  for (const proof of proofs) {
    const startedAt = new Date();
    reports.push(
      await proveByPulling(context, proof, options).catch((thrown: unknown) => {
        if (!(thrown instanceof BreakwaterError)) throw thrown;
        context.progress.line(`${proof.instance ?? ''}: ${thrown.message}`);
        return toUnreachable({
          tool: options.tool,
          url: proof.declaration.harbor?.url ?? 'https://harbor.invalid/',
          startedAt,
          why: thrown.message,
          ...(proof.instance !== undefined && { instance: proof.instance }),
        });
      }),
    );
  }
  return reports;
}
