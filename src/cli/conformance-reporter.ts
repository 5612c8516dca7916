import type { CheckResult, ConformanceReporter } from '../conformance';
import type { Progress } from './progress';

/** Tells of a run while it lasts: what is waited for, what is wrong at once, and a line for every project that is done. */
export function conformanceReporter(progress: Progress): ConformanceReporter {
  let [done, total, projects, ofHost] = [0, 0, 0, 0];
  const open = new Map<string, CheckResult[]>();
  return {
    on(event) {
      if (event.type === 'run-started') [total, projects] = [event.total, event.projects];
      if (event.type === 'waiting') progress.step(done, total, `checks (${subjectOf(event)}: ${event.message})`);
      if (event.type !== 'check-finished') return;
      const { result } = event;
      done = event.done;
      progress.step(done, total, `checks (${subjectOf(result)})`);
      // What one error keeps from being run stands in the line of its project.
      if (isBad(result) && !result.message.startsWith('not run: '))
        progress.line(`${result.status.toUpperCase()} ${subjectOf(result)}: ${result.message.split('\n', 1)[0]}`);
      if (result.project === undefined) {
        ofHost += 1;
        return;
      }
      const results = [...(open.get(result.project) ?? []), result];
      open.set(result.project, results);
      // The front door is finished before the first project begins.
      if (results.length === (total - ofHost) / projects) progress.line(projectLine(result.project, results));
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
