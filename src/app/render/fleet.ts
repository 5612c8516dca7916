import { compact } from '../../compact';
import { isRecord, type Json } from '../../json';
import { errorAsJson, errorAsSarif } from './error';
import { jsonDocument } from './json-document';

/** The result for one Harbor of a fleet. */
export interface InstanceRun {
  readonly instance: string;
  readonly exitCode: number;
  /** In one line; absent if there is no result. */
  readonly summary?: string;
  /** What the command printed. */
  readonly out: string;
  /** Absent if it ended normally. */
  readonly error?: unknown;
}

/** Every Harbor of the run is in one of the two lists. */
export interface Fleet {
  readonly runs: readonly InstanceRun[];
  /** Not started, because the run was stopped. */
  readonly left: readonly string[];
  readonly exitCode: number;
}

/** The summary of all Harbors, after each of them. */
export function fleetText(format: string, fleet: Fleet): string {
  if (format === 'json') return fleetJson(fleet);
  if (format === 'sarif') return `${JSON.stringify(fleetSarif(fleet), null, 2)}\n`;
  if (format === 'markdown') return fleetMarkdown(fleet);
  const width = Math.max(...[...fleet.runs.map(({ instance }) => instance), ...fleet.left].map((name) => name.length));
  const lines = rowsOf(fleet).map(([instance, result]) => `${instance.padEnd(width)}  ${result}`);
  return `\n=== ${headOf(fleet)} ===\n\n${lines.join('\n')}\n`;
}

const WORDS: Readonly<Record<number, string>> = {
  0: 'OK',
  1: 'error',
  2: 'differs',
  3: 'plan is stale',
  4: 'breaks rules',
  5: 'applied in part',
  6: 'refused',
  7: 'proof failed',
  8: 'unreachable or login refused',
  130: 'stopped',
  143: 'stopped',
};

function headOf({ runs, left }: Fleet): string {
  const fine = runs.filter(({ exitCode }) => exitCode === 0).length;
  return `${fine} of ${runs.length + left.length} Harbors OK`;
}

function rowsOf({ runs, left }: Fleet): (readonly [instance: string, result: string])[] {
  return [
    ...runs.map((run) => [run.instance, resultOf(run)] as const),
    ...left.map((instance) => [instance, 'not begun: the run was stopped'] as const),
  ];
}

function resultOf({ exitCode, summary }: InstanceRun): string {
  const words = `${WORDS[exitCode] ?? 'error'} (${exitCode})`;
  return summary === undefined ? words : `${words}: ${summary}`;
}

function fleetMarkdown(fleet: Fleet): string {
  const cell = (text: string): string => text.replace(/[|\\]/g, String.raw`\$&`).replace(/\s+/g, ' ');
  const rows = rowsOf(fleet).map(([instance, result]) => `| ${cell(instance)} | ${cell(result)} |`);
  const table = ['| Harbor | result |', '| --- | --- |', ...rows].join('\n');
  const parts = fleet.runs.map(({ instance, out }) => `## ${instance}\n\n${out}`);
  return [`## ${headOf(fleet)}`, table, ...parts].join('\n\n');
}

/** `result` is the JSON of the command for that instance, and null if it failed before it wrote any. */
function fleetJson({ runs, left, exitCode }: Fleet): string {
  const instances = runs.map(({ instance, exitCode: code, summary, out, error }) =>
    compact({
      instance,
      exitCode: code,
      summary,
      result: error === undefined ? parsed(out) : null,
      error: error === undefined ? undefined : errorOf(error),
    }),
  );
  return jsonDocument({ exitCode, instances, notBegun: left });
}

function errorOf(error: unknown): Json {
  const document = JSON.parse(errorAsJson(error)) as Json;
  return isRecord(document) ? (document['error'] ?? null) : null;
}

function parsed(out: string): Json {
  try {
    return JSON.parse(out) as Json;
  } catch {
    return null;
  }
}

/** One document with a run for each Harbor: code scanners distinguish them by `automationDetails`. */
function fleetSarif({ runs }: Fleet): Json {
  const documents = runs.flatMap(({ instance, out, error }) => {
    const document = parsed(error === undefined ? out : errorAsSarif(error));
    return isRecord(document) ? [{ instance, document }] : [];
  });
  const all = documents.flatMap(({ instance, document }) => {
    const own = document['runs'];
    return (Array.isArray(own) ? (own as readonly Json[]) : []).map((run) =>
      isRecord(run) ? { ...run, automationDetails: { id: `breakwater/${instance}` } } : run,
    );
  });
  return { ...(documents[0]?.document ?? { version: '2.1.0' }), runs: all };
}
