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
  return {
    on(event) {
      if (event.type === 'check-finished') {
        const { project, id, status, message } = event.result;
        const subject = `${project ?? 'front door'} ${id}`;
        progress.step(event.done, event.total, `checks (${subject})`);
        if (status === 'fail' || status === 'error')
          progress.line(`${status.toUpperCase()} ${subject}: ${message.split('\n', 1)[0]}`);
      }
    },
  };
}
