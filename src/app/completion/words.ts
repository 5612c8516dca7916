/** What a shell may propose. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** Choices of the first argument, such as `scan` of `inventory`. */
  readonly argumentChoices: readonly string[];
}

export interface OptionWords {
  /** `--policies` */
  readonly flag: string;
  readonly about: string;
  readonly value: Value;
}

export type Value =
  | { readonly kind: 'none' }
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  | { readonly kind: 'file' | 'directory' }
  /** Something that nobody can propose. */
  | { readonly kind: 'free' };

/** What an option of commander takes. @param flags such as `--out <dir>` */
export function valueOf(flags: string, choices: readonly string[] | undefined): Value {
  if (choices) return { kind: 'choices', choices };
  const [, name] = /[<[]([^>\]]+)[>\]]/.exec(flags) ?? [];
  if (name === undefined) return { kind: 'none' };
  if (name === 'dir') return { kind: 'directory' };
  return { kind: /file|json/.test(name) ? 'file' : 'free' };
}
