import type { RegistryWire } from '../../harbor/wire';
import { flag, integer, key, needed, object, optional, text, unused, type Shape } from '../../shape';

/** Fields that a registry has on its own and inside of a replication policy. */
export const registryFields = {
  description: optional(text),
  insecure: optional(flag),
  ca_certificate: optional(text),
  credential: optional(
    object<NonNullable<RegistryWire['credential']>>({
      type: optional(text),
      access_key: optional(text),
      access_secret: optional(text),
    }),
  ),
  status: unused(optional(text)),
};

/** The masked secret is accepted and never used. */
export const registryShape: Shape<RegistryWire> = object<RegistryWire>({
  id: needed(integer),
  name: key(text),
  type: needed(text),
  url: needed(text),
  ...registryFields,
});
