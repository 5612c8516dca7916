import { isRecord } from '../../json';
import { didYouMean } from '../../suggest';
import type { TreeFinding } from '../read-tree';
import { readsValue, type Chart } from './chart';
import type { ChartValues } from './merge-values';
import { lossOf } from './value-losses';
import { secretsIn } from './value-secrets';

type Keys = readonly string[];

const PATH = ['cluster', 'values'];

/**
 * What `cluster.values` does beside being merged last: secrets are refused; said are the values that replace what this
 * file sets or the rules check, and those that the chart does not read.
 * @param own what is set without them
 */
export function checkValues(values: ChartValues, own: ChartValues, chart: Chart): TreeFinding[] {
  const secrets = secretsIn(values);
  const isSecret = (path: Keys): boolean =>
    secrets.some(({ path: other }) => other.join('.').startsWith(path.join('.')));
  return [
    ...secrets.map(({ path, message, hint }) => ({ rule: 'secret-in-file', path: [...PATH, ...path], message, hint })),
    ...leavesOf(values).flatMap(({ path, value }) => {
      if (isSecret(path)) return [];
      const finding = unknown(path, chart) ?? overriding(path, value, own);
      return finding ? [{ ...finding, severity: 'warning' as const, path: [...PATH, ...path] }] : [];
    }),
  ];
}

/** An empty map is a leaf, because it is a value that can replace a map. */
function leavesOf(values: ChartValues, path: Keys = []): { path: Keys; value: unknown }[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const here = [...path, key];
    return isRecord(value) && Object.keys(value).length > 0 ? leavesOf(value, here) : [{ path: here, value }];
  });
}

type Said = Omit<TreeFinding, 'path'>;

/** Names the first part of the path that the chart does not read, and compares it with its siblings only. */
function unknown(path: Keys, chart: Chart): Said | undefined {
  if (readsValue(chart, path.join('.'))) return undefined;
  const known = path.findIndex((_, index) => !readsValue(chart, path.slice(0, index + 1).join('.')));
  const above = path
    .slice(0, known)
    .map((key) => `${key}.`)
    .join('');
  const siblings = chart.values
    .filter((value) => value.startsWith(above))
    .map((value) => value.slice(above.length).split('.')[0]!);
  const message = `chart ${chart.version} reads no value of this name: it has no effect`;
  const hint = didYouMean(path[known]!, new Set(siblings)) ?? 'remove it, or see the values.yaml of this chart';
  return { rule: 'unknown-value', message, hint };
}

/**
 * Whether a value takes something away. Without a finding: the value is the same, or it replaces only a default of the
 * chart on which nothing here relies.
 *
 *       this file sets it   something relies on it   finding
 *       the same value      -                        none
 *       another value       any                      value-override, with the value that is replaced
 *       not                 yes (`lossOf`)           value-override, with what is lost
 *       not                 no                       none
 */
function overriding(path: Keys, value: unknown, own: ChartValues): Said | undefined {
  const before = valueAt(own, path);
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(value)) return undefined;
  const loss = lossOf(path.join('.'));
  if (before === undefined && loss === undefined) return undefined;
  const replaced = before === undefined ? 'it replaces a default' : `it replaces ${said(before)}, which this file sets`;
  return {
    rule: 'value-override',
    message: loss === undefined ? replaced : `${replaced}: ${loss.lost}`,
    hint: loss?.instead ?? 'remove it where the key of cluster: or harbor: can say the same',
  };
}

function said(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The value at a path, or the last value above it that is not a map. */
function valueAt(values: unknown, path: Keys): unknown {
  const [key, ...rest] = path;
  if (key === undefined || !isRecord(values)) return values;
  return valueAt(values[key], rest);
}
