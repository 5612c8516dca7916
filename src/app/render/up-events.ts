import { printable } from '../../outside/printable';
import type { UpEvent } from '../events';
import { comparisonText } from '../up/steps';
import { err, line, out, stage, type Words } from './said';

/** Events of `up`: the commands and the comparison are results. */
export const upWords: Words<UpEvent> = {
  'up-commands': ({ steps }) =>
    steps.flatMap(({ step, lines }) =>
      out(`${step.id}: ${step.title}\n${lines.map((command) => `  ${command}\n`).join('')}`),
    ),
  'up-step': ({ number, total, step }) => stage(`[${number}/${total}] ${step.id}: ${step.title}`),
  'up-step-ended': () => [],
  'up-stack': () => [],
  'up-imports': ({ text }) => out(text),
  'up-planned': ({ directory }) =>
    out(`nothing was changed; the plan is in ${directory}: read up.md, then breakwater up --apply ${directory}\n`),
  'up-note': ({ message }) => line(message.replaceAll('\n', '\n  ')),
  'tool-output': ({ text }) => err(text),
  'tool-running': ({ program, seconds, line: last }) => line(`${program}, ${seconds} s: ${printable(last, 80)}`),
  'up-log-line': ({ container, seconds, line: newest }) =>
    line(`${container}, ${seconds} s: ${printable(newest, 120)}`),
  'tool-failed': ({ program, code, lines, log }) =>
    err(
      `${program} ended with exit code ${code}. Its last lines:\n${lines.map((one) => `  ${printable(one, 1_000)}\n`).join('')}` +
        `everything it printed: ${log} (or pass --verbose)\n`,
    ),
  'up-compared': ({ before, after, comparison }) => out(`${before} -> ${after}\n${comparisonText(comparison)}\n`),
  'up-stopped': ({ step, restart }) =>
    err(`stopped at ${step}; continue with the same command${restart ? ` and --from ${step}` : ''}\n`),
  // cdktf deploy would replace a container that was not healthy in time, even during a migration; the data would not survive that.
  'up-migrating': () =>
    err(
      'stopped at harbor: a migration of the data may still be running, and must not be killed. Read docker logs of\n' +
        'harbor-postgresql and harbor-core on the host. The same command waits for them; cdktf deploy would replace them\n' +
        '(docs/guides/upgrade.md)\n',
    ),
};
