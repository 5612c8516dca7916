import type { Command as CommanderCommand } from 'commander';
import { Option } from 'commander';
import type { CommonOptions } from './command';

export interface DeclarationOptions extends CommonOptions {
  readonly policies: string;
  readonly instance?: string;
  readonly overlay: readonly string[];
}

/** `--policies`, `--instance`, `--overlay`: which declaration. */
export function addDeclarationOptions(command: CommanderCommand): CommanderCommand {
  return command
    .option('--policies <dir>', 'directory of the declaration', 'policies')
    .option('--instance <name>', 'lay policies/instances/<name>.yaml over it')
    .option('--overlay <file>', 'lay one more file over it (repeatable)', collect, []);
}

export function addFormatOption(command: CommanderCommand, ...formats: readonly string[]): CommanderCommand {
  return command.addOption(
    new Option('--format <format>', 'how results are written').choices(formats).default(formats[0]),
  );
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** For options that take a time: `90`, `90s`, `30m`, `2h`. @returns seconds */
export function duration(value: string): number {
  const [, number, unit] = /^(\d{1,9})([smh]?)$/.exec(value) ?? [];
  if (number === undefined) throw new Error(`"${value}" is no duration: write 90s, 30m or 2h`);
  return Number(number) * SECONDS[(unit || 's') as keyof typeof SECONDS];
}

/** For options that take a whole number. */
export function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`"${value}" is not a whole number`);
  return number;
}
