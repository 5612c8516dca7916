import { either, flag, mapOf, number, object, optional, text, type Shape } from '../../shape';

/** Harbor returns each key with its own type; a list or a map is text. */
export type ConfigurationValueWire = string | number | boolean;

/** Keys of kind "password" are never returned; `scan_all_policy` is `{}`. */
export type ConfigurationsWire = Readonly<
  Record<string, { readonly value?: ConfigurationValueWire; readonly editable?: boolean } | undefined>
>;

/** Unknown keys are accepted: a newer Harbor has more of them. */
export const configurationsShape: Shape<ConfigurationsWire> = mapOf(
  object<NonNullable<ConfigurationsWire[string]>>({
    value: optional(either<string, number | boolean>(text, either<number, boolean>(number, flag))),
    editable: optional(flag),
  }),
);
