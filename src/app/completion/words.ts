/** What a shell may complete. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** Choices of the first argument, such as `scan` of `inventory`. */
  readonly argumentChoices: readonly string[];
}

/** One option, without the type and the default that only commander knows. */
export interface OptionWords {
  /** `--policies` */
  readonly flag: string;
  readonly about: string;
  readonly value: Value;
}

/** What may follow the option. */
export type Value =
  | { readonly kind: 'none' }
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  | { readonly kind: 'file' | 'directory' }
  /** A value without suggestions. */
  | { readonly kind: 'free' };

/** The part of commander's program that is used here. */
interface Program {
  readonly commands: readonly {
    name(): string;
    summary(): string;
    readonly options: readonly {
      readonly long?: string | undefined;
      readonly description: string;
      readonly flags: string;
      readonly argChoices?: readonly string[] | undefined;
    }[];
    readonly registeredArguments: readonly { readonly argChoices?: readonly string[] | undefined }[];
  }[];
}

/** What a shell may complete, taken from the program that parses the command line. */
export function wordsOf(program: Program): readonly CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    options: command.options.flatMap(({ long, description, flags, argChoices }) =>
      long ? [{ flag: long, about: description, value: valueOf(flags, argChoices) }] : [],
    ),
    argumentChoices: command.registeredArguments[0]?.argChoices ?? [],
  }));
}

/**
 * The values of a commander option.
 * @param flags such as `--out <dir>`
 */
function valueOf(flags: string, choices: readonly string[] | undefined): Value {
  if (choices) return { kind: 'choices', choices };
  const [, name] = /[<[]([^>\]]+)[>\]]/.exec(flags) ?? [];
  if (name === undefined) return { kind: 'none' };
  if (name === 'dir') return { kind: 'directory' };
  return { kind: /file|json/.test(name) ? 'file' : 'free' };
}
