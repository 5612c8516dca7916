import { compact } from '../../compact';
import { advisoryHint, advisoryLine, applicable, isRelease } from '../../advisories';
import type { Declaration } from '../../declaration/declaration';
import { checkSecretsResolvable } from '../../declaration/secrets/secret-check';
import type { Diagnostic } from '../../diagnostic';
import { BreakwaterError } from '../../errors';
import { probeAccess, type AccessRow } from '../../harbor';
import type { SystemInfoWire } from '../../harbor/wire';
import { kinds } from '../../kinds';
import { RegistryClient } from '../../oci';
import { expiringObjects } from '../../plan/expiry';
import { plural } from '../../plural';
import { readState } from '../../reconcile/read';
import { isSecretReference } from '../../secret-reference';
import type { AppContext } from '../context';
import { loadFrom, rememberEnvironment, type PolicySource } from '../load';
import { objectsOf } from '../objects-of';
import { describeIdentity } from '../describe-identity';
import { caOf } from '../read-ca';
import { secretsOf, type Session } from '../session';
import { failed, fine, severalOf, skipped, warned, type Examination, type Examiner, type Seen } from './examination';
import { examine, examineInside, patienceOf } from './examine';
import { declaredOidc, oidcProblems } from './oidc';
import { fromPings, pingDeclared } from './pings';
import { probeRobots } from './pull';
import { pullSources, wireOf } from './pull-sources';
import { withRegistryCauses } from './registry-causes';

/** In the order in which they were examined. */
export interface DoctorReport {
  readonly examinations: readonly Examination[];
  /** What the credentials may do with each declared kind. */
  readonly access: readonly AccessRow[];
}

/** Everything else comes from the declaration. */
export interface DoctorOptions extends PolicySource {
  /** How many days ahead to warn about expiry; 0 disables it. */
  readonly expiryDays?: number;
}

const INSIDE = ['harbor', 'access', 'expiry', 'robots', 'pings'] as const;

/** The use case behind `doctor`: the prerequisites on this machine, in the policies and in Harbor. */
export async function examineSetup(context: AppContext, options: DoctorOptions): Promise<DoctorReport> {
  const { policies } = options;
  const { declaration, diagnostics, sources } = await loadFrom(options);
  if (!declaration) {
    context.emit({ type: 'findings', diagnostics, sources, usable: false });
    const others = ['secrets', ...INSIDE, 'oidc', 'release'].map((name) => ({ name, ...skipped() }));
    return { examinations: [{ name: 'policies', ...failed(`${policies} has errors`) }, ...others], access: [] };
  }
  rememberEnvironment(context, declaration);
  const patience = patienceOf(context);
  const valid = `${policies} is valid: ${plural(declaration.objects.length, 'object')}`;
  const offline = await examine(
    [
      { name: 'policies', run: async () => fromDiagnostics(diagnostics, valid) },
      { name: 'secrets', needs: [], run: () => examineSecrets(context, declaration) },
    ],
    patience,
  );
  // Known once the login succeeded.
  const found: { access: readonly AccessRow[]; version?: string | undefined } = { access: [] };
  const examinersOf = async (session: Session): Promise<readonly Examiner[]> => {
    found.version = session.identity.harborVersion;
    return insideExaminers(session, options.expiryDays ?? 0, (access) => (found.access = access));
  };
  const inside = await examineInside(context, declaration, INSIDE, examinersOf, patience);
  const version = found.version ?? declaration.harbor?.version;
  const others = await examine(
    [
      { name: 'oidc', needs: [], run: () => examineOidc(context, declaration) },
      { name: 'release', needs: [], run: async () => examineRelease(version, declaration) },
    ],
    patience,
  );
  return { examinations: [...offline, ...inside, ...others], access: found.access };
}

function insideExaminers(
  session: Session,
  expiryDays: number,
  tell: (access: readonly AccessRow[]) => void,
): readonly Examiner[] {
  const { client, declaration, secret } = session;
  const needs = ['harbor'];
  return [
    { name: 'harbor', run: () => examineMode(session) },
    { name: 'access', needs, run: () => examineAccess(session, tell) },
    { name: 'expiry', needs, run: () => examineExpiry(session, expiryDays) },
    { name: 'robots', needs, run: () => examineRobots(session) },
    {
      name: 'pings',
      needs,
      run: async () => fromPings(await withRegistryCauses(session, await pingDeclared(client, declaration, secret))),
    },
  ];
}

/** Known faults of the running release, or of the declared one if Harbor cannot be reached; includes notes. */
function examineRelease(version: string | undefined, { objects }: Declaration): Seen {
  if (version === undefined) return skipped('Harbor does not return its version, and harbor.version is not declared');
  if (!isRelease(version)) return skipped(`${version} is not a release: known faults are recorded by release`);
  const found = applicable(version, objects);
  const [first, ...others] = found;
  if (!first) return fine(`no known fault of ${version} applies here`);
  const severities = new Set(found.map(({ advisory }) => advisory.severity));
  return compact({
    outcome: severities.has('critical') ? 'error' : severities.has('warning') ? 'warning' : 'ok',
    message: advisoryLine(first),
    hint: advisoryHint(first),
    details: others.length > 0 ? others.map((one) => `${advisoryLine(one)}; ${advisoryHint(one)}`) : undefined,
  });
}

async function examineSecrets(context: AppContext, declaration: Declaration): Promise<Seen> {
  const declared = declaration.secrets ?? [];
  const resolve = secretsOf(context, declaration);
  const found = await checkSecretsResolvable(declared, { resolve, severity: 'error', runCommands: true });
  return fromDiagnostics(found, `${plural(declared.length, 'declared secret')} can be resolved on this machine`);
}

/** The provider is queried from this machine, whether Harbor can be reached or not. */
async function examineOidc(context: AppContext, declaration: Declaration): Promise<Seen> {
  const { harbor } = declaration;
  const [configuration = {}] = objectsOf(declaration, 'configuration');
  const declared = declaredOidc(configuration);
  if (!declared || !harbor) return fine('no OpenID Connect provider is declared');
  const { oidc_client_secret: reference } = configuration;
  const secret = secretsOf(context, declaration);
  const clientSecret = isSecretReference(reference) ? await secret(reference).catch(() => undefined) : undefined;
  const ca = await caOf(harbor).catch(() => undefined);
  const where = { harborUrl: harbor.url, ca, clientSecret, signal: context.signal };
  const problems = await oidcProblems(declared, where);
  return severalOf('warning', problems, `${declared.oidc_endpoint} matches the declaration`);
}

/** Reads only the kinds that Harbor expires by itself. */
async function examineExpiry({ client, declaration }: Session, days: number): Promise<Seen> {
  const ending = kinds.filter((kind) => kind.ends !== undefined).map(({ name }) => name);
  const objects = declaration.objects.filter(({ kind }) => ending.includes(kind));
  if (objects.length === 0 || days === 0) return fine('nothing to check');
  const partial = { ...declaration, objects, prune: [] };
  try {
    const { current } = await readState({ client, kinds, declaration: partial });
    const expiring = expiringObjects(partial, current, kinds, { nowMs: Date.now(), days });
    return severalOf(
      'warning',
      expiring.map(({ address, message }) => `${address}: ${message}`),
      `no declared object expires within ${plural(days, 'day')}`,
    );
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    return warned(`expiry dates could not be read: ${error.message}`);
  }
}

/** The same test as in check A4: a plan does not notice a robot whose secret was changed by hand. */
async function examineRobots(session: Session): Promise<Seen> {
  const { harbor, ca, context } = session;
  const registry = RegistryClient.open({ url: harbor.url, ca });
  try {
    return await probeRobots(registry, await pullSources(session), wireOf(context.signal));
  } finally {
    await registry.close();
  }
}

/** In read-only mode Harbor refuses every write and stores no proxied content. */
async function examineMode({ client, identity }: Session): Promise<Seen> {
  const { read_only: isReadOnly } = await client.get<SystemInfoWire>('/systeminfo');
  const message = `${client.url}: ${describeIdentity(identity)}`;
  if (isReadOnly !== true) return fine(message);
  return warned(
    `${message}; it is in read-only mode: pushes are refused, and pulls are proxied but not cached`,
    'after the maintenance, declare configuration: { read_only: false } and apply',
  );
}

/** Deleting is left out: a declaration can be managed without it. */
async function examineAccess(
  { client, identity, declaration }: Session,
  tell: (access: readonly AccessRow[]) => void,
): Promise<Seen> {
  const declared = kinds.filter(({ name }) => declaration.objects.some(({ kind }) => kind === name));
  const access = await probeAccess(client, identity, declared);
  tell(access);
  const needed = access.flatMap((row) => [row.read, row.create, row.update].map((verdict) => ({ row, verdict })));
  const refused = [...new Set(needed.filter(({ verdict }) => verdict.may === 'nobody').map(({ row }) => row.kind))];
  if (refused.length > 0)
    return failed(
      `these credentials cannot manage ${refused.join(', ')}`,
      'the table below shows the missing permissions',
    );
  const doubtful = needed.some(({ verdict }) => verdict.may === 'unknown' || verdict.may === 'partly');
  return doubtful
    ? warned('Harbor did not return every permission of these credentials; the table has question marks')
    : fine('these credentials can manage every declared kind');
}

function fromDiagnostics(found: readonly Diagnostic[], good: string): Seen {
  const outcome = found.some(({ severity }) => severity === 'error') ? 'error' : 'warning';
  const hint = found[0]?.hint;
  return compact({ ...severalOf(outcome, found.map(placed), good), hint });
}

function placed({ at, message }: Diagnostic): string {
  return at ? `${at.file}:${at.line}:${at.column}: ${message}` : message;
}
