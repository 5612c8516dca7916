import { readFile, stat } from 'node:fs/promises';
import { Argument, Option } from 'commander';
import { parse } from 'yaml';
import { loadFrom } from '../../app/load';
import { renderDiagnostics } from '../../declaration/render';
import { DeclarationError, UsageError } from '../../errors';
import {
  cacheOf,
  checkReferences,
  clusterReferences,
  FAIL_ON,
  INVENTORY_FORMATS,
  noCache,
  RECORD_NAME,
  renderCheck,
  renderInventory,
  rewrite,
  renovateAliases,
  suggest,
  takeInventory,
  waiversOf,
  type Cache,
  type FailOn,
  type Inventory,
  type InventoryFormat,
  type InventoryWaiver,
  type Problem,
} from '../../inventory';
import { readBoundedYaml } from '../input/bounded-yaml';
import type { Command, CommandContext } from '../command';
import { abortedCode, ExitCode } from '../exit-code';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { plural } from '../../plural';
import { diagnosticPaint, paintFor } from '../terminal';
import { version } from '../../app/version';

interface InventoryOptions extends DeclarationOptions {
  readonly harborUrl?: string;
  readonly fromCluster?: string;
  readonly failOn: FailOn;
  readonly waivers?: string;
  readonly write: boolean;
  readonly reverse: boolean;
  readonly record: string;
}

const DEFAULT_POLICIES = 'policies';
const MAX_CLUSTER_BYTES = 256 * 1024 * 1024;

const HELP = `
scan      lists every image reference and whether it is pulled through the cache
check     the same, and exit code 4 if any reference fails (--fail-on)
suggest   prints YAML of the registries and projects that the policies lack
rewrite   prints what would change as a unified diff; --write changes the files

Only files are read. Without policies every reference counts as bypass.`;

export const command: Command<InventoryOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), ...INVENTORY_FORMATS)
      .addArgument(new Argument('<action>').choices(['scan', 'check', 'suggest', 'rewrite']))
      .addArgument(new Argument('[path...]', 'files and directories (default: the current directory)'))
      .option('--harbor-url <url>', 'Harbor as clients name it; default: the one in the policies')
      .option('--from-cluster <file>', 'read what kubectl get pods,nodes -A -o json printed')
      .addOption(new Option('--fail-on <level>', 'check: what fails').choices(FAIL_ON).default('bypass'))
      .option('--waivers <file>', 'check: YAML with exceptions, each with reason, owner and expires')
      .option('--write', 'rewrite: change the files', false)
      .option('--reverse', 'rewrite: restore the names of the upstreams', false)
      .option('--record <file>', 'rewrite: where --write notes what --reverse restores', RECORD_NAME)
      .addHelpText('after', HELP);
  },

  async run(context, options, [action, ...paths]) {
    const cache = await cacheFrom(context, options);
    const places = paths.length === 0 ? ['.'] : paths;
    if (action === 'rewrite') return rewriteFiles(context, options, places, cache);
    const waivers = action === 'check' ? await waiversFrom(options.waivers) : [];
    const inventory = await inventoryOf(context, options, paths, cache);
    if (context.signal.aborted) return abortedCode(context.signal);
    for (const problem of inventory.problems) context.terminal.err(lineOf(problem));
    if (action === 'suggest') context.terminal.out(suggest(inventory.references, cache));
    else if (action === 'check') return check(context, options, inventory, waivers);
    else context.terminal.out(renderInventory(options.format as InventoryFormat, inventory, version));
    return ExitCode.ok;
  },
};

function check(
  { terminal }: CommandContext,
  { failOn, format }: InventoryOptions,
  inventory: Inventory,
  waivers: readonly InventoryWaiver[],
): ExitCode {
  const checked = checkReferences(inventory.references, failOn, waivers, new Date().toISOString().slice(0, 10));
  terminal.out(
    format === 'text'
      ? renderCheck(checked, failOn)
      : renderInventory(format as InventoryFormat, { ...inventory, references: checked.failed }, version),
  );
  return checked.failed.length > 0 ? ExitCode.policyViolation : ExitCode.ok;
}

async function rewriteFiles(
  { terminal, signal }: CommandContext,
  { write, reverse, record }: InventoryOptions,
  paths: readonly string[],
  cache: Cache,
): Promise<ExitCode> {
  if (cache.host === undefined)
    throw new UsageError('rewrite needs to know Harbor and its projects', 'name the declaration with --policies');
  const direction = reverse ? 'to-upstream' : 'to-cache';
  const events = { problem: (problem: Problem) => terminal.err(lineOf(problem)), skipped: () => undefined, signal };
  let edits = 0;
  let files = 0;
  for await (const file of rewrite(paths, { cache, direction, write, record }, events)) {
    for (const { reference, why } of file.refusals)
      terminal.err(lineOf({ ...reference, ...reference.place, message: `${reference.written} not rewritten: ${why}` }));
    if (file.edits === 0) continue;
    if (file.isApproximate) terminal.err(`${file.file}: no matching record: names are restored in their short form\n`);
    terminal.out(write ? `${file.file}: ${plural(file.edits, 'edit')}\n` : file.diff);
    edits += file.edits;
    files += 1;
  }
  terminal.err(
    `${plural(edits, 'edit')} in ${plural(files, 'file')}${write || edits === 0 ? '' : '; write them with --write'}\n`,
  );
  if (write && !reverse && edits > 0) terminal.err(renovateAliases(cache));
  return signal.aborted ? abortedCode(signal) : ExitCode.ok;
}

async function waiversFrom(file: string | undefined): Promise<readonly InventoryWaiver[]> {
  if (file === undefined) return [];
  const { waivers, problems } = waiversOf(parse(await readBoundedYaml(file)));
  if (problems.length > 0) throw new UsageError(`${file}: ${problems.join('; ')}`);
  return waivers;
}

async function inventoryOf(
  { signal }: CommandContext,
  { fromCluster }: InventoryOptions,
  paths: readonly string[],
  cache: Cache,
): Promise<Inventory> {
  if (fromCluster === undefined) return takeInventory(paths.length === 0 ? ['.'] : paths, cache, { signal });
  if (paths.length > 0) throw new UsageError('--from-cluster takes no paths', 'scan files in a run of their own');
  try {
    const { size } = await stat(fromCluster);
    if (size > MAX_CLUSTER_BYTES)
      throw new UsageError(`${fromCluster} is larger than 256 MiB`, 'split it by namespace');
    const references = clusterReferences(await readFile(fromCluster, 'utf8'), cache);
    return { references, problems: [], skipped: {}, files: 1 };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${fromCluster} cannot be read: ${(error as Error).message}`,
      'write it with kubectl get pods,nodes -A -o json',
    );
  }
}

/** @throws DeclarationError where policies that are there, or were asked for, cannot be used */
async function cacheFrom({ terminal }: CommandContext, options: InventoryOptions): Promise<Cache> {
  const { declaration, diagnostics, sources } = await loadFrom(options);
  if (declaration) {
    const cache = cacheOf(declaration, options.harborUrl);
    if (cache.host === undefined) terminal.err('the policies name no Harbor: pass --harbor-url\n');
    return cache;
  }
  const isAbsent = diagnostics.every(({ rule }) => rule === 'no-policies');
  if (isAbsent && options.policies === DEFAULT_POLICIES) {
    terminal.err('no policies: every reference counts as bypass; name them with --policies\n');
    return noCache;
  }
  terminal.err(renderDiagnostics(diagnostics, { sources, paint: diagnosticPaint(paintFor(false)) }));
  throw new DeclarationError(`${options.policies} cannot be used`, diagnostics, true);
}

function lineOf({ file, line, column, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}:${column}`}: ${message}\n`;
}
