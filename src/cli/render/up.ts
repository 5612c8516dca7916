import type { UpEvent } from '../../app/events';
import { printable } from '../../outside/printable';
import { comparisonText } from '../../app/up/steps';
import type { Where, Words } from './events';

/** Events of `up`: the commands and the comparison are results, on stdout. */
export function upWords({ terminal, progress }: Omit<Where, 'quiet'>): Words<UpEvent> {
  return {
    'up-commands': ({ steps }) => {
      for (const { step, lines } of steps)
        terminal.out(`${step.id}: ${step.title}\n${lines.map((line) => `  ${line}\n`).join('')}`);
    },
    'up-step': ({ number, total, step }) => progress.stage(`[${number}/${total}] ${step.id}: ${step.title}`),
    'up-note': ({ message }) => progress.line(message.replaceAll('\n', '\n  ')),
    'tool-output': ({ text }) => terminal.err(text),
    'tool-running': ({ program, seconds, line }) => progress.line(`${program}, ${seconds} s: ${printable(line, 80)}`),
    'tool-failed': ({ program, code, lines, log }) =>
      terminal.err(
        `${program} ended with exit code ${code}. Its last lines:\n${lines.map((line) => `  ${printable(line, 1_000)}\n`).join('')}` +
          `everything it printed: ${log} (or pass --verbose)\n`,
      ),
    'up-compared': ({ before, after, comparison }) =>
      terminal.out(`${before} -> ${after}\n${comparisonText(comparison)}\n`),
    'up-stopped': ({ step, restart }) =>
      terminal.err(`stopped at ${step}; continue with the same command${restart ? ` and --from ${step}` : ''}\n`),
    // cdktf deploy would replace what was not healthy in time, also in a migration, which neither image survives.
    'up-migrating': () =>
      terminal.err(
        'stopped at harbor: a migration of the data may still be running, and must not be killed. Read docker logs of\n' +
          'harbor-postgresql and harbor-core on the host. The same command waits for them; cdktf deploy would replace them\n' +
          '(docs/guides/upgrade.md)\n',
      ),
  };
}
