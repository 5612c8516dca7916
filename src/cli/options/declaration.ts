import type { Command as CommanderCommand } from 'commander';
import { Option } from 'commander';
import type { PolicySource } from '../../app/load';
import type { CommonOptions } from '../command';
import { collect, factor } from './values';

/** Of every command that reads policies. */
export interface DeclarationOptions extends CommonOptions, PolicySource {
  readonly overlay: readonly string[];
}

/** `--policies`, `--instance`, `--overlay`: which declaration. */
export function addDeclarationOptions(command: CommanderCommand): CommanderCommand {
  return command
    .option('--policies <dir>', 'directory of the declaration', 'policies')
    .option('--instance <name>', 'apply policies/instances/<name>.yaml on top')
    .option('--overlay <file>', 'apply one more file on top (repeatable)', collect, []);
}

/** The first format is the default. */
export function addFormatOption(command: CommanderCommand, ...formats: readonly string[]): CommanderCommand {
  return command.addOption(new Option('--format <format>', 'output format').choices(formats).default(formats[0]));
}

/** With a factor below that of the sandbox, waits are too short and checks fail. */
export function addTimeScaleOption(command: CommanderCommand): CommanderCommand {
  return command.option('--time-scale <factor>', "multiplies Harbor's waits; match `sandbox --time-scale`", factor, 1);
}
