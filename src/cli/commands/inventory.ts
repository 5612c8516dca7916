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
  FAIL_ON,
  INVENTORY_FORMATS,
  inventoryAs,
  RECORD_NAME,
  type FailOn,
  type InventoryChoice,
} from '../../app/render/inventory';
import { inventoryWords } from '../../app/render/inventory-events';
import { plural } from '../../plural';
import { appFor } from '../support/app';
import { abortedCode, ExitCode, type Command } from '../command';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';

interface Options extends DeclarationOptions, InventoryOptions, RewriteOptions {
  readonly overlay: readonly string[];
  readonly fromCluster?: string;
  readonly failOn: FailOn;
  readonly waivers?: string;
}

const HELP = `
scan      lists every image reference and whether it is pulled through the cache
check     the same; exit code 4 if a reference fails (--fail-on)
suggest   prints YAML of the registries and projects that the policies lack
rewrite   prints the changes as a unified diff; --write changes the files

Only files are read; only rewrite --prove contacts Harbor. Without policies every reference counts as bypass.`;

/** `scan`, `check` and `suggest` are views of one inventory; `rewrite` reads the files again, with their edits. */
export const command: Command<Options> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), ...INVENTORY_FORMATS)
      .addArgument(new Argument('<action>').choices(['scan', 'check', 'suggest', 'rewrite']))
      .addArgument(new Argument('[path...]', 'files and directories (default: the current directory)'))
      .option('--harbor-url <url>', "Harbor's URL as clients use it (default: the one in the policies)")
      .option('--from-cluster <file>', 'read the output of kubectl get pods,nodes -A -o json')
      .addOption(new Option('--fail-on <level>', 'check: which references fail').choices(FAIL_ON).default('bypass'))
      .option('--waivers <file>', 'check: YAML with exceptions, each with reason, owner and expires')
      .option('--write', 'rewrite: change the files', false)
      .option('--prove', 'rewrite: only what the cache serves with the same digest; asks both', false)
      .option('--reverse', 'rewrite: restore the names of the upstreams', false)
      .option('--record <file>', 'rewrite: file that records the edits of --write for --reverse', RECORD_NAME)
      .addHelpText('after', HELP);
  },

  async run(context, options, [action, ...paths]) {
    const { terminal, signal } = context;
    const app = appFor(context, options, inventoryWords);
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
    const choice = { ...options, action: action as InventoryChoice['action'], waivers };
    const { pieces, failed } = inventoryAs(choice, inventory, cache);
    for (const piece of pieces) terminal.out(piece);
    return failed > 0 ? ExitCode.policyViolation : ExitCode.ok;
  },
};
