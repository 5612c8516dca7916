import type { Command } from '../command';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** All commands. Only the one that is called is loaded, so that `--help` stays instant. */
export const commands: readonly CommandEntry[] = [
  entry(
    'init',
    'write a new repository: policies, CI, editor settings',
    async () => (await import('./init.js')).command,
  ),
  entry('validate', 'check the declaration, offline', async () => (await import('./validate.js')).command),
  entry('plan', 'show what apply would change', async () => (await import('./plan.js')).command),
  entry('apply', 'make Harbor match the declaration', async () => (await import('./apply.js')).command),
  entry('drift', 'report what differs; change nothing', async () => (await import('./drift.js')).command),
  entry('export', 'write the objects of a live Harbor as policies', async () => (await import('./export.js')).command),
  entry(
    'import',
    'convert the declaration of another tool to policies',
    async () => (await import('./import.js')).command,
  ),
  entry('conform', 'verify with real pulls that the projects work', async () => (await import('./conform.js')).command),
  entry(
    'report',
    'merge the reports of shards or of several Harbors',
    async () => (await import('./report.js')).command,
  ),
  entry(
    'doctor',
    'check the prerequisites on this machine, in the policies and in Harbor',
    async () => (await import('./doctor.js')).command,
  ),
  entry(
    'up',
    'deploy Harbor from an empty machine to verified pulls, step by step',
    async () => (await import('./up.js')).command,
  ),
  entry('synth', 'write the stacks of an environment for Terraform', async () => (await import('./synth.js')).command),
  entry('health', 'check that this Harbor is ready for clients', async () => (await import('./health.js')).command),
  entry('drill', 'verify that a restored Harbor is complete', async () => (await import('./drill.js')).command),
  entry(
    'rules',
    'check synthesised stacks against the deployment rules',
    async () => (await import('./rules.js')).command,
  ),
  entry(
    'clients',
    'write the configuration of everything that pulls through the cache',
    async () => (await import('./clients.js')).command,
  ),
  entry(
    'mirror',
    'render the nginx or Traefik configuration of a mirror domain',
    async () => (await import('./mirror.js')).command,
  ),
  entry(
    'inventory',
    'find image references that do not use the cache',
    async () => (await import('./inventory.js')).command,
  ),
  entry('schema', 'print the JSON Schema of the declaration', async () => (await import('./schema.js')).command),
  entry('sandbox', 'run a stand-in for Harbor to try things out', async () => (await import('./sandbox.js')).command),
  entry(
    'scanner-adapter',
    'run a scanner for Harbor that reports declared CVEs',
    async () => (await import('./scanner-adapter.js')).command,
  ),
  entry(
    'canary',
    'run an upstream that misbehaves on command, for conform',
    async () => (await import('./canary.js')).command,
  ),
  entry(
    'demo',
    'run the full workflow against the sandbox and write a report',
    async () => (await import('./demo.js')).command,
  ),
];

function entry(name: string, summary: string, load: () => Promise<unknown>): CommandEntry {
  // A command narrows its own options; commander hands over what `configure` declared.
  return { name, summary, load: load as () => Promise<Command> };
}
