import type { Declaration, LoadResult } from '../declaration/declaration';
import { readPolicyFilesAt } from '../declaration/git-files';
import { declarationFrom, loadDeclaration } from '../declaration/load';
import { renderDiagnostics } from '../declaration/render';
import { DeclarationError } from '../errors';
import { kinds } from '../kinds';
import type { CommandContext } from '../cli/command';
import type { DeclarationOptions } from '../cli/options';
import { paintFor, type Paint } from '../cli/terminal';

export function loadFrom(options: DeclarationOptions): Promise<LoadResult> {
  // Paths stay as the user wrote them: positions are for people, and for editors that click on them.
  return loadDeclaration({ directory: options.policies, instance: options.instance, overlays: options.overlay, kinds });
}

/** For commands that go on to Harbor: warnings are said, errors end it. @throws DeclarationError */
export async function loadOrThrow(context: CommandContext, options: DeclarationOptions): Promise<Declaration> {
  const { declaration, diagnostics, sources } = await loadFrom(options);
  if (diagnostics.length > 0 && !(declaration && options.quiet)) {
    context.terminal.err(renderDiagnostics(diagnostics, { sources, paint: diagnosticPaint(paintFor(false)) }));
  }
  if (!declaration)
    throw new DeclarationError(
      `${options.policies} cannot be used as it is: nothing was asked of Harbor`,
      diagnostics,
      true,
    );
  rememberEnvironment(context, declaration);
  return declaration;
}

/** A secret command that fails may print its whole environment before the other secrets are asked for. */
export function rememberEnvironment({ terminal, secrets }: CommandContext, { secrets: declared }: Declaration): void {
  for (const { reference } of declared ?? [])
    if ('env' in reference) secrets.remember(terminal.env[reference.env] ?? '');
}

/** Findings of a directory that declares nothing for this Harbor yet. */
const NOTHING_YET: readonly string[] = ['no-policies', 'unknown-instance'];

/** The declaration before this one, as far as a plan looks at it. */
export type Before = Pick<Declaration, 'objects' | 'parents'>;

/**
 * What another directory declares, such as a checkout of the branch that a pull request goes to.
 * @throws DeclarationError where it does not load
 */
export async function declaredIn(directory: string, options: DeclarationOptions): Promise<Before> {
  return asBefore(await loadFrom({ ...options, policies: directory }), `--base ${directory}`);
}

/**
 * What the policies declare in a Git revision, read from the object store.
 * @throws DeclarationError where they do not load, or Git cannot read them
 */
export async function declaredAt(revision: string, options: DeclarationOptions): Promise<Before> {
  const { policies: directory, instance, overlay: overlays } = options;
  const files = await readPolicyFilesAt(revision, { directory, instance, overlays });
  return asBefore(await declarationFrom(files, directory, kinds), `--base-ref ${revision}`);
}

function asBefore({ declaration, diagnostics }: LoadResult, flag: string): Before {
  if (declaration) return declaration;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 && errors.every(({ rule }) => NOTHING_YET.includes(rule)))
    return { objects: [], parents: new Map() };
  throw new DeclarationError(`${flag} cannot be used as it is`, errors);
}

export function diagnosticPaint(paint: Paint): (style: 'error' | 'warning' | 'dim', text: string) => string {
  const styles = { error: 'red', warning: 'yellow', dim: 'dim' } as const;
  return (style, text) => paint(styles[style], text);
}
