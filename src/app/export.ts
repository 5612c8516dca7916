import { relative } from 'node:path';
import type { HarborConnection } from '../declaration/declaration';
import { renderSecretList, writePolicies, type Policies, type WritableObject } from '../export';
import { seesAllProjects } from '../harbor';
import { kinds } from '../kinds';
import { permissionsToWire } from '../kinds/support/robot-wire';
import { printable } from '../outside/printable';
import { makePlan } from '../plan/make-plan';
import { MAY_HIDE } from '../reconcile/ask-by-name';
import { readEverything, type Everything } from '../reconcile/read-everything';
import type { AppContext } from './context';
import { reportingTo, TOOL } from './plan';
import { checkDirectory, SECRET_LIST, writeFiles, type WrittenReport, type WritingOptions } from './policy-directory';
import { withConnection, type Connectable, type Connection } from './session';

/**
 * The use case behind `export`: writes a live Harbor as policies whose plan is empty. Harbor is not changed.
 * @param connectable is called once it is known that files may be written to `out`
 */
export async function exportPolicies(
  context: AppContext,
  connectable: () => Promise<Connectable>,
  options: WritingOptions,
): Promise<WrittenReport> {
  await checkDirectory(options.out, options.force);
  return withConnection(context, await connectable(), (connection) => exportFrom(connection, options));
}

/** The files are written before they are compared. What differs is reported and does not undo them. */
async function exportFrom(connection: Connection, { out, force }: WritingOptions): Promise<WrittenReport> {
  const { context, client, harbor } = connection;
  const { emit, secrets: known } = context;
  emit({ type: 'reading', what: 'everything' });
  const everything = await readEverything({ client, kinds, reporter: reportingTo(context) });
  emit({ type: 'read', calls: client.calls });
  const policies = await writePolicies(writable(everything), {
    kinds,
    harbor: relocated(harbor, out),
    origin: known.mask(printable(originOf(connection))),
    holdsSecret: (text) => known.holds(text),
  });
  const { files, secrets, leftOut, declaration } = policies;
  const list = secrets.length === 0 ? [] : [{ name: SECRET_LIST, text: renderSecretList(secrets) }];
  await writeFiles(out, [...files, ...list], force);
  return {
    directory: out,
    files,
    objects: declaration.objects.length,
    secrets,
    leftOut,
    unreadable: new Map([...(await hiddenProjects(connection, everything)), ...everything.unreadable]),
    unreadableObjects: everything.unreadableObjects,
    differing: differences(policies, everything, connection),
  };
}

/** The robot's own permissions are asked for only if the robots could not be read: they are among them. */
async function hiddenProjects(
  { identity, permissions }: Connection,
  { current }: Everything,
): Promise<readonly (readonly [string, string])[]> {
  const own = current.get('robot')?.find(({ facts }) => facts?.['full_name'] === identity.robot?.name);
  const known =
    own || identity.user?.sysadmin ? own && permissionsToWire(own.spec) : await permissions().catch(() => undefined);
  return seesAllProjects(identity, known) ? [] : [['project', MAY_HIDE]];
}

function writable({ current }: Everything): WritableObject[] {
  return kinds.flatMap((kind) =>
    (current.get(kind.name) ?? [])
      .filter(({ builtIn }) => builtIn !== true)
      .map(({ spec, facts = {} }) => ({ kind, spec, facts })),
  );
}

/** The path of the certificate is relative to the policies. */
function relocated({ at: _at, ...harbor }: HarborConnection, directory: string): Omit<HarborConnection, 'at'> {
  return harbor.ca_file === undefined ? harbor : { ...harbor, ca_file: relative(directory, harbor.ca_file) };
}

function originOf({ client, identity: { harborVersion } }: Connection): string {
  const version = harborVersion === undefined ? '' : `, Harbor ${harborVersion}`;
  return `Exported from ${client.url}${version}. Fields with Harbor's default value are left out.`;
}

/** Verifies the promise of an export with what was just read: its plan is empty. */
function differences(
  { declaration }: Policies,
  { current, unreadableObjects: unreadable }: Everything,
  { identity, client }: Connection,
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
    target: { url: client.url },
  });
  return changes.map(({ address, fields }) => `${address}: ${fields.map(({ path }) => path).join(', ')}`);
}
