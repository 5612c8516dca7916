import { relative } from 'node:path';
import type { HarborConnection } from '../../declaration/declaration';
import { renderSecretList, writePolicies, type Policies, type WritableObject } from '../../export';
import type { Identity } from '../../harbor';
import { kinds } from '../../kinds';
import { makePlan } from '../../plan/make-plan';
import { printable } from '../../outside/printable';
import { readEverything, type Everything } from '../../reconcile/read-everything';
import type { Command, CommandContext } from '../command';
import { withHarbor, type Connection } from '../../app/session';
import { ExitCode } from '../exit-code';
import { SECRET_LIST, writtenAsJson, writtenAsText, type WrittenReport } from '../render/written';
import { addHarborOptions, harborFrom, type HarborOptions } from '../options/harbor';
import { addFormatOption } from '../options';
import { readingReporter, TOOL } from '../../app/plan';
import { checkDirectory, writeFiles } from '../../app/policy-directory';

interface ExportOptions extends HarborOptions {
  readonly out: string;
  readonly force: boolean;
}

/** Live Harbor to policies that plan to nothing. Asks, and changes nothing. */
export const command: Command<ExportOptions> = {
  configure(command) {
    addFormatOption(addHarborOptions(command), 'text', 'json')
      .requiredOption('--out <dir>', 'where the policies go')
      .option('--force', 'write over files of the same name', false);
  },

  async run(context, options) {
    await checkDirectory(options.out, options.force);
    const harbor = await harborFrom(context, options);
    const report = await withHarbor(context, { harbor }, options.policies, (connection) =>
      exportFrom(context, connection, options),
    );
    context.terminal.out(options.format === 'json' ? writtenAsJson(report) : writtenAsText(report));
    return report.differing.length === 0 ? ExitCode.ok : ExitCode.error;
  },
};

async function exportFrom(
  { progress, secrets: known }: CommandContext,
  { client, identity, harbor }: Connection,
  { out, force }: ExportOptions,
): Promise<WrittenReport> {
  progress.stage('reading everything that Harbor has');
  const everything = await readEverything({ client, kinds, reporter: readingReporter(progress) });
  progress.line(`${client.calls} API calls`);
  const policies = await writePolicies(writable(everything), {
    kinds,
    harbor: relocated(harbor, out),
    origin: known.mask(printable(originOf(client.url, identity))),
    holdsSecret: (text) => known.holds(text),
  });
  const { files, secrets, leftOut, declaration } = policies;
  const list = secrets.length === 0 ? [] : [{ name: SECRET_LIST, text: renderSecretList(secrets) }];
  await writeFiles(out, [...files, ...list], force);
  const differing = differences(policies, everything, identity, client.url);
  const { unreadable, unreadableObjects } = everything;
  const objects = declaration.objects.length;
  return { directory: out, files, objects, secrets, leftOut, unreadable, unreadableObjects, differing };
}

function writable({ current }: Everything): WritableObject[] {
  return kinds.flatMap((kind) =>
    (current.get(kind.name) ?? [])
      .filter(({ builtIn }) => builtIn !== true)
      .map(({ spec, facts = {} }) => ({ kind, spec, facts })),
  );
}

/** The certificate is looked for beside the policies. */
function relocated({ at: _at, ...harbor }: HarborConnection, directory: string): Omit<HarborConnection, 'at'> {
  return harbor.ca_file === undefined ? harbor : { ...harbor, ca_file: relative(directory, harbor.ca_file) };
}

function originOf(url: string, { harborVersion }: Identity): string {
  const version = harborVersion === undefined ? '' : `, Harbor ${harborVersion}`;
  return `Exported from ${url}${version}: what differs from Harbor's own defaults.`;
}

/** The promise of an export, proven on what was just read: a plan of it is empty. */
function differences(
  { declaration }: Policies,
  { current, unreadableObjects: unreadable }: Everything,
  identity: Identity,
  url: string,
): string[] {
  const { changes } = makePlan({
    tool: TOOL,
    declaration,
    current,
    unreadable,
    kinds,
    mode: 'upsert-only',
    targets: [],
    rotate: [],
    identity,
    target: { url },
  });
  return changes.map(({ address, fields }) => `${address}: ${fields.map(({ path }) => path).join(', ')}`);
}
