import type { Check, CheckDescription } from './model/check';
import { selectChecks } from './selection';

/** One check as users select and judge it, without its code. */
export interface CatalogueEntry extends Required<Omit<CheckDescription, 'writes'>> {
  readonly scope: Check['scope'];
  /** Whether it may run against a Harbor in production, and under what condition. */
  readonly production: string;
}

/** The selected checks; all if none is selected. */
export function catalogue(wanted?: readonly string[]): readonly CatalogueEntry[] {
  return selectChecks(wanted).map(toEntry);
}

function toEntry(check: Check): CatalogueEntry {
  const { id, title, proves, why, limits, upstreamCost, upstreamPulls = 0, phase, scope } = check;
  const versions = check.versions ?? 'all alike';
  return {
    id,
    title,
    proves,
    why,
    limits,
    versions,
    upstreamCost,
    upstreamPulls,
    phase,
    scope,
    production: productionOf(check),
  };
}

/** By what the check does to Harbor: it writes, it plays with an upstream, it fills the cache, or it only reads. */
function productionOf({ writes, phase }: Check): string {
  if (writes) return 'only with the robots of write_probe';
  if (phase === 'situation' || phase === 'outage') return 'only with a controllable upstream';
  return phase === 'cold' ? 'yes, it pulls' : 'yes, it reads';
}

/** The whole catalogue for a terminal: a paragraph each. */
export function catalogueText(entries: readonly CatalogueEntry[]): string {
  return entries.map(entryText).join('\n');
}

/** Requests that count against a rate limit; HEAD does not. */
export function describePulls({ upstreamPulls }: Pick<CatalogueEntry, 'upstreamPulls'>): string {
  if (upstreamPulls === 0) return 'none that an upstream counts';
  return `${upstreamPulls} per manifest that is not cached, of the image and of each platform`;
}

/** The id and title, then a line for each property, indented so that ids stand out. */
function entryText(entry: CatalogueEntry): string {
  const { id, title, proves, why, limits, versions, upstreamCost, phase, scope, production } = entry;
  const lines = [
    ['proves', proves],
    ['why', why],
    ['limits', limits],
    ['versions', versions],
    ['cost', `${upstreamCost} (upstream requests)`],
    ['pulls', describePulls(entry)],
    ['runs', `${phase}, once a ${scope === 'host' ? 'run' : 'project'}`],
    ['in production', production],
  ];
  return `${id}  ${title}\n${lines.map(([name, text]) => `    ${`${name}:`.padEnd(15)}${text}\n`).join('')}`;
}
