import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { valuesInHcl } from './hcl/values';
import { nothingBeside, noVariables, type Beside, type Lookup } from './interpolate';
import { keyedLines } from './lines';
import { readSource } from './read-source';
import { decoded, textStart } from './source';
import { literal } from './value';
import { unquoted } from './words';

const COMPOSE = /(?:compose|stack)[^/]*\.ya?ml$/i;
const TERRAFORM = /\.(?:tf|tofu)$/;
const ASSIGNED = /^(?:terraform\.tfvars|.*\.auto\.tfvars)$/;
/** More files than any module has. */
const MOST_FILES = 200;

/**
 * The `.env` next to a Compose file, and the module of a Terraform file: its `terraform.tfvars`, and variables and
 * locals of its other files. The last folder is cached, because a scan visits the files of a folder one after the
 * other.
 */
export function createBeside(): (file: string) => Promise<Beside> {
  const last = new Map<string, { readonly directory: string; readonly found: Promise<Beside> }>();
  const inFolder = (what: string, directory: string, read: (directory: string) => Promise<Beside>): Promise<Beside> => {
    const known = last.get(what);
    if (known?.directory === directory) return known.found;
    const found = read(directory);
    last.set(what, { directory, found });
    return found;
  };
  return async (file) => {
    if (COMPOSE.test(basename(file))) return inFolder('compose', dirname(file), envBeside);
    return TERRAFORM.test(file) ? inFolder('terraform', dirname(file), moduleBeside) : nothingBeside;
  };
}

/** A value from `.env` wins over one in the Compose file, as Compose does it: there `${TAG:-1}` is only a default. */
async function envBeside(directory: string): Promise<Beside> {
  const text = await textOf(join(directory, '.env'));
  const values = new Map(
    keyedLines(text, 0).map((line) => {
      const { start, end } = unquoted(text, line);
      return [line.key, text.slice(start, end)];
    }),
  );
  return { overrides: lookupIn(values), defaults: noVariables };
}

/**
 * What Terraform would use, as far as files show it. A variable from the command line or the environment is not known.
 *
 *      terraform.tfvars, *.auto.tfvars   overrides   win over the default in the file that is read
 *      variables and locals of *.tf      defaults    used if that file does not define the name itself
 *
 * Files are read in the order of their names; a later one wins, as with several `.auto.tfvars`.
 */
async function moduleBeside(directory: string): Promise<Beside> {
  const names = (await readdir(directory).catch(() => [])).sort().slice(0, MOST_FILES);
  const assigned = new Map<string, string>();
  const declared = new Map<string, string>();
  for (const name of names) {
    if (!ASSIGNED.test(name) && !TERRAFORM.test(name)) continue;
    const { variables, assignments } = valuesInHcl(await textOf(join(directory, name)));
    for (const [key, value] of ASSIGNED.test(name) ? assignments : variables)
      (ASSIGNED.test(name) ? assigned : declared).set(key, value);
  }
  return { overrides: lookupIn(assigned), defaults: lookupIn(declared) };
}

/** A file that cannot be read gives no values. */
async function textOf(file: string): Promise<string> {
  const source = await readSource(file);
  return source === undefined || 'problem' in source ? '' : decoded(source.text.slice(textStart(source)));
}

/** An empty value is no value. One with a line break cannot be part of an image name. */
function lookupIn(values: ReadonlyMap<string, string>): Lookup {
  return (name) => {
    const value = values.get(name);
    return value === undefined || value === '' || /[\0\r\n]/.test(value) ? undefined : [literal(value)];
  };
}
