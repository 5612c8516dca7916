import type { AppEvent, CommonEvent } from '../../app/events';
import { describeIdentity } from '../../app/describe-identity';
import { diagnosticsText } from '../../app/render/diagnostics';
import { planText } from '../../app/render/plan';
import { plural } from '../../plural';
import type { ReconcileEvent } from '../../reconcile/reporter';
import { paintFor, type Terminal } from '../terminal';
import { conformanceReporter } from './conformance';
import type { Progress } from './progress';

/** How each event is told. */
export type Words<Event extends AppEvent> = {
  readonly [Type in Event['type']]: (event: Extract<Event, { type: Type }>) => void;
};

function warmText({ event }: Extract<AppEvent, { type: 'warm' }>): string {
  if (event.type === 'waiting') {
    const minutes = event.ms / 60_000;
    const howLong = minutes < 2 ? `${Math.ceil(event.ms / 1000)} s` : `${Math.round(minutes)} min`;
    return `${event.upstream}: next pull in ${howLong} (${event.why})`;
  }
  const { record, done, total } = event;
  const why = record.why === undefined ? '' : `: ${record.why}`;
  return `${done}/${total} ${record.project}/${record.image}: ${record.outcome}${why}`;
}

export interface Where {
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly quiet: boolean;
}

/** Events of every use case, in words on stderr. */
export function commonWords({ terminal, progress, quiet }: Where): Words<CommonEvent> {
  const conformance = conformanceReporter(progress);
  return {
    findings: ({ diagnostics, sources, usable }) => {
      if (!usable || !quiet) terminal.err(diagnosticsText(diagnostics, sources));
    },
    'logging-in': ({ url }) => progress.stage(`${url}: logging in`),
    'logged-in': ({ identity }) => progress.line(describeIdentity(identity)),
    notice: ({ message }) => progress.line(message),
    advisories: (event) => tellAdvisories({ terminal, progress }, event),
    reading: ({ what }) => progress.stage(what === 'everything' ? 'reading everything in Harbor' : 'reading Harbor'),
    'testing-secrets': () => progress.stage('testing secrets'),
    read: ({ calls }) => progress.line(plural(calls, 'API call')),
    planned: ({ plan }) => terminal.err(planText(plan, paintFor(terminal.errColour ?? terminal.live))),
    'plan-saved': ({ file }) => progress.line(`saved to ${file}: apply it with \`breakwater apply ${file}\``),
    reconcile: ({ event }) => tellReconcile(progress, event),
    'journal-damaged': ({ file, lines }) =>
      progress.line(`warning: ${plural(lines, 'line')} of the journal ${file} cannot be read and will be ignored`),
    'secret-in-doubt': ({ address }) =>
      progress.line(`${address}: an earlier run may not have written its secret to Harbor; this run plans to write it`),
    'killed-run': ({ sentences }) => sentences.forEach((sentence) => progress.line(`last time: ${sentence}`)),
    applying: ({ changes, journal }) => progress.stage(`applying ${plural(changes, 'change')} (journal: ${journal})`),
    'secret-written': ({ username, file }) => progress.line(`secret of ${username} written to ${file}`),
    'journal-error': ({ file, message }) => progress.line(`journal ${file}: ${message}`),
    warming: ({ images, earlier, state }) =>
      progress.stage(
        `warming ${plural(images, 'image')}${earlier > 0 ? `, ${earlier} done by earlier runs` : ''} (state: ${state})`,
      ),
    warm: (event) => progress.line(warmText(event)),
    proving: ({ projects }) => progress.stage(`verifying ${plural(projects, 'project')} by pulling`),
    conformance: ({ event }) => conformance.on(event),
    'not-proven': ({ instance, message }) =>
      progress.line(instance === undefined ? message : `${instance}: ${message}`),
    'no-longer-declared': ({ projects }) => progress.line(`left out, no longer declared: ${projects.join(', ')}`),
    waiting: ({ name, message }) => progress.step(0, 1, `waiting for ${name}: ${message}`),
  };
}

/** What breaks the deployment in full, the rest by name. */
function tellAdvisories(
  { terminal, progress }: Pick<Where, 'terminal' | 'progress'>,
  { version, critical, others }: Extract<AppEvent, { type: 'advisories' }>,
): void {
  if (critical.length > 0) terminal.err(diagnosticsText(critical));
  if (others.length === 0) return;
  progress.line(
    `known faults of Harbor ${short(version)} that apply here: ${others.join(', ')} (see breakwater doctor)`,
  );
}

function tellReconcile(progress: Progress, event: ReconcileEvent): void {
  if (event.type === 'kind-read') progress.step(event.done, event.total, `kinds read (${event.kind}: ${event.count})`);
  else if (event.type === 'change-finished') {
    progress.step(event.done, event.total, `changes (${event.result.address})`);
    if (event.result.outcome !== 'ok') progress.line(`${event.result.outcome}: ${event.result.address}`);
  } else if (event.type === 'verifying') progress.stage('verifying: reading Harbor again');
  else if (event.type === 'stale') {
    const seconds = event.forMs / 1000;
    progress.stage(
      `not visible yet: ${event.addresses.join(', ')}; Harbor caches for up to ${seconds} s, still checking`,
    );
  }
}

/** `2.15.2`, without the commit that Harbor appends. */
function short(version: string): string {
  return version.replace(/^v/, '').split(/[-+]/)[0]!;
}
