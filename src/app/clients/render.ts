import { compact } from '../../compact';
import {
  checkFiles,
  clients,
  resolveClient,
  type Client,
  type RenderInput,
  type RobotLogin,
  type Rendering,
  type ResolvedClient,
} from '../../clients';
import { createSecretResolver } from '../../declaration/secrets/secrets';
import type { Declaration } from '../../declaration/declaration';
import type { Diagnostic } from '../../diagnostic';
import { UsageError } from '../../errors';
import { caOf } from '../read-ca';
import type { AppContext } from '../context';
import { loadOrThrow, type PolicySource } from '../load';

/** Nothing is requested from Harbor for this. */
export interface RenderClientsOptions extends PolicySource {
  /** Names under `clients:`; empty: all of them. */
  readonly only: readonly string[];
  /** Resolve the secrets of robots and write them into files that only the owner can read. */
  readonly withSecrets: boolean;
}

/** One declared client, rendered and checked by its own rules. */
export interface RenderedClient extends Rendering {
  readonly name: string;
  readonly client: Client;
  readonly input: RenderInput;
  /** Findings in the rendered files: empty, unless the declaration asks for something that the client cannot read. */
  readonly findings: readonly Diagnostic[];
}

/**
 * Renders what `clients:` declares as files.
 * @throws DeclarationError, UsageError, SecretError if `withSecrets` is set and a secret cannot be resolved
 */
export async function renderClients(context: AppContext, options: RenderClientsOptions): Promise<RenderedClient[]> {
  const declaration = await loadOrThrow(context, options);
  const resolved = resolveAll(declaration, options);
  const secretOf = createSecretResolver({
    env: context.env,
    baseDirectory: declaration.directory,
    mask: context.secrets,
    signal: context.signal,
  });
  const ca = await authorityOf(declaration);
  const rendered: RenderedClient[] = [];
  for (const { client, input, robot } of resolved) {
    const secret = options.withSecrets && robot?.secret ? await secretOf(robot.secret) : undefined;
    const login = robot && compact<RobotLogin>({ username: robot.username, secret });
    const whole: RenderInput = compact({ ...input, robot: login, ca });
    rendered.push(renderOne(client, whole));
  }
  return rendered;
}

/** What is rendered is checked with the same rules as files that are found, so that the two cannot disagree. */
function renderOne(client: Client, input: RenderInput): RenderedClient {
  const rendering = client.render(input);
  const found = rendering.files.map(({ path, content, mode }) => ({ path, content, mode }));
  const { harborUrl, upstreams, profile } = input;
  const written = new Set(rendering.files.map(({ path }) => path));
  const findings = checkFiles(client, found, {
    harborUrl,
    upstreams,
    profile,
    // Files that are rendered together are installed together; nothing is known about the rest of the machine.
    isReadable: (path) => (written.has(path) ? true : undefined),
  });
  return { name: input.name, client, input, ...rendering, findings };
}

/** @throws UsageError for a name that is not declared, and if nothing is */
function resolveAll(declaration: Declaration, { only, policies }: RenderClientsOptions): ResolvedClient[] {
  const declared = declaration.clients ?? [];
  const unknown = only.find((name) => !declared.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new UsageError(
      `no client ${unknown} is declared in ${policies}`,
      `declared: ${declared.map(({ name }) => name).join(', ') || 'none'}`,
    );
  if (declared.length === 0)
    throw new UsageError(`${policies} declares no clients`, 'add clients: { nodes: { client: containerd } }');
  // A reference that cannot be resolved was already a finding of the load.
  return declared
    .filter(({ name }) => only.length === 0 || only.includes(name))
    .flatMap((one) => resolveClient(declaration, one, clients).resolved ?? []);
}

async function authorityOf({ harbor }: Declaration): Promise<string | undefined> {
  const text = harbor && (await caOf(harbor));
  return text === undefined || text.endsWith('\n') ? text : `${text}\n`;
}
