import type { Declaration, LoadResult } from '../declaration/declaration';
import { declarationFrom, loadDeclaration } from '../declaration/load';
import { hasErrors, inOrder } from '../diagnostic';
import { DeclarationError } from '../errors';
import { kinds } from '../kinds';
import type { AppContext } from './context';

/** Which declaration: a directory, and its overlays. */
export interface PolicySource {
  readonly policies: string;
  readonly instance?: string;
  readonly overlay?: readonly string[];
}

/**
 * The result has findings and no declaration if the policies cannot be used. Nothing is thrown for what they
 * contain.
 */
export async function loadFrom({ policies, instance, overlay = [] }: PolicySource): Promise<LoadResult> {
  // Paths stay as the user wrote them: people and editors use the positions.
  return withClients(await loadDeclaration({ directory: policies, instance, overlays: overlay, kinds }));
}

/** What `clients:` names must exist: the program, its options, its registries, its robot. */
async function withClients(loaded: LoadResult): Promise<LoadResult> {
  const { declaration, sources } = loaded;
  if (!declaration?.clients) return loaded;
  // Loaded on demand: most policies declare no clients.
  const { clients, resolveClient } = await import('../clients/index.js');
  const found = declaration.clients.flatMap((one) => resolveClient(declaration, one, clients).diagnostics);
  const diagnostics = inOrder([...loaded.diagnostics, ...found]);
  return hasErrors(found) ? { diagnostics, sources } : { declaration, diagnostics, sources };
}

/**
 * For use cases that contact Harbor: warnings become an event, errors stop it.
 * @throws DeclarationError
 */
export async function loadOrThrow(context: AppContext, source: PolicySource): Promise<Declaration> {
  const { declaration, diagnostics, sources } = await loadFrom(source);
  const usable = declaration !== undefined;
  if (diagnostics.length > 0) context.emit({ type: 'findings', diagnostics, sources, usable });
  if (!declaration)
    throw new DeclarationError(`${source.policies} has errors: no request was sent to Harbor`, diagnostics, true);
  rememberEnvironment(context, declaration);
  return declaration;
}

/** A secret command that fails may print its whole environment before the other secrets are requested. */
export function rememberEnvironment({ env, secrets }: AppContext, { secrets: declared }: Declaration): void {
  for (const { reference } of declared ?? []) if ('env' in reference) secrets.remember(env[reference.env] ?? '');
}

/** Findings for a directory that declares nothing for this Harbor yet. */
const NOTHING_YET: readonly string[] = ['no-policies', 'unknown-instance'];

/** The previous declaration, as far as a plan uses it. */
export type Before = Pick<Declaration, 'objects' | 'parents'>;

/**
 * What another directory declares, such as a checkout of the branch that a pull request goes to.
 * @throws DeclarationError where it does not load
 */
export async function declaredIn(directory: string, source: PolicySource): Promise<Before> {
  return asBefore(await loadFrom({ ...source, policies: directory }), `--base ${directory}`);
}

/**
 * What the policies declare in a Git revision, read from the object store.
 * @throws DeclarationError where they do not load, or Git cannot read them
 */
export async function declaredAt(revision: string, source: PolicySource): Promise<Before> {
  const { policies: directory, instance, overlay: overlays = [] } = source;
  const { readPolicyFilesAt } = await import('../declaration/files/git-files.js');
  const files = await readPolicyFilesAt(revision, { directory, instance, overlays });
  return asBefore(await declarationFrom(files, directory, kinds), `--base-ref ${revision}`);
}

function asBefore({ declaration, diagnostics }: LoadResult, flag: string): Before {
  if (declaration) return declaration;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 && errors.every(({ rule }) => NOTHING_YET.includes(rule)))
    return { objects: [], parents: new Map() };
  throw new DeclarationError(`${flag} has errors`, errors);
}
