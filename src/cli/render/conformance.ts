import type { CheckResult, ConformanceReporter } from '../../conformance';
import type { Progress } from './progress';

/** Tells of a run while it lasts: what is waited for, what is wrong at once, and a line for every project that is done. */
export function conformanceReporter(progress: Progress): ConformanceReporter {
  let [done, total] = [0, 0];
  const open = new Map<string, CheckResult[]>();
  return {
    on(event) {
      if (event.type === 'run-started') total = event.total;
      if (event.type === 'waiting') progress.step(done, total, `checks (${subjectOf(event)}: ${event.message})`);
      if (event.type === 'project-finished') progress.line(projectLine(event.project, open.get(event.project) ?? []));
      if (event.type !== 'check-finished') return;
      const { result } = event;
      done = event.done;
      progress.step(done, total, `checks (${subjectOf(result)})`);
      // What one error keeps from being run stands in the line of its project.
      if (isBad(result) && !result.message.startsWith('not run: '))
        progress.line(`${result.status.toUpperCase()} ${subjectOf(result)}: ${result.message.split('\n', 1)[0]}`);
      if (result.project !== undefined) open.set(result.project, [...(open.get(result.project) ?? []), result]);
    },
  };
}

function projectLine(project: string, results: readonly CheckResult[]): string {
  const bad = results.filter(isBad).map(({ id }) => id);
  if (results.every(({ status }) => status === 'skip')) return `· ${project}: nothing was proven`;
  return bad.length > 0 ? `✗ ${project}: ${bad.join(', ')}` : `✓ ${project}`;
}

function isBad({ status }: CheckResult): boolean {
  return status === 'fail' || status === 'error';
}

function subjectOf({ project, id }: { readonly project?: string; readonly id: string }): string {
  return `${project ?? 'front door'} ${id}`;
}
