import { checkFiles, clients, type Client, type Facts, type FoundFile, type Options } from '../../../src/clients';
import { factsOf, foundFiles, inputFor } from './given';

/** One mistake in files that are right otherwise: what is written instead of what, and how it is named. */
export interface Seed {
  readonly mistake: string;
  /** Part of the path of the file; default: the first file. */
  readonly in?: string;
  readonly from?: string | RegExp;
  readonly to?: string;
  readonly rename?: readonly [string | RegExp, string];
  readonly facts?: Partial<Facts>;
  readonly rule: string;
  /** Text of the line that the finding is at; absent: line 1. */
  readonly at?: string;
  readonly hint?: string;
}

export interface Setup {
  readonly client: string;
  readonly options?: Options;
  readonly profile?: 'strict';
  readonly seeds: readonly Seed[];
}

/** Each mistake is named at its line, and the files without it raise no alarm. */
export function describeSeeds(setups: readonly Setup[]): void {
  const cases = setups.flatMap((setup) =>
    setup.seeds.map(
      (seed) =>
        [
          `${setup.client} ${Object.values(setup.options ?? {})
            .map(String)
            .join(' ')}${setup.profile ?? ''}: ${seed.mistake}`,
          setup,
          seed,
        ] as const,
    ),
  );

  describe('a seeded mistake is named, at its line', () => {
    it.each(cases)('%s', (_name, setup, seed) => {
      const { client, files, facts } = rendered(setup);
      const target = seed.in ?? '';
      const index = files.findIndex(({ path }) => path.includes(target));
      const broken = files.map((file, i): FoundFile => {
        const changed = i === index && seed.from !== undefined ? changedText(file, seed.from, seed.to ?? '') : file;
        return seed.rename && file.path.includes(target)
          ? { ...changed, path: changed.path.replace(...seed.rename) }
          : changed;
      });
      const findings = checkFiles(client, broken, { ...facts, ...seed.facts });
      const named = findings.filter(({ rule }) => rule === seed.rule);
      expect(named.length === 0 ? findings : named).toContainEqual(expect.objectContaining({ rule: seed.rule }));
      const text = (at: { file: string; line: number } | undefined): string =>
        broken.find(({ path }) => path === at?.file)?.content?.split('\n')[(at?.line ?? 0) - 1] ?? '';
      if (seed.at !== undefined) expect(named.map(({ at }) => text(at)).join('\n')).toContain(seed.at);
      if (seed.hint !== undefined) expect(named.map(({ hint }) => hint).join('\n')).toContain(seed.hint);
    });
  });

  describe('what is rendered', () => {
    it.each(
      setups.map(
        (setup) => [`${setup.client} ${JSON.stringify(setup.options ?? {})} ${setup.profile ?? ''}`, setup] as const,
      ),
    )('%s raises no alarm', (_name, setup) => {
      const { client, files, facts } = rendered(setup);
      expect(checkFiles(client, files, facts)).toEqual([]);
    });
  });
}

function rendered({ client: name, options = {}, profile }: Setup): {
  client: Client;
  files: FoundFile[];
  facts: Facts;
} {
  const client = clients.find((one) => one.name === name)!;
  const input = inputFor(client, { options, ...(profile && { profile }) });
  return { client, files: foundFiles(client.render(input).files), facts: factsOf(input) };
}

function changedText(file: FoundFile, from: string | RegExp, to: string): FoundFile {
  const content = file.content!.replace(from, to);
  if (content === file.content) throw new Error(`${String(from)} is not in ${file.path}`);
  return { ...file, content };
}
