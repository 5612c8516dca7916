import { compact } from '../../compact';
import type { AppEvent, UpEvent } from '../events';
import type { UpContext } from './context';
import type { Comparison, PlanSummary, StepId, UpPlan } from './steps';

/** What `up --format json` prints once, at the end, together with `schemaVersion`. */
export interface UpReport {
  readonly environment: string;
  /** The exit code. */
  readonly code: number;
  readonly steps: readonly ReportedStep[];
  /** Notes about what was found or done. */
  readonly notes: readonly string[];
  /** Checks before and after an upgrade. */
  readonly comparison?: Comparison;
  /** Of `--plan-out`. */
  readonly plan?: UpPlan;
  /** For `--dry-run`: the commands of each step. */
  readonly commands?: Readonly<Record<string, readonly string[]>>;
  /** Restart with `--from` and this step. */
  readonly stoppedAt?: StepId;
  /** What ended the run. */
  readonly error?: object;
}

/** The same for both machines of a pair. */
export interface PairReport {
  readonly environment: string;
  /** The exit code. */
  readonly code: number;
  /** The report of each machine that was begun, in order. */
  readonly machines: readonly UpReport[];
  /** The environment of the machine that failed or was refused. */
  readonly stoppedAt?: string;
  readonly error?: object;
}

/** One step that was begun. Steps after a failure are not in the report. */
export interface ReportedStep {
  readonly id: StepId;
  readonly title: string;
  /** `not-finished`: the run ended during this step. */
  readonly result: 'done' | 'unchanged' | 'failed' | 'not-finished';
  /** With one decimal. */
  readonly seconds: number;
  /** What the stack's plan did. */
  readonly changes?: PlanSummary;
  /** What the command of this step printed as JSON. */
  readonly output?: unknown;
  /** The last lines of a program that failed. */
  readonly failure?: { readonly program: string; readonly code: number; readonly lines: readonly string[] };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Without --format json, this is printed to stdout. */
const RESULTS: ReadonlySet<AppEvent['type']> = new Set(['up-commands', 'up-compared', 'up-imports', 'up-planned']);

/** Collects the events of one run. */
export class UpReporter {
  private readonly steps: { step: Mutable<ReportedStep>; startedMs: number }[] = [];
  private readonly notes: string[] = [];
  private readonly more: Mutable<Partial<UpReport>> = {};

  /** Whether a step was begun. */
  get begun(): boolean {
    return this.steps.length > 0;
  }

  /** Events of a step belong to the step that began last: steps never run at the same time. */
  on(event: UpEvent): void {
    const last = this.steps.at(-1);
    if (event.type === 'up-step') this.begin(event.step);
    else if (event.type === 'up-step-ended' && last) this.end(last, event.result);
    else if (event.type === 'up-stack' && last) last.step.changes = event.summary;
    else if (event.type === 'tool-failed' && last)
      last.step.failure = { program: event.program, code: event.code, lines: event.lines };
    else if (event.type === 'up-note') this.notes.push(event.message);
    else if (event.type === 'up-compared') this.more.comparison = event.comparison;
    else if (event.type === 'up-planned') this.more.plan = event.plan;
    else if (event.type === 'up-stopped') this.more.stoppedAt = event.step;
    else if (event.type === 'up-migrating') this.more.stoppedAt = 'harbor';
    else if (event.type === 'up-commands')
      this.more.commands = Object.fromEntries(event.steps.map(({ step, lines }) => [step.id, lines]));
  }

  /** Output of a command within the current step: one JSON document, or text that is kept unchanged. */
  output(text: string): void {
    const last = this.steps.at(-1);
    if (last && text.trim() !== '') last.step.output = parsed(text);
  }

  /**
   * The context of a run with a report: stdout is one document that contains the output of the commands of its steps.
   */
  context(told: UpContext): UpContext {
    return {
      ...told,
      emit: (event) => {
        this.on(event as UpEvent);
        if (!RESULTS.has(event.type)) told.emit(event);
      },
      breakwater: async (argv) => {
        let out = '';
        const code = await told.breakwater([...argv, '--format', 'json'], (text) => void (out += text));
        this.output(out);
        return code;
      },
    };
  }

  report(environment: string, code: number): UpReport {
    for (const { step, startedMs } of this.steps)
      if (step.result === 'not-finished') step.seconds = secondsSince(startedMs);
    const steps = this.steps.map(({ step }) => step);
    return compact({ environment, code, steps, notes: this.notes, ...this.more });
  }

  private begin({ id, title }: { readonly id: StepId; readonly title: string }): void {
    this.steps.push({ step: { id, title, result: 'not-finished', seconds: 0 }, startedMs: performance.now() });
  }

  private end({ step, startedMs }: (typeof this.steps)[number], result: ReportedStep['result']): void {
    step.result = result;
    step.seconds = secondsSince(startedMs);
  }
}

function secondsSince(startedMs: number): number {
  return Math.round((performance.now() - startedMs) / 100) / 10;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
