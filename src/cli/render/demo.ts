import type { DemoEvent } from '../../app/events';
import { summaryText } from '../../app/render/plan';
import { toJson, toText } from '../../app/render/report';
import { plural } from '../../plural';
import { paintFor, type Terminal } from '../terminal';
import { applyReportToText } from '../../app/render/applied';
import type { Where, Words } from './events';

const STEPS = 6;

/**
 * The steps of the demo on stdout, or on stderr where stdout is for one JSON document.
 * @param outer shows the password of the stand-in, which `terminal` masks
 */
export function demoWords(
  { terminal, progress }: Omit<Where, 'quiet'>,
  outer: Terminal,
  format: string,
): Words<DemoEvent> {
  const step = (number: number, name: string, result: string): void => {
    progress.end();
    const tell = format === 'json' ? terminal.err : terminal.out;
    tell(`[${number}/${STEPS}] ${name.padEnd(10)}  ${result}\n`);
  };
  return {
    'demo-validated': ({ policies, objects }) =>
      step(1, 'validate', `${policies} is valid: ${plural(objects, 'object')}`),
    'demo-started': ({ url, upstreams, overlay }) =>
      progress.line(
        `a stand-in for Harbor on ${url}, and ${plural(upstreams, 'small registry', 'small registries')} as upstreams (${overlay})`,
      ),
    'demo-planned': ({ plan, files }) => step(2, 'plan', `${summaryText(plan)} (${files.join(', ')})`),
    'demo-applied': ({ report, calls }) =>
      step(3, 'apply', `${applyReportToText(report, paintFor(false)).trimEnd()} ${plural(calls, 'API call')}`),
    'demo-planned-again': ({ plan }) => step(4, 'plan again', summaryText(plan)),
    'demo-proven': ({ report }) => {
      const { projects, results, durationMs } = report;
      const seconds = (durationMs / 1000).toFixed(1);
      step(5, 'conform', `${plural(projects.length, 'project')}, ${plural(results.length, 'check')} in ${seconds} s`);
      terminal.out(format === 'json' ? toJson(report) : `\n${toText(report)}\n`);
    },
    'demo-reported': ({ files }) => step(6, 'report', files.join(', ')),
    'demo-kept': ({ url, password }) =>
      outer.err(`\nstill running: ${url} (admin / ${password}); stop it with Ctrl-C\n`),
  };
}
