import type { CheckResult, ConformanceEvent } from '../../conformance';
import { line, step, type Said } from './said';

/**
 * Reports a run while it lasts: what it waits for, problems as soon as they are known, and a line for every finished
 * project.
 */
export function proofWords(): (event: ConformanceEvent) => readonly Said[] {
  let [done, total] = [0, 0];
  const open = new Map<string, CheckResult[]>();
  return (event) => {
    if (event.type === 'run-started') total = event.total;
    if (event.type === 'waiting') return step(done, total, `checks (${subjectOf(event)}: ${event.message})`);
    if (event.type === 'project-finished') return line(projectLine(event.project, open.get(event.project) ?? []));
    if (event.type !== 'check-finished') return [];
    const { result } = event;
    done = event.done;
    if (result.project !== undefined) open.set(result.project, [...(open.get(result.project) ?? []), result]);
    return [...step(done, total, `checks (${subjectOf(result)})`), ...fault(result)];
  };
}

/** Checks that an earlier error prevented are part of the line of the project. */
function fault(result: CheckResult): readonly Said[] {
  if (!isBad(result) || result.message.startsWith('not run: ')) return [];
  return line(`${result.status.toUpperCase()} ${subjectOf(result)}: ${result.message.split('\n', 1)[0]}`);
}

function projectLine(project: string, results: readonly CheckResult[]): string {
  const bad = results.filter(isBad).map(({ id }) => id);
  if (results.every(({ status }) => status === 'skip')) return `· ${project}: nothing was verified`;
  return bad.length > 0 ? `✗ ${project}: ${bad.join(', ')}` : `✓ ${project}`;
}

function isBad({ status }: CheckResult): boolean {
  return status === 'fail' || status === 'error';
}

function subjectOf({ project, id }: { readonly project?: string; readonly id: string }): string {
  return `${project ?? 'front door'} ${id}`;
}
