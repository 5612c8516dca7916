import type { Command } from '../command';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** All commands. Only the one that is called is loaded, so that `--help` stays instant. */
export const commands: readonly CommandEntry[] = [
  entry('validate', 'check the declaration, offline', async () => (await import('./validate.js')).command),
  entry('plan', 'show what apply would change', async () => (await import('./plan.js')).command),
  entry('apply', 'make Harbor match the declaration', async () => (await import('./apply.js')).command),
  entry('drift', 'report what differs, change nothing', async () => (await import('./drift.js')).command),
  entry('export', 'write what a live Harbor has as policies', async () => (await import('./export.js')).command),
  entry('import', 'write what another tool declares as policies', async () => (await import('./import.js')).command),
  entry('conform', 'prove by real pulls that the projects work', async () => (await import('./conform.js')).command),
  entry('report', 'join reports of shards and of a fleet', async () => (await import('./report.js')).command),
  entry(
    'doctor',
    'what this machine, these policies and that Harbor need',
    async () => (await import('./doctor.js')).command,
  ),
  entry('up', 'from an empty machine to a proven Harbor, in order', async () => (await import('./up.js')).command),
  entry('health', 'whether clients can be sent to that Harbor', async () => (await import('./health.js')).command),
  entry('drill', 'prove that a restored Harbor is whole', async () => (await import('./drill.js')).command),
  entry('rules', 'what must never be deployed, held against a synth', async () => (await import('./rules.js')).command),
  entry(
    'mirror',
    'the front of a mirror domain, for nginx or Traefik',
    async () => (await import('./mirror.js')).command,
  ),
  entry(
    'inventory',
    'find image references that do not use the cache',
    async () => (await import('./inventory.js')).command,
  ),
  entry('schema', 'print the JSON Schema of the declaration', async () => (await import('./schema.js')).command),
  entry('sandbox', 'run a Harbor stand-in to try things on', async () => (await import('./sandbox.js')).command),
  entry(
    'scanner-adapter',
    'a scanner for a Harbor that reports declared CVEs',
    async () => (await import('./scanner-adapter.js')).command,
  ),
  entry(
    'canary',
    'an upstream that misbehaves on command, for conform',
    async () => (await import('./canary.js')).command,
  ),
  entry('demo', 'the whole job against the sandbox, with a report', async () => (await import('./demo.js')).command),
];

function entry(name: string, summary: string, load: () => Promise<unknown>): CommandEntry {
  // A command narrows its own options; commander hands over what `configure` declared.
  return { name, summary, load: load as () => Promise<Command> };
}
