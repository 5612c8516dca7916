import { parse } from 'yaml';

/** A chart at one commit, as text. */
export interface ChartFiles {
  readonly chart: string;
  readonly values: string;
  readonly templates: readonly string[];
}

export interface RecordedChart {
  readonly version: string;
  readonly appVersion: string;
  /**
   * Every value that has a default in the chart or is used in a template, as a dotted path without its parents.
   * `.*` at the end: the templates print the map unchanged, so that it may contain anything.
   */
  readonly values: readonly string[];
}

/** The values of a chart: those of its values.yaml, and undocumented ones of its templates. */
export function readChart({ chart, values, templates }: ChartFiles): RecordedChart {
  const { version, appVersion } = parse(chart) as { version: string; appVersion: string };
  const paths = new Set([...leavesOf(parse(values)), ...templates.flatMap((template) => pathsIn(template))]);
  const all = [...paths];
  const isBelow = (path: string, above: string): boolean => path.startsWith(`${above}.`);
  const open = templates
    .flatMap((template) => printedIn(template))
    .filter((path) => all.some((one) => isBelow(one, path)));
  const leaves = all.filter(
    (path) => !open.includes(path) && !all.some((one) => isBelow(one, path)) && !open.some((one) => isBelow(path, one)),
  );
  return { version, appVersion, values: [...new Set([...leaves, ...open.map((path) => `${path}.*`)])].sort() };
}

const NAME = '[A-Za-z_]\\w*';
const PATH = `\\.Values\\.(${NAME}(?:\\.${NAME})*)`;

function pathsIn(template: string): string[] {
  return [...firstOf(template, PATH), ...throughVariables(template), ...throughWith(template)];
}

/** Maps that are printed whole: `toYaml .Values.x`, `.Values.x | toYaml`, and the same of a variable. */
function printedIn(template: string): string[] {
  const paths = [`toYaml ${PATH}`, `${PATH} \\| toYaml`].flatMap((pattern) => firstOf(template, pattern));
  return [...paths, ...throughVariables(template, 'toYaml ')];
}

/** `$storage := .Values.persistence.imageChartStorage`, then `$storage.s3.bucket`. */
function throughVariables(template: string, before = ''): string[] {
  const variables = [...template.matchAll(new RegExp(`\\$(\\w+) := ${PATH}`, 'g'))];
  return variables.flatMap(([, name, path]) =>
    firstOf(template, `${before}\\$${name!}\\.(${NAME}(?:\\.${NAME})*)`).map((inner) => `${path!}.${inner}`),
  );
}

function firstOf(text: string, pattern: string): string[] {
  return [...text.matchAll(new RegExp(pattern, 'g'))].map((match) => match[1]!);
}

/** `with .Values.redis`, then `.external.addr`: the helpers do it with Redis alone. */
function throughWith(template: string): string[] {
  if (!template.includes('with .Values.redis ')) return [];
  const inner = `[\\s(]\\.((?:internal|external)\\.${NAME}(?:\\.${NAME})*)`;
  return firstOf(template, inner).map((path) => `redis.${path}`);
}

function leavesOf(value: unknown, path = ''): string[] {
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  if (entries.length === 0) return path === '' ? [] : [path];
  return entries.flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`));
}
