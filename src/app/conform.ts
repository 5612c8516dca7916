import { compact } from '../compact';
import {
  catalogue,
  catalogueText,
  failedChecksOf,
  instancesOf,
  parseReport,
  shownValue,
  toFleet,
  unknownChecks,
  type ConformanceOptions,
  type Report,
  type ChosenCheck,
  type Shard,
} from '../conformance';
import { everyInstance } from './instances';
import { BreakwaterError, UsageError } from '../errors';
import { unknownProjects } from './conformance-target';
import type { AppContext } from './context';
import { loadOrThrow, type PolicySource } from './load';
import { notBegun, proveByPulling, proveFleet, type Proof, type Proven } from './prove';
import { jsonDocument } from './render/json-document';
import { prepareReports, writeReports } from './reports';
import { readText } from './text-file';
import { version } from './version';

/** Which Harbors, projects and checks, and how hard they may be tested. */
export interface ConformPoliciesOptions extends PolicySource {
  /** Every Harbor of policies/instances/. */
  readonly all?: boolean;
  /** A report: only its failed checks are run. */
  readonly sinceFailed?: string;
  /** Only these projects; empty means all. */
  readonly project?: readonly string[];
  /** Only these checks; empty means all. */
  readonly check?: readonly string[];
  readonly shard?: Shard;
  /** Projects checked at the same time. Default 4. */
  readonly concurrency?: number;
  /** Seconds for the whole run. Default 1800. */
  readonly deadline?: number;
  /** Also unpacks every layer, and waits until Harbor notices an outage. */
  readonly deep?: boolean;
  /** Multiplies Harbor's waits; 1 for a real Harbor. */
  readonly timeScale?: number;
  /**
   * Directory prepared for the report. `writeReports` writes it; a run that cannot start also writes a report there.
   */
  readonly report?: string;
}

/** One report, also for several Harbors. */
export interface Conformed {
  readonly report: Report;
  /** For each Harbor that could not be reached, the reason. The report contains it, too. */
  readonly errors: readonly BreakwaterError[];
}

/**
 * The use case behind `conform`: verifies the declared projects by pulling.
 * @returns undefined if nothing failed in the report that is run again
 * @throws UsageError, DeclarationError, and as `proveByPulling`
 */
export async function conformPolicies(
  context: AppContext,
  options: ConformPoliciesOptions,
): Promise<Conformed | undefined> {
  const declared = await proofsOf(context, options);
  const { sinceFailed } = options;
  const proofs = sinceFailed === undefined ? declared : await whatFailed(context, sinceFailed, declared);
  const [first] = proofs;
  if (!first) return undefined;
  if (options.report !== undefined) await prepareReports(options.report);
  const run = runOptions(context, options);
  const proven = options.all
    ? await proveFleet(context, proofs, run)
    : [await proveOne(context, first, run, options.report)];
  const reports = proven.map(({ report }) => report);
  return {
    report: options.all ? toFleet(reports) : reports[0]!,
    errors: proven.flatMap(({ error }) => error ?? []),
  };
}

/**
 * An error that prevents a run is thrown and also written as a report; otherwise the last report, perhaps a green one,
 * would remain.
 */
async function proveOne(
  context: AppContext,
  proof: Proof,
  run: ConformanceOptions,
  directory: string | undefined,
): Promise<Proven> {
  const startedAt = new Date();
  try {
    return await proveByPulling(context, proof, run);
  } catch (thrown) {
    if (directory !== undefined && thrown instanceof BreakwaterError)
      await writeReports(directory, shownValue(notBegun(proof, run, startedAt, thrown), context.secrets));
    throw thrown;
  }
}

/**
 * Each Harbor with its failed checks; Harbors without failures are left out.
 * @throws UsageError
 */
async function whatFailed({ emit }: AppContext, file: string, proofs: readonly Proof[]): Promise<readonly Proof[]> {
  const text = await readText(file, 'pass the report.json of an earlier run: conform --report DIR writes it');
  const report = await parseReport(text, file);
  const reported = new Set(instancesOf(report).map(({ instance }) => instance));
  const missing = proofs.filter(({ instance }) => !reported.has(instance));
  if (missing.length > 0) throw new UsageError(`${file} does not contain ${missing.map(nameOf).join(', ')}`);
  const gone = proofs.flatMap((proof) => noLongerDeclared(proof, failedChecksOf(report, proof.instance)));
  if (gone.length > 0) emit({ type: 'no-longer-declared', projects: gone });
  const failed = proofs
    .map((proof): Proof => ({ ...proof, again: failedChecksOf(report, proof.instance) }))
    .filter(({ again }) => again!.length > 0);
  if (failed.length === 0 && !report.complete)
    throw new UsageError(`the run in ${file} was stopped before a check failed`, 'run all checks again');
  return failed;
}

/** Renamed, or declared without `conformance` now. */
function noLongerDeclared({ declaration }: Proof, failed: readonly ChosenCheck[]): string[] {
  const names = failed.flatMap(({ project }) => (project === undefined ? [] : [project]));
  return [...new Set(names)].filter((name) => declaration.conformance.every(({ project }) => project !== name));
}

/** For messages: an instance of a fleet, or the only Harbor. */
function nameOf({ instance, declaration }: Proof): string {
  return instance ?? declaration.harbor?.url ?? 'this Harbor';
}

/** Everything is loaded before the first request to a Harbor. @throws UsageError, DeclarationError */
async function proofsOf(context: AppContext, options: ConformPoliciesOptions): Promise<readonly Proof[]> {
  const { policies, project: only = [], check = [], all } = options;
  refuseUnknownChecks(check);
  const names = all ? await everyInstance(policies) : [options.instance];
  const proofs: Proof[] = [];
  for (const instance of names) {
    const { instance: _none, ...others } = options;
    const declaration = await loadOrThrow(context, instance === undefined ? others : { ...others, instance });
    const shard = options.shard && { shard: options.shard };
    proofs.push(compact({ declaration, only, ...shard, instance }));
  }
  const declared = [...new Set(proofs.flatMap(({ declaration }) => declaration.conformance.map((one) => one.project)))];
  const unknown = only.filter((name) => proofs.every((proof) => unknownProjects(proof.declaration, [name]).length > 0));
  refuseUnknown('project', unknown, declared.length > 0 ? `known: ${declared.join(', ')}` : undefined);
  const asked = proofs.filter(({ declaration }) => provesSomething(declaration.conformance, only));
  if (asked.length > 0) return asked;
  throw new UsageError(
    `${policies} declares no image to pull`,
    'add conformance: { pull: [library/alpine:3.20] } to a project',
  );
}

function provesSomething(declared: readonly { readonly project: string }[], only: readonly string[]): boolean {
  return declared.some(({ project }) => only.length === 0 || only.includes(project));
}

/** Seconds on the command line, milliseconds inside. */
function runOptions(
  { signal, emit, secrets }: AppContext,
  { check = [], concurrency, deadline, deep = false, timeScale = 1 }: ConformPoliciesOptions,
): ConformanceOptions {
  return compact({
    tool: { name: 'breakwater', version },
    checks: check,
    deep,
    timeScale,
    signal,
    secrets,
    reporter: { on: (event) => emit({ type: 'conformance', event }) },
    concurrency,
    deadlineMs: deadline === undefined ? undefined : deadline * 1000,
  });
}

/** @throws UsageError */
/** @throws UsageError */
function refuseUnknownChecks(wanted: readonly string[]): void {
  refuseUnknown('check', unknownChecks(wanted), 'breakwater conform --list shows all');
}

function refuseUnknown(what: 'check' | 'project', unknown: readonly string[], hint: string | undefined): void {
  if (unknown.length === 0) return;
  const where = what === 'check' ? '' : ' with conformance: in the policies';
  throw new UsageError(`there is no ${what} ${unknown.join(', ')}${where}`, hint);
}

/**
 * Every check, or the named ones, with reason and cost.
 * @throws UsageError
 */
export function checksAs(format: string, ids: readonly string[] = []): string {
  refuseUnknownChecks(ids);
  if (format !== 'text' && format !== 'json')
    throw new UsageError(`--list does not support --format ${format}`, 'use text or json');
  const checks = catalogue(ids);
  return format === 'json' ? jsonDocument({ checks }) : catalogueText(checks);
}
