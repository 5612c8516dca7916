import type { SecretReference } from '../secret-reference';

/** A secret that the written policies refer to and that only Harbor has. */
export interface SecretToSet {
  readonly env: string;
  /** Address of the object it belongs to. */
  readonly address: string;
  /** Dotted, below the object. */
  readonly field: string;
}

/** Gives every secret a variable of its own, named after what it is the secret of. */
export interface SecretNames {
  /** `of` is what stands before the field in the name: kind and names, nothing for what there is only one of. */
  reference(of: readonly string[], address: string, field: string): SecretReference;
  /** A variable that already has a name: nothing else gets it, and it is listed. */
  claim(env: string, address: string, field: string): void;
  /** In the order in which they were asked for. */
  given(): readonly SecretToSet[];
}

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

function variableName(parts: readonly string[]): string {
  const name = parts
    .join('_')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[A-Z]/.test(name) ? name : `SECRET_${name}`;
}

/** Two names may differ only in what a variable cannot hold: `a-b` and `a_b`. */
function firstFree(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let n = 2;
  while (taken.has(`${name}_${n}`)) n += 1;
  return `${name}_${n}`;
}

/** A file to fill in: one variable a line, below what it is for. */
export function renderSecretList(secrets: readonly SecretToSet[]): string {
  const head = '# Variables that these policies need. Copy this file, fill it in, and keep the copy out of Git.';
  const lines = [...new Set(secrets.map(({ env }) => env))].flatMap((env) => {
    const uses = secrets.filter((one) => one.env === env);
    return ['', ...uses.map(({ address, field }) => `# ${address}: ${field}`), `${env}=`];
  });
  return `${[head, ...lines].join('\n')}\n`;
}
