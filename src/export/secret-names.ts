import type { SecretReference } from '../secret-reference';

/** A secret that the policies refer to and that only Harbor has. */
export interface SecretToSet {
  readonly env: string;
  /** Address of the object it belongs to. */
  readonly address: string;
  /** Dotted, below the object. */
  readonly field: string;
}

/** Gives every secret its own variable, named after the object that it belongs to. */
export interface SecretNames {
  /** `of` is the part of the name before the field: kind and names, or empty for singletons. */
  reference(of: readonly string[], address: string, field: string): SecretReference;
  /** A variable that already has a name: nothing else gets it, and it is listed. */
  claim(env: string, address: string, field: string): void;
  /** In the order of the calls. */
  given(): readonly SecretToSet[];
}

/**
 * Names are made of the object and the field, so that they stay the same in the next export:
 * `REGISTRY_QUAY_ACCESS_SECRET`. Equal names get a number, in the order of the calls.
 */
export function secretNames(): SecretNames {
  const byPlace = new Map<string, SecretToSet>();
  const taken = new Set<string>();
  return {
    given: () => [...byPlace.values()],
    claim(env, address, field) {
      taken.add(env);
      byPlace.set(`${address} ${field}`, { env, address, field });
    },
    reference(of, address, field) {
      const place = `${address} ${field}`;
      const known = byPlace.get(place);
      if (known) return { env: known.env };
      const env = firstFree(variableName([...of, field.split('.').at(-1) ?? field]), taken);
      taken.add(env);
      byPlace.set(place, { env, address, field });
      return { env };
    },
  };
}

/** Letters, digits and underscores, not beginning with a digit: valid in a shell, in Compose and in every CI. */
function variableName(parts: readonly string[]): string {
  const name = parts
    .join('_')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[A-Z]/.test(name) ? name : `SECRET_${name}`;
}

/** Two names may differ only in characters that a variable cannot contain: `a-b` and `a_b`. */
function firstFree(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let n = 2;
  while (taken.has(`${name}_${n}`)) n += 1;
  return `${name}_${n}`;
}

/** A file to fill in: one variable per line, below a comment about its use. */
export function renderSecretList(secrets: readonly SecretToSet[]): string {
  const head = '# Variables that these policies need. Copy this file, fill it in, and keep the copy out of Git.';
  const lines = [...new Set(secrets.map(({ env }) => env))].flatMap((env) => {
    const uses = secrets.filter((one) => one.env === env);
    return ['', ...uses.map(({ address, field }) => `# ${address}: ${field}`), `${env}=`];
  });
  return `${[head, ...lines].join('\n')}\n`;
}
