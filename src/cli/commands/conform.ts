import { isConformant, runConformance, toJson, toText, unknownChecks, type ConformanceReport } from '../../conformance';
import type { Command, CommandContext } from '../command';
import { conformanceTarget, unknownProjects } from '../conformance-target';
import { withHarbor } from '../connect';
import { abortedCode, ExitCode } from '../exit-code';
import { loadOrThrow } from '../load';
import { addDeclarationOptions, addFormatOption, collect, wholeNumber, type DeclarationOptions } from '../options';
import { conformanceReporter, writeReports } from '../reports';
import { UsageError } from '../usage-error';
import { version } from '../version';

interface ConformOptions extends DeclarationOptions {
  readonly project: readonly string[];
  readonly check: readonly string[];
  readonly report?: string;
  readonly concurrency?: number;
  readonly deadline?: number;
  readonly timeScale: number;
}

export const command: Command<ConformOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json')
      .option('--project <name>', 'only this project (repeatable)', collect, [])
      .option('--check <id>', 'only this check, such as B1 or S4 (repeatable)', collect, [])
      .option('--report <dir>', 'write report.html, report.json and junit.xml there')
      .option('--concurrency <number>', 'projects under way at once (default 4)', wholeNumber)
      .option('--deadline <seconds>', 'for the whole run (default 1800)', wholeNumber)
      .option('--time-scale <factor>', 'of the sandbox that is asked; 1 is a real Harbor', Number, 1);
  },

  async run(context, options) {
    const declaration = await loadOrThrow(context, options);
    refuseUnknown(
      'project',
      unknownProjects(declaration, options.project),
      declaration.conformance.map(({ project }) => project),
    );
    refuseUnknown('check', unknownChecks(options.check), []);
    if (declaration.conformance.length === 0)
      throw new UsageError(
        `${options.policies} declares nothing to prove`,
        'add conformance: { pull: [library/alpine:3.20] } to a project',
      );
    const report = await withHarbor(context, declaration, options.policies, ({ harbor, resolve, ca, identity }) => {
      const target = conformanceTarget({
        declaration,
        harbor,
        resolve,
        only: options.project,
        policies: options.policies,
        ...(ca === undefined ? {} : { ca }),
      });
      context.progress.stage(`proving ${target.projects.length} projects by pulling`);
      const known = identity.harborVersion === undefined ? {} : { harborVersion: identity.harborVersion };
      return runConformance({ ...target, ...known }, runOptions(context, options));
    });
    await show(context, options, report);
    if (context.signal.aborted) return abortedCode(context.signal);
    return isConformant(report) ? ExitCode.ok : ExitCode.error;
  },
};

function runOptions({ signal, progress }: CommandContext, { check, concurrency, deadline, timeScale }: ConformOptions) {
  return {
    tool: { name: 'breakwater', version },
    checks: check,
    timeScale,
    signal,
    reporter: conformanceReporter(progress),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(deadline === undefined ? {} : { deadlineMs: deadline * 1000 }),
  };
}

async function show(
  { terminal, progress }: CommandContext,
  { report: directory, format }: ConformOptions,
  report: ConformanceReport,
): Promise<void> {
  progress.end();
  terminal.out(format === 'json' ? toJson(report) : toText(report));
  if (directory === undefined) return;
  const [html] = await writeReports(directory, report);
  progress.line(`report: ${html}`);
}

function refuseUnknown(what: string, unknown: readonly string[], known: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new UsageError(
    `there is no ${what} ${unknown.join(', ')} to prove`,
    known.length > 0 ? `known: ${known.join(', ')}` : undefined,
  );
}
