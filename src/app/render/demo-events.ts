import { plural } from '../../plural';
import type { DemoEvent } from '../events';
import { applyReportToText } from './applied';
import { plain } from './paint';
import { summaryText } from './plan';
import { toJson, toText } from './report';
import { err, line, out, type Said, type Words } from './said';

const STEPS = 6;

/** The steps of the demo are results, or messages if the result is one JSON document. */
export function demoWords(format: string): Words<DemoEvent> {
  const step = (number: number, name: string, result: string): readonly Said[] =>
    (format === 'json' ? err : out)(`[${number}/${STEPS}] ${name.padEnd(10)}  ${result}\n`);
  return {
    'demo-validated': ({ policies, objects }) =>
      step(1, 'validate', `${policies} is valid: ${plural(objects, 'object')}`),
    'demo-started': ({ url, upstreams, overlay }) =>
      line(
        `a stand-in for Harbor on ${url}, and ${plural(upstreams, 'small registry', 'small registries')} as upstreams (${overlay})`,
      ),
    'demo-planned': ({ plan, files }) => step(2, 'plan', `${summaryText(plan)} (${files.join(', ')})`),
    'demo-applied': ({ report, calls }) =>
      step(3, 'apply', `${applyReportToText(report, plain).trimEnd()} ${plural(calls, 'API call')}`),
    'demo-planned-again': ({ plan }) => step(4, 'plan again', summaryText(plan)),
    'demo-proven': ({ report }) => {
      const { projects, results, durationMs } = report;
      const seconds = (durationMs / 1000).toFixed(1);
      const words = `${plural(projects.length, 'project')}, ${plural(results.length, 'check')} in ${seconds} s`;
      return [...step(5, 'conform', words), ...out(format === 'json' ? toJson(report) : `\n${toText(report)}\n`)];
    },
    'demo-reported': ({ files }) => step(6, 'report', files.join(', ')),
    'demo-kept': ({ url, password }) => err(`\nstill running: ${url} (admin / ${password}); stop it with Ctrl-C\n`),
  };
}
