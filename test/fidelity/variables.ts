import { FIXTURE_IMAGE_NAMES, fixtureImage, type FixtureImage } from '../../src/upstream';

export type Variables = Map<string, string | number>;

/** Values of every variable in a text; unknown ones stay as they are. */
export function substitute(text: string, variables: Variables): string {
  return text.replace(/\$\{([\w.-]+)\}/g, (whole, name: string) => String(variables.get(name) ?? whole));
}

/** The same within JSON; a text that is nothing but a numeric variable becomes a number. */
export function substituteDeep(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') {
    const alone = variables.get(/^\$\{([\w.-]+)\}$/.exec(value)?.[1] ?? '');
    return typeof alone === 'number' ? alone : substitute(value, variables);
  }
  if (Array.isArray(value)) return value.map((item) => substituteDeep(item, variables));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [substitute(key, variables), substituteDeep(item, variables)]),
  );
}

/**
 * `digest.a`, `config.a`, `layer.a`, and for the children of an index `digest.idx.amd64` and so on, of the images that
 * this text names.
 */
export function imageVariables(text: string): [string, string][] {
  const named = new Set([...text.matchAll(/\$\{(?:digest|config|layer)\.(\w+)/g)].map(([, name]) => name));
  return FIXTURE_IMAGE_NAMES.filter((name) => named.has(name)).flatMap((name) => {
    const top = fixtureImage(name);
    return [
      ...digestsOf(name, top),
      ...top.children.flatMap((child) => digestsOf(`${name}.${child.architecture}`, child)),
    ];
  });
}

function digestsOf(name: string, image: FixtureImage): [string, string][] {
  const [config, layer] = image.blobs;
  return [
    [`digest.${name}`, image.digest],
    ...(config && layer
      ? ([
          [`config.${name}`, config.digest],
          [`layer.${name}`, layer.digest],
        ] as [string, string][])
      : []),
  ];
}
