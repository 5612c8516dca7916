import { minuteText } from '../../minute-text';
import { plural } from '../../plural';
import type { ReconcileEvent } from '../../reconcile/reporter';
import { describeIdentity } from '../describe-identity';
import type { AppEvent, CommonEvent } from '../events';
import { diagnosticsText } from './diagnostics';
import type { Paint } from './paint';
import { planText } from './plan';
import { proofWords } from './proof-events';
import { err, line, stage, step, type Said, type Words } from './said';

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

/** How events of a run are shown. */
export interface Telling {
  readonly paint: Paint;
  /** Only what is needed to understand the result. */
  readonly quiet: boolean;
}

/** Events of every use case as text. */
export function commonWords({ paint, quiet }: Telling): Words<CommonEvent> {
  const proof = proofWords();
  return {
    findings: ({ diagnostics, sources, usable }) =>
      !usable || !quiet ? err(diagnosticsText(diagnostics, sources)) : [],
    'logging-in': ({ url }) => stage(`${url}: logging in`),
    'logged-in': ({ identity }) => line(describeIdentity(identity)),
    notice: ({ message }) => line(message),
    advisories: (event) => advisoryWords(event),
    reading: ({ what }) => stage(what === 'everything' ? 'reading everything in Harbor' : 'reading Harbor'),
    'testing-secrets': () => stage('testing secrets'),
    read: ({ calls }) => line(plural(calls, 'API call')),
    planned: ({ plan }) => err(planText(plan, paint)),
    'plan-saved': ({ file }) => line(`saved to ${file}: apply it with \`breakwater apply ${file}\``),
    reconcile: ({ event }) => reconcileWords(event),
    'journal-damaged': ({ file, lines }) =>
      line(`warning: ${plural(lines, 'line')} of the journal ${file} cannot be read and will be ignored`),
    'secret-in-doubt': ({ address }) =>
      line(`${address}: an earlier run may not have written its secret to Harbor; this run plans to write it`),
    'killed-run': ({ sentences }) => sentences.flatMap((sentence) => line(`last time: ${sentence}`)),
    'apply-at-work': ({ pid, since }) =>
      line(
        `another apply is at work (pid ${pid}, since ${minuteText(since)}): what it has not changed yet is shown as a change`,
      ),
    applying: ({ changes, journal }) => stage(`applying ${plural(changes, 'change')} (journal: ${journal})`),
    'secret-written': ({ username, file }) => line(`secret of ${username} written to ${file}`),
    'journal-error': ({ file, message }) => line(`journal ${file}: ${message}`),
    warming: ({ images, earlier, state }) =>
      stage(
        `warming ${plural(images, 'image')}${earlier > 0 ? `, ${earlier} done by earlier runs` : ''} (state: ${state})`,
      ),
    warm: (event) => line(warmText(event)),
    proving: ({ projects }) => stage(`verifying ${plural(projects, 'project')} by pulling`),
    conformance: ({ event }) => proof(event),
    'not-proven': ({ instance, message }) => line(instance === undefined ? message : `${instance}: ${message}`),
    'no-longer-declared': ({ projects }) => line(`left out, no longer declared: ${projects.join(', ')}`),
    waiting: ({ name, message }) => step(0, 1, `waiting for ${name}: ${message}`),
  };
}

/** Faults that break the deployment in full, the others by name. */
function advisoryWords({ version, critical, others }: Extract<AppEvent, { type: 'advisories' }>): readonly Said[] {
  const names = others.join(', ');
  return [
    ...(critical.length > 0 ? err(diagnosticsText(critical)) : []),
    ...(others.length > 0
      ? line(`known faults of Harbor ${short(version)} that apply here: ${names} (see breakwater doctor)`)
      : []),
  ];
}

function reconcileWords(event: ReconcileEvent): readonly Said[] {
  if (event.type === 'kind-read') return step(event.done, event.total, `kinds read (${event.kind}: ${event.count})`);
  if (event.type === 'change-finished') {
    const { address, outcome } = event.result;
    const done = step(event.done, event.total, `changes (${address})`);
    return outcome === 'ok' ? done : [...done, ...line(`${outcome}: ${address}`)];
  }
  if (event.type === 'verifying') return stage('verifying: reading Harbor again');
  if (event.type === 'stale') {
    const seconds = event.forMs / 1000;
    return stage(
      `not visible yet: ${event.addresses.join(', ')}; Harbor caches for up to ${seconds} s, still checking`,
    );
  }
  return [];
}

/** `2.15.2`, without the commit that Harbor appends. */
function short(version: string): string {
  return version.replace(/^v/, '').split(/[-+]/)[0]!;
}
