import { setTimeout as sleep } from 'node:timers/promises';
import type { Declaration, HarborConnection } from '../../declaration/declaration';
import { BreakwaterError, IdentityError, NetworkError, UsageError } from '../../errors';
import {
  examine,
  failed,
  fine,
  isHealthy,
  probeCertificate,
  probeComponents,
  probeJob,
  probePull,
  type Patience,
  type Probe,
  type ProbeResult,
  type PullSource,
  type Seen,
} from '.';
import { RegistryClient, type WireOptions } from '../../oci';
import type { CommandContext } from '../../cli/command';
import { conformanceTarget } from '../conformance-target';
import { caOf, describeIdentity, withHarbor, type Connection } from '../session';
import { objectsOf } from '../objects-of';

const INTERVAL_MS = 3_000;
const JOB_TIMEOUT_MS = 120_000;
const JOB_INTERVAL_MS = 1_000;

/** Everything that a Harbor has to do before clients are sent to it. @throws UsageError where none is declared */
export async function examineHealth(
  context: CommandContext,
  declaration: Declaration,
  policies: string,
  waitMs: number,
): Promise<readonly ProbeResult[]> {
  const { harbor } = declaration;
  if (!harbor) throw new UsageError(`${policies} declares no Harbor to look at`);
  const ca = await caOf(harbor);
  const registry = RegistryClient.open({ url: harbor.url, ca });
  try {
    const patience = patienceOf(context, waitMs);
    const front = await examine(frontProbes(harbor, registry, ca, context.signal), patience);
    if (!isHealthy(front)) return [...front, ...notExamined(['identity', 'pull', 'job'])];
    return [...front, ...(await examineInside(context, declaration, policies, registry, patience))];
  } finally {
    await registry.close();
  }
}

function frontProbes(
  { url }: HarborConnection,
  registry: RegistryClient,
  ca: string | undefined,
  signal: AbortSignal,
): Probe[] {
  return [
    { name: 'certificate', run: () => probeCertificate(new URL(url), ca, signal) },
    { name: 'components', run: () => inWords(() => probeComponents(registry, wireOf(signal))) },
  ];
}

/** What needs a credential. One that Harbor does not take is not tried again: that would lock it out. */
async function examineInside(
  context: CommandContext,
  declaration: Declaration,
  policies: string,
  registry: RegistryClient,
  patience: Patience,
): Promise<readonly ProbeResult[]> {
  try {
    return await withHarbor(context, declaration, policies, async (connection) => {
      const sources = await pullSources(declaration, connection, policies);
      const { client, identity } = connection;
      const wait = { timeoutMs: JOB_TIMEOUT_MS, intervalMs: JOB_INTERVAL_MS, sleep };
      return examine(
        [
          { name: 'identity', run: async () => fine(describeIdentity(identity)) },
          { name: 'pull', run: () => inWords(() => probePull(client, registry, sources, wireOf(context.signal))) },
          { name: 'job', run: () => inWords(() => probeJob(client, wait)) },
        ],
        patience,
      );
    });
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    return [{ name: 'identity', ...wordsOf(error) }, ...notExamined(['pull', 'job'])];
  }
}

/** Every declared project, with the credential that its clients have, else with that of the administrator. */
export async function pullSources(
  declaration: Declaration,
  { harbor, resolve, ca }: Connection,
  policies: string,
): Promise<readonly PullSource[]> {
  const given = ca === undefined ? {} : { ca };
  const target = conformanceTarget({ declaration, harbor, resolve, only: [], policies, ...given });
  const proven = new Map(target.projects.map((project) => [project.name, project.pullCredential]));
  const names = objectsOf<{ readonly name: string }>(declaration, 'project').map(({ name }) => name);
  const sources: PullSource[] = [];
  for (const project of [...new Set([...proven.keys(), ...names])]) {
    const credential = proven.get(project);
    if (credential && (await resolves(credential.password))) sources.push({ project, credential });
    // A robot for the API need not be one that may pull: its refusal would say nothing.
    else if (harbor.robot === undefined && target.apiCredential)
      sources.push({ project, credential: target.apiCredential });
  }
  return sources;
}

async function resolves(password: () => string | Promise<string>): Promise<boolean> {
  try {
    await password();
    return true;
  } catch (error) {
    if (error instanceof BreakwaterError) return false;
    throw error;
  }
}

async function inWords(probe: () => Promise<Seen>): Promise<Seen> {
  try {
    return await probe();
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    return wordsOf(error);
  }
}

function wordsOf(error: BreakwaterError): Seen {
  return failed(
    error.message,
    error instanceof NetworkError || error instanceof IdentityError ? error.hint : undefined,
  );
}

function notExamined(names: readonly ProbeResult['name'][]): ProbeResult[] {
  return names.map((name) => ({ name, outcome: 'not examined', message: 'what stands above comes first' }));
}

export function wireOf(signal: AbortSignal): WireOptions {
  return { record: () => undefined, signal };
}

function patienceOf({ signal, progress }: CommandContext, waitMs: number): Patience {
  return {
    waitMs,
    intervalMs: INTERVAL_MS,
    now: Date.now,
    sleep: (ms) => sleep(ms, undefined, { signal }).catch(() => undefined),
    signal,
    onWaiting: (name, message) => progress.step(0, 1, `waiting for ${name}: ${message}`),
  };
}

const SIGN = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ', 'not examined': '-      ' } as const;

export function healthText(results: readonly ProbeResult[]): string {
  return results
    .flatMap(({ name, outcome, message, hint }) => [
      `${SIGN[outcome]}  ${name.padEnd(11)}  ${message}`,
      ...(hint === undefined ? [] : [`                      hint: ${hint}`]),
    ])
    .map((line) => `${line}\n`)
    .join('');
}
