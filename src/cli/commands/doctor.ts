import { advisoryHint, advisoryLine, applicable, isRelease } from '../../advisories';
import type { Declaration } from '../../declaration/declaration';
import { renderDiagnostics } from '../../declaration/render';
import { checkSecretsResolvable } from '../../declaration/secret-check';
import type { Diagnostic } from '../../diagnostic';
import { BreakwaterError, IdentityError, NetworkError } from '../../errors';
import { probeAccess, type AccessRow, type HarborClient, type Identity, type Verdict } from '../../harbor';
import type { SystemInfoWire } from '../../harbor/wire';
import { kinds } from '../../kinds';
import { expiringObjects } from '../../plan/expiry';
import { readState } from '../../reconcile/read';
import type { SecretReference } from '../../secret-reference';
import type { Command, CommandContext } from '../command';
import { plural } from '../../plural';
import { caOf, describeIdentity, secretsOf, withHarbor } from '../../app/session';
import { ExitCode } from '../exit-code';
import { loadFrom } from '../../app/load';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { type DeclaredOidc, oidcProblems } from '../../app/examine/oidc';
import { type Ping, pingDeclared } from '../../app/examine/pings';
import { addExpiryOption, type WatchingOptions } from '../../app/plan';

interface Examination {
  readonly name: 'policies' | 'secrets' | 'harbor' | 'access' | 'expiry' | 'pings' | 'oidc' | 'release';
  readonly outcome: 'ok' | 'warning' | 'error' | 'not examined';
  readonly message: string;
  readonly hint?: string;
  /** Every single finding, where there are several. */
  readonly details?: readonly string[];
}

interface Findings {
  readonly examinations: readonly Examination[];
  readonly access: readonly AccessRow[];
}

type DoctorOptions = DeclarationOptions & Pick<WatchingOptions, 'expiryDays'>;

export const command: Command<DoctorOptions> = {
  configure(command) {
    addFormatOption(addExpiryOption(addDeclarationOptions(command)), 'text', 'json');
  },

  async run(context, options) {
    const findings = await examine(context, options);
    const { terminal } = context;
    if (options.format === 'json') terminal.out(`${JSON.stringify({ schemaVersion: 1, ...findings }, null, 2)}\n`);
    else terminal.out(asText(findings));
    return findings.examinations.some(({ outcome }) => outcome === 'error') ? ExitCode.error : ExitCode.ok;
  },
};

/** Each question is asked only where the one before it had an answer to build on. */
async function examine(context: CommandContext, options: DoctorOptions): Promise<Findings> {
  const { declaration, diagnostics, sources } = await loadFrom(options);
  if (!declaration) {
    context.terminal.err(renderDiagnostics(diagnostics, { sources }));
    const policies: Examination = {
      name: 'policies',
      outcome: 'error',
      message: `${options.policies} cannot be used as it is`,
    };
    return {
      examinations: [
        policies,
        notExamined('secrets'),
        notExamined('harbor'),
        notExamined('access'),
        notExamined('expiry'),
        notExamined('pings'),
        notExamined('oidc'),
        notExamined('release'),
      ],
      access: [],
    };
  }
  const policies = fromDiagnostics(
    'policies',
    diagnostics,
    `${options.policies} is valid: ${plural(declaration.objects.length, 'object')}`,
  );
  const secrets = await examineSecrets(context, options, declaration);
  const { harbor, access, expiry, pings, version } = await examineHarbor(context, options, declaration);
  const oidc = await examineOidc(context, options, declaration);
  const release = examineRelease(version ?? declaration.harbor?.version, declaration);
  const examinations = [policies, secrets, harbor, examineAccess(harbor, access), expiry, pings, oidc, release];
  return { examinations, access };
}

/** What is known of the release that runs, or of the declared one where Harbor cannot be asked; notes included. */
function examineRelease(version: string | undefined, { objects }: Declaration): Examination {
  const name = 'release';
  if (version === undefined)
    return {
      name,
      outcome: 'not examined',
      message: 'Harbor does not say its version, and harbor.version is not declared',
    };
  if (!isRelease(version))
    return {
      name,
      outcome: 'not examined',
      message: `${version} is not a release: known faults are listed by release`,
    };
  const found = applicable(version, objects);
  const [first, ...others] = found;
  if (!first) return { name, outcome: 'ok', message: `no known fault of ${version} matters here` };
  const severities = new Set(found.map(({ advisory }) => advisory.severity));
  const outcome = severities.has('critical') ? 'error' : severities.has('warning') ? 'warning' : 'ok';
  return {
    name,
    outcome,
    message: advisoryLine(first),
    hint: advisoryHint(first),
    ...(others.length > 0 ? { details: others.map((one) => `${advisoryLine(one)}; ${advisoryHint(one)}`) } : {}),
  };
}

async function examineSecrets(
  context: CommandContext,
  options: DeclarationOptions,
  declaration: Declaration,
): Promise<Examination> {
  const declared = declaration.secrets ?? [];
  const resolve = secretsOf(context, options.policies);
  const found = await checkSecretsResolvable(declared, { resolve, severity: 'error', runCommands: true });
  return fromDiagnostics('secrets', found, `${plural(declared.length, 'declared secret')} can be resolved here`);
}

async function examineHarbor(
  context: CommandContext,
  options: DoctorOptions,
  declaration: Declaration,
): Promise<{
  harbor: Examination;
  access: readonly AccessRow[];
  expiry: Examination;
  pings: Examination;
  version?: string | undefined;
}> {
  try {
    return await withHarbor(context, declaration, options.policies, async ({ client, identity, resolve }) => {
      const declared = kinds.filter(({ name }) => declaration.objects.some(({ kind }) => kind === name));
      const access = await probeAccess(client, identity, declared);
      return {
        harbor: await examineMode(client, identity),
        access,
        expiry: await examineExpiry(client, declaration, options.expiryDays ?? 0),
        pings: fromPings(await pingDeclared(client, declaration, resolve)),
        version: identity.harborVersion,
      };
    });
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    const hint = error instanceof NetworkError || error instanceof IdentityError ? error.hint : undefined;
    return {
      harbor: { name: 'harbor', outcome: 'error', message: error.message, ...(hint === undefined ? {} : { hint }) },
      access: [],
      expiry: notExamined('expiry'),
      pings: notExamined('pings'),
    };
  }
}

/** The provider is asked from here, whether Harbor can be reached or not. */
async function examineOidc(
  context: CommandContext,
  { policies }: DeclarationOptions,
  declaration: Declaration,
): Promise<Examination> {
  const { harbor } = declaration;
  const spec = declaration.objects.find(({ kind }) => kind === 'configuration')?.spec;
  const { oidc_client_secret: secret, ...declared } = (spec ?? {}) as Partial<DeclaredOidc> & {
    readonly auth_mode?: string;
    readonly oidc_client_secret?: SecretReference;
  };
  const { oidc_endpoint: endpoint } = declared;
  if (declared.auth_mode !== 'oidc_auth' || endpoint === undefined || !harbor)
    return { name: 'oidc', outcome: 'ok', message: 'no OpenID Connect provider is declared' };
  const resolve = secretsOf(context, policies);
  const clientSecret = secret && (await resolve(secret).catch(() => undefined));
  const ca = await caOf(harbor).catch(() => undefined);
  const problems = await oidcProblems(
    { ...declared, oidc_endpoint: endpoint },
    { harborUrl: harbor.url, ca, clientSecret, signal: context.signal },
  );
  const [first, ...others] = problems;
  if (first === undefined) return { name: 'oidc', outcome: 'ok', message: `${endpoint} fits what is declared` };
  return { name: 'oidc', outcome: 'warning', message: first, ...(others.length > 0 ? { details: others } : {}) };
}

/** Reads only the kinds that Harbor ends by itself. */
async function examineExpiry(client: HarborClient, declaration: Declaration, days: number): Promise<Examination> {
  const ending = kinds.filter((kind) => kind.ends !== undefined).map(({ name }) => name);
  const objects = declaration.objects.filter(({ kind }) => ending.includes(kind));
  if (objects.length === 0 || days === 0) return { name: 'expiry', outcome: 'ok', message: 'nothing to look at' };
  const partial = { ...declaration, objects, prune: [] };
  try {
    const { current } = await readState({ client, kinds, declaration: partial });
    const [first, ...others] = expiringObjects(partial, current, kinds, { nowMs: Date.now(), days }).map(
      ({ address, message }) => `${address}: ${message}`,
    );
    if (first === undefined)
      return { name: 'expiry', outcome: 'ok', message: `nothing declared expires within ${days} days` };
    return { name: 'expiry', outcome: 'warning', message: first, ...(others.length > 0 ? { details: others } : {}) };
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    return { name: 'expiry', outcome: 'warning', message: `it could not be read: ${error.message}` };
  }
}

/** What is down for an hour is no reason not to apply the rest: a warning, with Harbor's view of it in words. */
function fromPings(pings: readonly Ping[]): Examination {
  if (pings.length === 0)
    return { name: 'pings', outcome: 'ok', message: 'nothing is declared that Harbor has to reach' };
  const notAsked = pings.flatMap(({ address, notAsked: why }) => (why === undefined ? [] : [`${address} (${why})`]));
  const reached = pings.filter((ping) => ping.problem === undefined && ping.notAsked === undefined);
  const sentences = [
    ...pings.flatMap(({ problem }) => problem ?? []),
    ...(reached.length > 0 ? [`Harbor reaches ${reached.map(({ address }) => address).join(', ')}`] : []),
    ...(notAsked.length > 0 ? [`not asked: ${notAsked.join(', ')}`] : []),
  ];
  const isBad = pings.some(({ problem }) => problem !== undefined);
  if (!isBad) return { name: 'pings', outcome: 'ok', message: sentences.join('; ') };
  const [first = '', ...others] = sentences;
  return { name: 'pings', outcome: 'warning', message: first, ...(others.length > 0 ? { details: others } : {}) };
}

/** Harbor as it answers now. In read-only mode it refuses every write, and keeps nothing of what it proxies. */
async function examineMode(client: HarborClient, identity: Identity): Promise<Examination> {
  const { read_only: isReadOnly } = await client.get<SystemInfoWire>('/systeminfo');
  const message = `${client.url}: ${describeIdentity(identity)}`;
  if (isReadOnly !== true) return { name: 'harbor', outcome: 'ok', message };
  return {
    name: 'harbor',
    outcome: 'warning',
    message: `${message}; it is in read-only mode: pushes are refused, and pulls are proxied but not cached`,
    hint: 'when the maintenance is over, declare configuration: { read_only: false } and apply',
  };
}

function examineAccess(harbor: Examination, access: readonly AccessRow[]): Examination {
  if (harbor.outcome === 'error') return notExamined('access');
  const needed = access.flatMap((row) => [row.read, row.create, row.update].map((verdict) => ({ row, verdict })));
  const refused = [...new Set(needed.filter(({ verdict }) => verdict.may === 'nobody').map(({ row }) => row.kind))];
  if (refused.length > 0) {
    return {
      name: 'access',
      outcome: 'error',
      message: `these credentials cannot manage ${refused.join(', ')}`,
      hint: 'the table says what is missing',
    };
  }
  const doubtful = needed.some(({ verdict }) => verdict.may === 'unknown' || verdict.may === 'partly');
  return doubtful
    ? {
        name: 'access',
        outcome: 'warning',
        message: 'Harbor did not tell everything about these credentials; the table has question marks',
      }
    : { name: 'access', outcome: 'ok', message: 'these credentials can manage every declared kind' };
}

function fromDiagnostics(name: Examination['name'], found: readonly Diagnostic[], fine: string): Examination {
  const [first, ...others] = found;
  if (!first) return { name, outcome: 'ok', message: fine };
  const outcome = found.some(({ severity }) => severity === 'error') ? 'error' : 'warning';
  const hint = first.hint === undefined ? {} : { hint: first.hint };
  const details = others.length > 0 ? { details: others.map(placed) } : {};
  return { name, outcome, message: placed(first), ...hint, ...details };
}

function placed({ at, message }: Diagnostic): string {
  return at ? `${at.file}:${at.line}:${at.column}: ${message}` : message;
}

function notExamined(name: Examination['name']): Examination {
  return { name, outcome: 'not examined', message: 'what stands above comes first' };
}

const SIGN = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ', 'not examined': '-      ' } as const;

function asText({ examinations, access }: Findings): string {
  const lines = examinations.flatMap(({ name, outcome, message, hint, details = [] }) => [
    `${SIGN[outcome]}  ${name.padEnd(8)}  ${message}`,
    ...details.map((detail) => `                   ${detail}`),
    ...(hint === undefined ? [] : [`                   hint: ${hint}`]),
  ]);
  return `${[...lines, ...accessTable(access)].join('\n')}\n`;
}

function accessTable(access: readonly AccessRow[]): string[] {
  if (access.length === 0) return [];
  const cells = [
    ['kind', 'read', 'create', 'update', 'delete'],
    ...access.map((row) => [row.kind, word(row.read), word(row.create), word(row.update), word(row.remove)]),
  ];
  const widths = cells[0]!.map((_cell, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return [
    '',
    ...cells.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd()),
  ];
}

function word({ may, where, missing }: Verdict): string {
  if (may === 'nobody') return `NO (${missing ?? 'not permitted'})`;
  if (may === 'unknown') return '?';
  return may === 'partly' ? `partly${where ? ` (${where.join(', ')})` : ''}` : `by ${may}`;
}
