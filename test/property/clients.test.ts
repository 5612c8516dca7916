import fc from 'fast-check';
import { checkFiles, clients, type Client, type FoundFile, type Options, type Upstream } from '../../src/clients';
import { withDefaults } from '../../src/clients/support/options';
import { factsOf, foundFiles, PEM } from '../unit/clients/given';

/** Every value of every option that is a choice. */
function optionsOf({ options }: Client): fc.Arbitrary<Options> {
  const choices = Object.entries(options).flatMap(([name, schema]) => {
    const { enum: values } = schema as { enum?: readonly (string | number)[] };
    return values ? [[name, fc.constantFrom(...values)] as const] : [];
  });
  return fc.record(Object.fromEntries(choices));
}

const label = fc.stringMatching(/^[a-z][a-z0-9]{1,8}(-[a-z0-9]{1,5})?$/);
const domain = fc.tuple(label, label).map(([a, b]) => `${a}.${b}.test`);
const withPort = (host: fc.Arbitrary<string>) =>
  fc
    .tuple(host, fc.option(fc.integer({ min: 1025, max: 65_000 })))
    .map(([name, port]) => (port === null ? name : `${name}:${port}`));

const registries = fc.uniqueArray(
  fc.oneof(fc.constantFrom('docker.io', 'quay.io', 'ghcr.io', 'registry.k8s.io'), withPort(domain)),
  {
    minLength: 1,
    maxLength: 5,
  },
);

const upstreams = fc
  .tuple(
    registries,
    fc.uniqueArray(label, { minLength: 5, maxLength: 5 }),
    fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    withPort(domain),
  )
  .map(([names, projects, open, mirror]) =>
    names.map((registry, i): Upstream => {
      const mirrors = registry === 'docker.io' ? [`hub.${mirror}`] : [];
      return { registry, project: `proxy.${projects[i]}`, isPublic: open[i] ?? true, mirrors };
    }),
  );

const setup = fc.constantFrom(...clients).chain((client) =>
  fc.record({
    client: fc.constant(client),
    name: label,
    profile: fc.constantFrom('fallback' as const, 'strict' as const),
    host: withPort(domain.map((name) => `harbor.${name}`)),
    upstreams,
    robot: fc.option(
      fc.record({ username: label.map((name) => `robot$${name}`), secret: fc.stringMatching(/^[!-~]{8,20}$/) }),
    ),
    ca: fc.option(fc.constant(PEM)),
    options: optionsOf(client),
  }),
);

/** What an administrator has in such files besides, in the words of each client. */
const MORE: readonly (readonly [RegExp, string])[] = [
  [
    /registries\.conf\.d\/50-/,
    '\n[[registry]]\nlocation = "internal.example"\ninsecure = true\n\n[aliases]\n"fedora" = "registry.fedoraproject.org/fedora"\n',
  ],
  [/registries\.yaml$/, ''],
  [/buildkitd/, '\n[worker.oci]\n  max-parallelism = 4\n\n[registry."internal.example:5000"]\n  http = true\n'],
  [/hosts\.toml$/, '\n# checked by hand\n'],
];

describe('a correct set-up', () => {
  it('of any client raises no alarm, 200 times', () => {
    fc.assert(
      fc.property(setup, ({ client, host, options, robot, ca, ...more }) => {
        const input = {
          ...more,
          harborUrl: `https://${host}`,
          options: withDefaults(client.options, options),
          ...(robot && { robot }),
          ...(ca !== null && { ca }),
        };
        const files = foundFiles(client.render(input).files);
        expect(checkFiles(client, files, factsOf(input, { addressesOf: () => ['10.1.2.3'] }))).toEqual([]);
        expect(checkFiles(client, withMore(files), factsOf(input))).toEqual([]);
        // Where nothing is known of Harbor, nothing is said about it.
        expect(checkFiles(client, files, {})).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

function withMore(files: readonly FoundFile[]): FoundFile[] {
  return files.map((file) => {
    const [, text = ''] = MORE.find(([path]) => path.test(file.path)) ?? [];
    return { ...file, content: `${file.content}${text}` };
  });
}
