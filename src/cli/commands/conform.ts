import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, Option } from 'commander';
import {
  catalogue,
  catalogueText,
  failedOf,
  instancesOf,
  isConformant,
  parseReport,
  parseShard,
  REPORT_FORMATS,
  shownValue,
  toFleet,
  unknownChecks,
  type ConformanceOptions,
  type ConformanceReport,
  type Report,
  type Selected,
  type Shard,
} from '../../conformance';
import { instanceNames } from '../../declaration/read-files';
import { BreakwaterError, UsageError } from '../../errors';
import type { Command, CommandContext } from '../command';
import { unknownProjects } from '../../app/conformance-target';
import { conformanceReporter } from '../render/conformance';
import { abortedCode, ExitCode } from '../exit-code';
import { loadOrThrow } from '../../app/load';
import {
  addDeclarationOptions,
  addFormatOption,
  atLeastOne,
  collect,
  factor,
  someTime,
  type DeclarationOptions,
} from '../options';
import { notBegun, proveByPulling, proveFleet, type Proof } from '../../app/conform';
import { prepareReports, writeReports } from '../../app/reports';
import { showReport, type ReportOptions } from '../render/report';
import { version } from '../../app/version';

interface ConformOptions extends DeclarationOptions, ReportOptions {
  readonly all: boolean;
  readonly list: boolean;
  readonly sinceFailed?: string;
  readonly project: readonly string[];
  readonly check: readonly string[];
  readonly shard?: Shard;
  readonly concurrency?: number;
  readonly deadline?: number;
  readonly deep: boolean;
  readonly timeScale: number;
}

export const command: Command<ConformOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), ...REPORT_FORMATS)
      .addOption(new Option('--all', 'every Harbor of policies/instances/, in one report').conflicts('instance'))
      .option('--list', 'say what every check proves, why, and what it costs; nothing is asked of a Harbor', false)
      .option('--since-failed <report.json>', 'only what failed in that report')
      .option('--project <name>', 'only this project (repeatable)', collect, [])
      .option('--check <id>', 'only this check, such as B1 or S4 (repeatable)', collect, [])
      .option('--shard <i/n>', 'only the i-th of n parts of the projects; "report merge" joins them', shard)
      .option('--report <dir>', 'write the report in every format there; history/ below it remembers 30 runs')
      .option('--concurrency <number>', 'projects under way at once (default 4)', atLeastOne)
      .option('--deadline <time>', 'for the whole run, such as 90s, 30m or 2h (default 30m)', someTime)
      .option('--deep', 'also unpack every layer (B5), and wait for Harbor to notice an outage (S4b)', false)
      .option('--time-scale <factor>', 'of the sandbox that is asked; 1 is a real Harbor', factor, 1);
  },

  async run(context, options) {
    if (options.list) return list(context, options);
    const declared = await proofsOf(context, options);
    const proofs =
      options.sinceFailed === undefined ? declared : await whatFailed(context, options.sinceFailed, declared);
    if (proofs.length === 0) {
      context.progress.line(`nothing failed in ${options.sinceFailed}`);
      return ExitCode.ok;
    }
    if (options.report !== undefined) await prepareReports(options.report);
    const run = runOptions(context, options);
    const report = options.all
      ? toFleet(await proveFleet(context, proofs, run))
      : await proveOne(context, proofs[0]!, run, options);
    await showReport(context, options, report);
    if (context.signal.aborted) return abortedCode(context.signal);
    return isConformant(report) || isEmptyShard(report) ? ExitCode.ok : ExitCode.error;
  },
};

/** What keeps a run from beginning is told on the terminal, and stands in the report: one of last night may be green. */
async function proveOne(
  context: CommandContext,
  proof: Proof,
  run: ConformanceOptions,
  { report: directory }: ReportOptions,
): Promise<ConformanceReport> {
  const startedAt = new Date();
  try {
    return await proveByPulling(context, proof, run);
  } catch (thrown) {
    if (directory !== undefined && thrown instanceof BreakwaterError)
      await writeReports(directory, shownValue(notBegun(proof, run, startedAt, thrown), context.secrets));
    throw thrown;
  }
}

/** @throws UsageError */
function list({ terminal }: CommandContext, { check, format }: ConformOptions): ExitCode {
  refuseUnknown('check', unknownChecks(check), 'breakwater conform --list shows all');
  if (format !== 'text' && format !== 'json')
    throw new UsageError(`the list is not written as ${format}`, 'text and json are');
  const checks = catalogue(check);
  terminal.out(
    format === 'json' ? `${JSON.stringify({ schemaVersion: 1, checks }, null, 2)}\n` : catalogueText(checks),
  );
  return ExitCode.ok;
}

/** Each Harbor with what failed there; those where nothing did are left out. @throws UsageError */
async function whatFailed(
  { progress }: CommandContext,
  file: string,
  proofs: readonly Proof[],
): Promise<readonly Proof[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read: ${(cause as Error).message}`);
  });
  const report = parseReport(text);
  if (!report) throw new UsageError(`${file} is no report of conform`, 'it is report.json below --report');
  const told = new Set(instancesOf(report).map(({ instance }) => instance));
  const missing = proofs.filter(({ instance }) => !told.has(instance));
  if (missing.length > 0) throw new UsageError(`${file} says nothing of ${missing.map(nameOf).join(', ')}`);
  const gone = proofs.flatMap((proof) => noLongerDeclared(proof, failedOf(report, proof.instance)));
  if (gone.length > 0) progress.line(`${gone.join(', ')} failed there and is no longer declared: left out`);
  const failed = proofs
    .map((proof): Proof => ({ ...proof, again: failedOf(report, proof.instance) }))
    .filter(({ again }) => again!.length > 0);
  if (failed.length === 0 && !report.complete)
    throw new UsageError(`${file} is of a run that was stopped before anything failed`, 'run everything again');
  return failed;
}

/** Renamed, or without `conformance` by now. */
function noLongerDeclared({ declaration }: Proof, failed: readonly Selected[]): string[] {
  const names = failed.flatMap(({ project }) => (project === undefined ? [] : [project]));
  return [...new Set(names)].filter((name) => declaration.conformance.every(({ project }) => project !== name));
}

function nameOf({ instance, declaration }: Proof): string {
  return instance ?? declaration.harbor?.url ?? 'this Harbor';
}

/** Everything is loaded before anything is asked of a Harbor. @throws UsageError, DeclarationError */
async function proofsOf(context: CommandContext, options: ConformOptions): Promise<readonly Proof[]> {
  const { policies, project: only, check, all } = options;
  refuseUnknown('check', unknownChecks(check), 'breakwater conform --list shows all');
  const names = all ? await instanceNames(policies) : [options.instance];
  if (names.length === 0) throw new UsageError(`${policies}/instances holds no Harbor`, 'leave out --all');
  const proofs: Proof[] = [];
  for (const instance of names) {
    const { instance: _none, ...others } = options;
    const declaration = await loadOrThrow(context, instance === undefined ? others : { ...others, instance });
    const shard = options.shard && { shard: options.shard };
    proofs.push({ declaration, policies, only, ...shard, ...(instance !== undefined && { instance }) });
  }
  const declared = [...new Set(proofs.flatMap(({ declaration }) => declaration.conformance.map((one) => one.project)))];
  const unknown = only.filter((name) => proofs.every((proof) => unknownProjects(proof.declaration, [name]).length > 0));
  refuseUnknown('project', unknown, declared.length > 0 ? `known: ${declared.join(', ')}` : undefined);
  const asked = proofs.filter(({ declaration }) => provesSomething(declaration.conformance, only));
  if (asked.length > 0) return asked;
  throw new UsageError(
    `${policies} declares nothing to prove`,
    'add conformance: { pull: [library/alpine:3.20] } to a project',
  );
}

function provesSomething(declared: readonly { readonly project: string }[], only: readonly string[]): boolean {
  return declared.some(({ project }) => only.length === 0 || only.includes(project));
}

function runOptions(
  { signal, progress, secrets }: CommandContext,
  { check, concurrency, deadline, deep, timeScale }: ConformOptions,
) {
  return {
    tool: { name: 'breakwater', version },
    checks: check,
    deep,
    timeScale,
    signal,
    secrets,
    reporter: conformanceReporter(progress),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(deadline === undefined ? {} : { deadlineMs: deadline * 1000 }),
  };
}

/** More parts than projects: there was nothing to do, which is no failure of the part. */
function isEmptyShard(report: Report): boolean {
  if ('instances' in report || report.shard === undefined) return false;
  const { complete, projects, summary } = report;
  return complete && projects.length === 0 && summary.fail === 0 && summary.error === 0;
}

function shard(text: string): Shard {
  const parsed = parseShard(text);
  if (!parsed) throw new InvalidArgumentError('Write 1/3, 2/3 and 3/3 for three parts.');
  return parsed;
}

/** @throws UsageError */
function refuseUnknown(what: string, unknown: readonly string[], hint: string | undefined): void {
  if (unknown.length > 0) throw new UsageError(`there is no ${what} ${unknown.join(', ')} to prove`, hint);
}
