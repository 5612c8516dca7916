import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import { parseAllDocuments } from 'yaml';
import record from '../../../src/deploy/cluster/charts.json';

/** The program. */
export const HELM = process.env['BREAKWATER_HELM'];
/** A clone of goharbor/harbor-helm, also a bare one. */
export const CHARTS = process.env['BREAKWATER_HARBOR_HELM'];
/** Kubernetes' JSON schemas of one version, with `_definitions.json`: they are in the package kubernetes-validate. */
export const SCHEMAS = process.env['BREAKWATER_KUBERNETES_SCHEMAS'];

/** What keeps a test from running, for its reader; undefined when nothing does. */
export function lacking(): string | undefined {
  const missing = [
    HELM === undefined && 'BREAKWATER_HELM names no program',
    CHARTS === undefined && 'BREAKWATER_HARBOR_HELM names no clone of goharbor/harbor-helm',
    SCHEMAS === undefined && 'BREAKWATER_KUBERNETES_SCHEMAS names no directory of JSON schemas',
  ].filter((one) => one !== false);
  return missing.length > 0 ? missing.join(', ') : undefined;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [key: string]: any;
}

export function commitOf(version: string): string {
  return record.charts[version as keyof typeof record.charts].commit;
}

export function fromChart(version: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', CHARTS!, ...args.map((arg) => arg.replace('COMMIT', commitOf(version)))], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** The chart as a directory, which the caller removes. */
export function checkOut(version: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'breakwater-chart-'));
  const archive = join(directory, 'chart.tar');
  execFileSync('git', ['-C', CHARTS!, 'archive', '-o', archive, commitOf(version)]);
  execFileSync('tar', ['-C', directory, '-xf', archive]);
  rmSync(archive);
  return directory;
}

/** What Kubernetes would get of an upgrade, hooks included. */
export function template(chart: string, values: string): { text: string; manifests: Manifest[] } {
  const file = join(chart, 'own-values.yaml');
  writeFileSync(file, values);
  const args = [
    'template',
    'harbor',
    chart,
    '-n',
    'harbor',
    '--values',
    file,
    '--kube-version',
    '1.31.0',
    '--is-upgrade',
  ];
  const text = execFileSync(HELM!, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const manifests = parseAllDocuments(text)
    .map((document) => withoutNull(document.toJSON()) as Manifest | null)
    .filter((manifest) => manifest !== null);
  return { text, manifests };
}

/** The API server drops them: an empty `secret:` of a volume is no error to it. */
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNull(item));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNull(inner)]));
}

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
const validators = new Map<string, ValidateFunction>();

function validatorOf(path: string): ValidateFunction {
  if (validators.size === 0) ajv.addSchema(readJson(join(SCHEMAS!, '_definitions.json')));
  const validate = validators.get(path) ?? ajv.compile(readJson(path));
  validators.set(path, validate);
  return validate;
}

/** What Kubernetes' own schema finds wrong; undefined where it has none, as for custom resources. */
export function faultsOf({ apiVersion, kind, ...rest }: Manifest): string[] | undefined {
  const [version, group] = apiVersion.split('/').reverse();
  const file = [kind.toLowerCase(), group?.split('.')[0], version].filter(Boolean).join('-');
  const path = join(SCHEMAS!, `${file}.json`);
  if (!existsSync(path)) return undefined;
  const validate = validatorOf(path);
  if (validate({ apiVersion, kind, ...rest })) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${kind}${instancePath} ${message ?? ''}`);
}

function readJson(path: string): object {
  return JSON.parse(readFileSync(path, 'utf8')) as object;
}
