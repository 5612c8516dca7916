import { isRecord } from '../../json';

/** The values of Harbor's chart (docs/harbor-behavior.md 11.3). Secrets are referenced by name only. */
export interface ChartValues {
  readonly [key: string]: unknown;
}

/** As Helm merges two files: maps key by key, anything else is replaced. `null` stays: it removes the chart's default. */
export function mergeValues(own: ChartValues, more: ChartValues | undefined): ChartValues {
  if (more === undefined) return own;
  const merged = Object.entries(more).map(([key, value]) => {
    const before = own[key];
    return [key, isRecord(before) && isRecord(value) ? mergeValues(before, value) : value] as const;
  });
  return { ...own, ...Object.fromEntries(merged) };
}
