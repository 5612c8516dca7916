import { compact } from '../compact';
import {
  inShard,
  toSerialGroups,
  isConformant,
  runConformance,
  toUnreachable,
  type ConformanceOptions,
  type ConformanceReport,
  type ChosenCheck,
  type Shard,
} from '../conformance';
import type { Declaration, HarborConnection } from '../declaration/declaration';
import type { ResolveSecret } from '../declaration/secrets/secrets';
import { BreakwaterError, HarborApiError, IdentityError, NetworkError } from '../errors';
import { addressOf } from '../http/connect-to';
import { conformanceTarget } from './conformance-target';
import type { AppContext } from './context';
import { caOf } from './read-ca';
import { secretsOf, withSession } from './session';

/** The checks without the rest of `conform`: the benchmark runs them against a registry that has no API of Harbor. */
export const checks = { isConformant, runConformance };

/** One Harbor to verify, and which parts of it. */
export interface Proof {
  readonly declaration: Declaration;
  /** Its name in a fleet. */
  readonly instance?: string;
  /** Only these projects; empty means all. */
  readonly only: readonly string[];
  readonly shard?: Shard;
  /** Only these checks of these projects: those that failed the last time. */
  readonly again?: readonly ChosenCheck[];
}

/** The report of one Harbor, and the error that prevented the login. */
export interface Proven {
  readonly report: ConformanceReport;
  readonly error?: BreakwaterError;
}

/**
 * Verifies one declared Harbor by pulling. If it cannot be reached or its API fails, the report has the reason.
 * @throws as `withSession`, if Harbor refuses the login or a secret is missing
 */
export async function proveByPulling(context: AppContext, proof: Proof, options: ConformanceOptions): Promise<Proven> {
  const { declaration, instance, shard } = proof;
  let error: NetworkError | undefined;
  const report = await withSession(context, declaration, ({ identity, harbor, secret, ca }) =>
    prove(context, proof, { harbor, secret, ca, harborVersion: identity.harborVersion }, options),
  ).catch(async (thrown: unknown) => {
    const { harbor } = declaration;
    if (!isOutage(thrown) || !harbor || context.signal.aborted) throw thrown;
    if (thrown instanceof NetworkError) error = thrown;
    context.emit({ type: 'not-proven', message: thrown.message });
    const secret = secretsOf(context, declaration);
    return prove(context, proof, { harbor, secret, ca: await caOf(harbor) }, options);
  });
  return compact({
    report: { ...withAddress(report), ...(instance !== undefined && { instance }), ...(shard && { shard }) },
    // A passed check means that Harbor can be reached now.
    error: error && report.summary.pass === 0 ? error : undefined,
  });
}

/** Two machines have one name: the report says which of them was examined. */
function withAddress(report: ConformanceReport): ConformanceReport {
  const address = addressOf(new URL(report.harbor.url).hostname);
  return address === undefined ? report : { ...report, harbor: { ...report.harbor, address } };
}

/** Clients may still be able to pull, and if they are not, the checks show why. */
function isOutage(thrown: unknown): thrown is BreakwaterError {
  return thrown instanceof NetworkError || (thrown instanceof HarborApiError && thrown.status >= 500);
}

/** The connection, whether or not a login succeeded. */
interface Given {
  readonly harbor: HarborConnection;
  readonly secret: ResolveSecret;
  readonly ca?: string | undefined;
  readonly harborVersion?: string | undefined;
}

/** `shard` and `again` both narrow the projects: a project has to be in both. */
function prove(
  context: AppContext,
  { declaration, only, shard, again }: Proof,
  { harbor, secret, ca, harborVersion }: Given,
  options: ConformanceOptions,
): Promise<ConformanceReport> {
  const given = ca === undefined ? {} : { ca };
  const target = conformanceTarget({ declaration, harbor, secret, only, ...given });
  const groups = toSerialGroups(target.projects).map((group) => group.map(({ name }) => name));
  const mine = new Set(shard ? inShard(groups, shard) : groups.flat());
  const projects = target.projects.filter(({ name }) => mine.has(name) && isAmong(again, name));
  context.emit({ type: 'proving', projects: projects.length });
  const known = harborVersion === undefined ? {} : { harborVersion };
  return runConformance({ ...target, ...known, projects }, { ...options, ...(again && { again }) });
}

function isAmong(again: readonly ChosenCheck[] | undefined, name: string): boolean {
  return again === undefined || again.some(({ project }) => project === name);
}

/**
 * One after the other. A Harbor that cannot be reached becomes a part of the report; the others are verified anyway.
 */
export async function proveFleet(
  context: AppContext,
  proofs: readonly Proof[],
  options: ConformanceOptions,
): Promise<readonly Proven[]> {
  const proven: Proven[] = [];
  for (const proof of proofs) {
    const startedAt = new Date();
    proven.push(
      await proveByPulling(context, proof, options).catch((thrown: unknown) => {
        if (!(thrown instanceof BreakwaterError)) throw thrown;
        const { instance } = proof;
        context.emit(compact({ type: 'not-proven', message: thrown.message, instance }));
        return { report: notBegun(proof, options, startedAt, thrown), error: thrown };
      }),
    );
  }
  return proven;
}

/** The report of a run that could not start: red, and it replaces the one of last night. */
export function notBegun(
  { declaration, instance, shard }: Proof,
  { tool }: ConformanceOptions,
  startedAt: Date,
  thrown: BreakwaterError,
): ConformanceReport {
  const hint = thrown instanceof IdentityError ? thrown.hint : undefined;
  const why = hint === undefined ? thrown.message : `${thrown.message}: ${hint}`;
  const url = declaration.harbor?.url ?? 'https://harbor.invalid/';
  const report = toUnreachable(compact({ tool, url, startedAt, why, instance }));
  return { ...withAddress(report), ...(shard && { shard }) };
}
