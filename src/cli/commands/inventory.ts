import { setFlagsFromString } from 'node:v8';
import { Argument, Option } from 'commander';
import {
  declaredCache,
  inventoryOf,
  inventoryWaivers,
  rewriteReferences,
  type InventoryOptions,
  type RewriteOptions,
} from '../../app/inventory';
import {
  checkReferences,
  FAIL_ON,
  INVENTORY_FORMATS,
  RECORD_NAME,
  renderCheck,
  renderCheckMarkdown,
  renderInventory,
  suggest,
  type FailOn,
  type InventoryFormat,
} from '../../app/render/inventory';
import { version } from '../../app/version';
import { plural } from '../../plural';
import { appFor } from '../app';
import type { Command } from '../command';
import { abortedCode, ExitCode } from '../exit-code';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { inventoryWords } from '../render/inventory';

/** A scan makes much that it needs for a moment: collected this early, 100,000 files take 150 MiB and not 230. */
const HEAP_GROWS_BY_PERCENT = 30;

interface Options extends DeclarationOptions, InventoryOptions, RewriteOptions {
  readonly overlay: readonly string[];
  readonly fromCluster?: string;
  readonly failOn: FailOn;
  readonly waivers?: string;
}

const HELP = `
scan      lists every image reference and whether it is pulled through the cache
check     the same, and exit code 4 if any reference fails (--fail-on)
suggest   prints YAML of the registries and projects that the policies lack
rewrite   prints what would change as a unified diff; --write changes the files

Only files are read; only rewrite --prove contacts Harbor. Without policies every reference counts as bypass.`;

export const command: Command<Options> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), ...INVENTORY_FORMATS)
      .addArgument(new Argument('<action>').choices(['scan', 'check', 'suggest', 'rewrite']))
      .addArgument(new Argument('[path...]', 'files and directories (default: the current directory)'))
      .option('--harbor-url <url>', 'Harbor as clients name it; default: the one in the policies')
      .option('--from-cluster <file>', 'read what kubectl get pods,nodes -A -o json printed')
      .addOption(new Option('--fail-on <level>', 'check: what fails').choices(FAIL_ON).default('bypass'))
      .option('--waivers <file>', 'check: YAML with exceptions, each with reason, owner and expires')
      .option('--write', 'rewrite: change the files', false)
      .option(
        '--prove',
        'rewrite: only what the cache serves with the same digest; asks Harbor and the upstream',
        false,
      )
      .option('--reverse', 'rewrite: restore the names of the upstreams', false)
      .option('--record <file>', 'rewrite: where --write notes what --reverse restores', RECORD_NAME)
      .addHelpText('after', HELP);
  },

  async run(context, options, [action, ...paths]) {
    setFlagsFromString(`--heap-growing-percent=${HEAP_GROWS_BY_PERCENT}`);
    const { terminal, signal } = context;
    const app = appFor(context, options, inventoryWords(context));
    const cache = await declaredCache(app, options);
    if (action === 'rewrite') {
      const { edits, files, renovate } = await rewriteReferences(app, paths, cache, options);
      const unwritten = options.write || edits === 0 ? '' : '; write them with --write';
      terminal.err(`${plural(edits, 'edit')} in ${plural(files, 'file')}${unwritten}\n${renovate ?? ''}`);
      return signal.aborted ? abortedCode(signal) : ExitCode.ok;
    }
    const waivers = action === 'check' && options.waivers ? await inventoryWaivers(options.waivers) : [];
    const inventory = await inventoryOf(app, paths, options.fromCluster, cache);
    if (signal.aborted) return abortedCode(signal);
    const show = (found: typeof inventory): void => {
      for (const piece of renderInventory(options.format as InventoryFormat, found, version)) terminal.out(piece);
    };
    if (action !== 'check') {
      if (action === 'suggest') terminal.out(suggest(inventory.references, cache));
      else show(inventory);
      return ExitCode.ok;
    }
    const { failOn, format } = options;
    const checked = checkReferences(inventory.references, failOn, waivers, new Date().toISOString().slice(0, 10));
    if (format === 'text') terminal.out(renderCheck(checked, failOn));
    else if (format === 'markdown') for (const piece of renderCheckMarkdown(checked, failOn)) terminal.out(piece);
    else show({ ...inventory, references: checked.failed });
    return checked.failed.length > 0 ? ExitCode.policyViolation : ExitCode.ok;
  },
};
