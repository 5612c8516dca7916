import type { Command } from '../command';

/** All commands in the order of `--help`; each has a file of its name. */
const SUMMARIES: readonly (readonly [name: string, summary: string])[] = [
  ['init', 'write a new repository: policies, CI, editor settings'],
  ['validate', 'check the declaration, offline'],
  ['plan', 'show what apply would change'],
  ['apply', 'make Harbor match the declaration'],
  ['drift', 'report what differs; change nothing'],
  ['export', 'write the objects of a live Harbor as policies'],
  ['import', 'convert the declaration of another tool to policies'],
  ['conform', 'verify with real pulls that the projects work'],
  ['report', 'merge the reports of shards or of several Harbors, or notify a webhook of a change'],
  ['explain-report', 'show every request of a failed check as a curl command'],
  ['doctor', 'check the prerequisites on this machine, in the policies and in Harbor'],
  ['up', 'deploy Harbor from an empty machine to verified pulls, step by step'],
  ['images', 'pin the images of a Harbor release, and compare pins with a registry'],
  ['synth', 'write the stacks of an environment for Terraform'],
  ['health', 'check that this Harbor is ready for clients'],
  ['drill', 'verify that a restored Harbor is complete'],
  ['rules', 'explain the rules on policies, plans and stacks; with --synth check stacks'],
  ['clients', 'render the configuration of clients, and verify that the cache serves them'],
  ['mirror', 'render the nginx or Traefik configuration of a mirror domain'],
  ['inventory', 'find image references that do not use the cache'],
  ['warm', 'pull images into the cache ahead of time'],
  ['schema', 'print the JSON Schema of the declaration'],
  ['sandbox', 'run a stand-in for Harbor, to try policies'],
  ['scanner-adapter', 'run a scanner for Harbor that reports declared CVEs'],
  ['canary', 'run an upstream that misbehaves on command, for conform'],
  ['completion', 'print shell completion'],
  ['version', 'print the version'],
  ['demo', 'run the full workflow against the sandbox and write a report'],
];

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Only the called one is loaded, so that `--help` is instant. */
export const commands: readonly CommandEntry[] = SUMMARIES.map(([name, summary]) => ({
  name,
  summary,
  load: async () => ((await import(`./${name}.js`)) as { readonly command: Command }).command,
}));
