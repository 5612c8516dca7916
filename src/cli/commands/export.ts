import { exportPolicies } from '../../app/export';
import { harborFrom, type HarborOptions } from '../../app/harbor-of';
import { plural } from '../../plural';
import { appFor } from '../support/app';
import { ExitCode, type Command } from '../command';
import { acrossInstances } from '../support/fleet';
import { addFormatOption, addHarborOptions, type DeclarationOptions } from '../options';
import { writtenAsJson, writtenAsText } from '../../app/render/written';

interface ExportOptions extends DeclarationOptions, HarborOptions {
  readonly overlay: readonly string[];
  readonly out: string;
  readonly force: boolean;
}

/** Writes a live Harbor as policies whose plan is empty. */
const single: Command<ExportOptions> = {
  configure(command) {
    addFormatOption(addHarborOptions(command), 'text', 'json')
      .requiredOption('--out <dir>', 'directory to write the policies to')
      .option('--force', 'overwrite files of the same name', false);
  },

  async run(context, options) {
    const app = appFor(context, options);
    const report = await exportPolicies(app, () => harborFrom(app, options), options);
    context.terminal.out(options.format === 'json' ? writtenAsJson(report) : writtenAsText(report));
    context.summarise?.(`${plural(report.objects, 'object')} in ${report.directory}`);
    return report.differing.length === 0 ? ExitCode.ok : ExitCode.error;
  },
};

/** Each Harbor in a directory of its own. */
export const command = acrossInstances(single, (options, args, instance) => ({
  options: { ...options, out: `${options.out}/${instance}` },
  args,
}));
