import { basename } from 'node:path';
import { compact } from '../compact';
import type { HarborConnection } from '../declaration/declaration';
import { harborUrlFault } from '../declaration/checks/harbor-url';
import { UsageError } from '../errors';
import { renderSecretList, secretNames, writePolicies, type LeftOut } from '../export';
import { importText, type Importable } from '../import';
import { kinds } from '../kinds';
import { printable } from '../outside/printable';
import { harborOnCommandLine, harborUrl, type CredentialOptions } from './harbor-of';
import { leftOutLine } from './render/written';
import { readText } from './text-file';
import { checkDirectory, SECRET_LIST, writeFiles, type WrittenReport, type WritingOptions } from './policy-directory';

/** Options of the login replace what the file says. */
export interface ImportOptions extends WritingOptions, Partial<CredentialOptions> {
  /** One file. Its form is recognized by its content. */
  readonly from: string;
  /** Harbor's address, if the file does not contain it. */
  readonly url?: string;
}

/**
 * The use case behind `import`: writes the declarations of another tool as policies. No request is sent to Harbor.
 * @throws UsageError
 */
export async function importPolicies(options: ImportOptions): Promise<WrittenReport> {
  const { from, out, force } = options;
  await checkDirectory(out, force);
  const names = secretNames();
  const imported = importText(from, await readText(from, HINT), kinds, names);
  if (imported.objects.length === 0) throw nothingIn(from, imported.leftOut);
  const origin = `Imported from ${basename(from)}.`;
  const { harbor, missing } = harborSection(imported.harbor, options);
  const policies = await writePolicies(
    imported.objects,
    compact({ kinds, origin, secrets: names, harbor, external: imported.external }),
  );
  const { files, secrets, declaration } = policies;
  const list = secrets.length === 0 ? [] : [{ name: SECRET_LIST, text: renderSecretList(secrets) }];
  await writeFiles(out, [...files, ...list], force);
  return {
    directory: out,
    files,
    objects: declaration.objects.length,
    secrets,
    leftOut: [...missing, ...imported.external.map(declaredExternal), ...imported.leftOut, ...policies.leftOut],
    unreadable: new Map(),
    differing: [],
  };
}

function declaredExternal(name: string): LeftOut {
  return {
    address: `registry/${name}`,
    reason: 'other objects refer to it, but it was not imported: it is declared as external, so it is never changed',
  };
}

interface HarborSection {
  readonly harbor?: Omit<HarborConnection, 'at'>;
  readonly missing: readonly LeftOut[];
}

/** The command line takes precedence over the file. Missing values have to be added by hand. */
function harborSection(found: Importable['harbor'], options: ImportOptions): HarborSection {
  const url = options.url === undefined ? found?.url.replace(/\/$/, '') : harborUrl(options.url);
  if (url === undefined)
    return { missing: [{ address: 'harbor', reason: 'the file contains no URL of Harbor: pass --url' }] };
  const fault = harborUrlFault(url);
  if (fault) return { missing: [{ address: 'harbor', field: 'url', reason: `${url}: ${fault.message}; pass --url` }] };
  const { robot, robotSecretEnv = 'HARBOR_ROBOT_SECRET', passwordEnv = 'HARBOR_PASSWORD', caFile } = options;
  const username = options.username ?? (robot === undefined ? found?.username : undefined);
  if (username === undefined && robot === undefined) {
    const reason = 'the file contains no login: pass --username or --robot, or add it';
    return { harbor: { url }, missing: [{ address: 'harbor', field: 'username', reason }] };
  }
  const known = { passwordEnv, robotSecretEnv, ...compact<Partial<CredentialOptions>>({ username, robot, caFile }) };
  return { harbor: harborOnCommandLine(known, url, '--url'), missing: [] };
}

const HINT =
  'pass one file that another tool wrote, such as --from terraform.tfstate; see docs/guides/export-and-import.md';

const MOST_REASONS = 3;

function nothingIn(file: string, leftOut: readonly LeftOut[]): UsageError {
  if (leftOut.length === 0) return new UsageError(`nothing was imported from ${file}`, 'it contains no Harbor objects');
  const reasons = leftOut.slice(0, MOST_REASONS).map(leftOutLine);
  const more = leftOut.length > MOST_REASONS ? [`and ${leftOut.length - MOST_REASONS} more`] : [];
  const why = printable([...reasons, ...more].join('; '));
  return new UsageError(`nothing was imported from ${file}`, `none of its objects can be written as a policy: ${why}`);
}
