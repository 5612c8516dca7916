import { isRecord, type Json, type JsonObject } from '../json';
import { carriedFrom, together, type Carried, type CarriedObject } from './carried';
import { fieldsOf, type Fields } from './fields';
import { defined } from './defined';
import type { Reader } from './reader';

/** The format that harbor-cli proposes (goharbor/harbor-cli pull request 1078). */
const API_VERSION = 'goharbor.io/v1alpha1';
/** Two tools use this kind: harbor-cli's proposal and the operator. The API version decides. */
export const KIND = 'HarborConfiguration';

const METADATA: Readonly<Record<string, string>> = {
  autoScan: 'auto_scan',
  autoSBOMGeneration: 'auto_sbom_generation',
  enableContentTrust: 'enable_content_trust',
  enableContentTrustCosign: 'enable_content_trust_cosign',
  preventVulnerableImages: 'prevent_vul',
  reuseSystemCVEAllowlist: 'reuse_sys_cve_allowlist',
};

/**
 * Names instead of ids, secrets as environment variables, omitted fields unmanaged: the same model.
 *
 *      apiVersion: goharbor.io/v1alpha1
 *      kind: HarborConfiguration
 *      spec:
 *        system: { auth_mode: db_auth }
 *        registries: [{ name: hub, type: docker-hub, credential: { accessKeyFrom: { env: U }, … } }]
 *        projects: [{ name: p, registry: hub, quota: { storage: 1024 }, metadata: { autoScan: true }, webhooks: […] }]
 *        replicationPolicies: [{ name: r, mode: pull, registry: hub, trigger: { type: scheduled, cron: … } }]
 */
export const harborConfiguration: Reader = {
  formats: `${KIND} (${API_VERSION})`,
  read: (document) =>
    document['kind'] === KIND && document['apiVersion'] === API_VERSION ? fromHarborConfiguration(document) : undefined,
};

function fromHarborConfiguration(document: JsonObject): Carried {
  if (!isRecord(document['spec'])) return notAMap('spec', document['spec']);
  const spec = fieldsOf('spec', document['spec']);
  const parts = [
    systemOf(spec.raw('system')),
    ...named(spec, 'registries', 'registry', registryOf),
    ...named(spec, 'projects', 'project', projectOf),
    ...named(spec, 'replicationPolicies', 'replication policy', replicationOf),
  ];
  return together([...parts, { objects: [], notCarried: spec.left() }]);
}

/** Secrets are left out: a policy contains references to secrets, never their values. */
function systemOf(system: Json | undefined): Carried {
  if (system === undefined) return { objects: [], notCarried: [] };
  if (!isRecord(system)) return notAMap('spec.system', system);
  const secrets = Object.keys(system).filter((key) => SECRETS.has(key));
  const settings = Object.entries(system).filter(([key]) => !SECRETS.has(key));
  const value = Object.fromEntries(settings.map(([key, setting]) => [key, asDeclared(key, setting)]));
  return {
    objects: [{ kind: 'configuration', path: 'configuration', names: [], value }],
    notCarried: secrets.map((field) => ({
      address: 'system',
      field,
      reason: 'secrets are written as references only',
    })),
  };
}

/** What should be a map of objects or settings, and is a list or a text: nothing in it is read. */
export function notAMap(address: string, value: Json | undefined): Carried {
  const what = value === undefined || value === null ? 'it is empty' : 'it is not a map';
  return { objects: [], notCarried: [{ address, reason: `${what}: nothing of it is imported` }] };
}

const SECRETS = new Set(['oidc_client_secret', 'ldap_search_password', 'uaa_client_secret']);

/** Two settings are text in Harbor's API, but structured in a policy. */
function asDeclared(key: string, setting: Json): Json {
  if (typeof setting !== 'string') return setting;
  if (key === 'disabled_audit_log_event_types') return setting.split(',').filter(Boolean);
  return key === 'oidc_extra_redirect_parms' ? mapIn(setting) : setting;
}

function mapIn(text: string): Json {
  try {
    return JSON.parse(text || '{}') as Json;
  } catch {
    // The declaration reports its errors with positions.
    return text;
  }
}

/** One finding for each item that has no name; its address is then its place in the list. */
function named(
  spec: Fields,
  key: string,
  word: string,
  read: (fields: Fields, name: string) => readonly CarriedObject[],
): Carried[] {
  const items = spec.raw(key);
  if (items !== undefined && !Array.isArray(items)) spec.drop(key, 'it is not a list');
  if (!Array.isArray(items)) return [];
  return (items as readonly Json[]).map((item, i) => {
    const values = isRecord(item) ? item : {};
    const name = typeof values['name'] === 'string' ? values['name'] : undefined;
    const fields = fieldsOf(`${word} ${name ?? `${key}[${i}]`}`, values);
    return carriedFrom(fields, () => read(fields, fields.needed('name')));
  });
}

/** Without a type or a name nothing can be declared; every other field may be left to Harbor. */
function registryOf(fields: Fields, name: string): CarriedObject[] {
  const [credential] = fields.parts('credential');
  const value = {
    type: fields.needed('type'),
    url: fields.text('url'),
    description: fields.text('description'),
    insecure: fields.flag('insecure'),
    credential: credential && credentialOf(credential),
  };
  return [{ kind: 'registry', path: 'registries.*', names: [name], value: defined(value) }];
}

/**
 * There the user name also comes from the environment; here it is written in the file, and a secret without one has no
 * effect.
 */
function credentialOf(credential: Fields): Json | undefined {
  const [key] = credential.parts('accessKeyFrom');
  const [secret] = credential.parts('accessSecretFrom');
  const variable = key?.text('env');
  const hidden = secret?.text('env');
  if (variable !== undefined) {
    const account = `credential: { access_key: <the value of ${variable}>, access_secret: { env: ${hidden ?? '…'} } }`;
    credential.drop('accessKeyFrom', `the user name is in the file: add ${account}`);
  }
  const type = credential.text('type');
  return type === undefined ? undefined : { type };
}

function projectOf(fields: Fields, name: string): CarriedObject[] {
  const [metadata] = fields.parts('metadata');
  const [quota] = fields.parts('quota');
  const flags = Object.entries(METADATA).map(([from, to]) => [to, metadata?.flag(from)] as const);
  const value = {
    registry: fields.text('registry'),
    public: fields.flag('public'),
    ...Object.fromEntries(flags),
    severity: metadata?.text('severity'),
    proxy_speed_kb: metadata?.number('proxySpeedKB'),
  };
  const bytes = quota?.number('storage');
  return [
    { kind: 'project', path: 'projects.*', names: [name], value: defined(value) },
    ...(bytes === undefined ? [] : [limitOf(name, bytes)]),
    ...fields.parts('webhooks').flatMap((webhook, i) => webhookOrNothing(fields, name, webhook, i)),
  ];
}

/** A webhook that cannot be converted is no reason to leave out its project. */
function webhookOrNothing(fields: Fields, project: string, webhook: Fields, i: number): readonly CarriedObject[] {
  const { objects, notCarried } = carriedFrom(webhook, () => [webhookOf(project, webhook)]);
  if (objects.length === 0) for (const { reason } of notCarried) fields.drop(`webhooks[${i}]`, reason);
  return objects;
}

function webhookOf(project: string, webhook: Fields): CarriedObject {
  const value = {
    description: webhook.text('description'),
    enabled: webhook.flag('enabled'),
    event_types: webhook.certain.texts('events'),
    targets: webhook.things('targets').map(targetOf),
  };
  const names = [project, webhook.needed('name')];
  return { kind: 'webhook', path: 'projects.*.webhooks.*', names, value: defined(value) };
}

/**
 * `verifyRemoteCertificate` is the opposite of Harbor's `skip_cert_verify`. Absent stays absent: its default is
 * Harbor's.
 */
function targetOf(target: Fields): Json {
  const [header] = target.things('authHeaderFrom');
  const env = header?.text('env');
  const verifies = target.flag('verifyRemoteCertificate');
  return defined({
    type: target.text('notifyType'),
    address: target.text('endpoint'),
    payload_format: target.text('payloadFormat'),
    skip_cert_verify: verifies === undefined ? undefined : !verifies,
    auth_header: env === undefined ? undefined : { env },
  });
}

/** @param bytes -1 for no limit */
export function limitOf(project: string, bytes: number): CarriedObject {
  return { kind: 'quota', path: 'projects.*.storage_limit', names: [project], value: bytes };
}

/** The direction decides which side the registry is on: `push` has it as the destination, `pull` as the source. */
function replicationOf(fields: Fields, name: string): CarriedObject[] {
  const mode = fields.needed('mode');
  const registry = fields.needed('registry');
  const [trigger] = fields.things('trigger');
  const filters = fields.things('filters').map(filterOf);
  const value = {
    ...(mode === 'push' ? { to: registry } : { from: registry }),
    description: fields.text('description'),
    enabled: fields.flag('enabled'),
    dest_namespace: fields.certain.text('destinationNamespace'),
    dest_namespace_replace_count: fields.certain.number('destinationNamespaceReplaceCount'),
    override: fields.flag('override'),
    deletion: fields.flag('replicateDeletion'),
    copy_by_chunk: fields.flag('copyByChunk'),
    speed: fields.number('speed'),
    filters: filters.length === 0 ? undefined : filters,
    trigger: trigger && triggerOf(trigger.text('type'), trigger.text('cron')),
  };
  return [{ kind: 'replication-policy', path: 'replications.*', names: [name], value: defined(value) }];
}

/**
 * harbor-cli writes the value of every filter as text, a list as Go prints it: `[a b]`. Labels then contain no spaces.
 */
function filterOf(filter: Fields): Json {
  const type = filter.needed('type');
  const value = type === 'label' ? filter.texts('value')?.flatMap(wordsOf) : filter.text('value');
  return defined({
    type,
    value: value && (typeof value === 'string' ? value : [...value]),
    decoration: filter.text('decoration'),
  });
}

function wordsOf(text: string): string[] {
  const [, inner] = /^\[(.*)\]$/s.exec(text.trim()) ?? [];
  return inner === undefined ? [text.trim()] : inner.split(/\s+/).filter(Boolean);
}

/** A scheduled policy without a cron keeps the bare word. */
export function triggerOf(type: string | undefined, cron: string | undefined): Json | undefined {
  return type === 'scheduled' && cron !== undefined ? { scheduled: cron } : type;
}
