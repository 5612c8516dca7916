import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHtml, toJson, toJunit, type ConformanceReport, type ConformanceReporter } from '../conformance';
import type { Progress } from './progress';

/** Writes every form of a report; answers the paths, the one for people first. */
export async function writeReports(directory: string, report: ConformanceReport): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const files = { 'report.html': toHtml(report), 'report.json': toJson(report), 'junit.xml': toJunit(report) };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return Object.keys(files).map((name) => join(directory, name));
}

export function conformanceReporter(progress: Progress): ConformanceReporter {
  let [done, total] = [0, 0];
  return {
    on(event) {
      if (event.type === 'run-started') total = event.total;
      if (event.type === 'waiting') progress.step(done, total, `checks (${subjectOf(event)}: ${event.message})`);
      if (event.type !== 'check-finished') return;
      const { result } = event;
      done = event.done;
      progress.step(done, total, `checks (${subjectOf(result)})`);
      if (result.status === 'fail' || result.status === 'error')
        progress.line(`${result.status.toUpperCase()} ${subjectOf(result)}: ${result.message.split('\n', 1)[0]}`);
    },
  };
}

function subjectOf({ project, id }: { readonly project?: string; readonly id: string }): string {
  return `${project ?? 'front door'} ${id}`;
}
