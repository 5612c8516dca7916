import { parseYaml } from '../declaration/yaml/parse';
import { sourceText } from '../declaration/yaml/source-text';
import { secretNames, type SecretNames } from '../export';
import type { Diagnostic } from '../diagnostic';
import { DeclarationError } from '../errors';
import { isRecord, type Json } from '../json';
import type { AnyKind } from '../kinds/kind';
import { together, type Carried } from './carried';
import { terraform } from './from-terraform';
import { harborConfiguration, KIND } from './harbor-configuration';
import { parseJson, plainOf } from './lines';
import { operator } from './operator';
import type { Reader } from './reader';
import { toObjects, type Importable } from './to-objects';
import { unreadable } from './unreadable';
import { settingsVariable, userSettings } from './user-settings';
import { yamlDocuments } from './yaml-documents';

export type { Importable } from './to-objects';

/** The first reader that recognizes a document reads it. */
const readers: readonly Reader[] = [
  harborConfiguration,
  operator,
  terraform,
  userSettings, // reads every document that has its keys somewhere
];

/**
 * What a file of another tool declares: a HarborConfiguration (YAML or JSON), a Terraform state, what
 * `terraform show -json` says of one, or Terraform configuration in JSON syntax. A YAML file may hold several
 * documents. `names` gives its secrets their variables: `writePolicies` goes on with the same ones.
 * @throws DeclarationError for a file that is none of these
 */
export function importText(
  file: string,
  text: string,
  kinds: readonly AnyKind[],
  names: SecretNames = secretNames(),
): Importable {
  return toObjects(carriedIn(file, text), kinds, names);
}

/**
 * Several documents of a file are separate: one unknown among them is reported, all unknown is an error of the file.
 */
function carriedIn(file: string, text: string): Carried {
  const documents = documentsIn(file, text);
  if (documents.some(({ value }) => isDeeperThan(value, MAX_DEPTH)))
    throw new DeclarationError(`${file} cannot be imported: it is nested more than ${MAX_DEPTH} levels deep`, []);
  const carried = documents.map(({ value, line }) => ({ line, carried: carriedFrom(value) }));
  if (carried.every((one) => one.carried === undefined)) throw unreadable(file, text, documents) ?? unknownFormat(file);
  return together(carried.map((one) => one.carried ?? notKnown(one.line)));
}

/** States nest about twenty levels. Far deeper ones would overflow the stack. */
const MAX_DEPTH = 200;

function isDeeperThan(value: Json, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return limit === 0 || Object.values(value).some((inner: Json) => isDeeperThan(inner, limit - 1));
}

function notKnown(line: number): Carried {
  return { objects: [], notCarried: [{ address: `document at line ${line}`, reason: `it is not a ${KIND}` }] };
}

function carriedFrom(document: Json): Carried | undefined {
  if (!isRecord(document)) return undefined;
  for (const reader of readers) {
    const carried = reader.read(document);
    if (carried) return carried;
  }
  return undefined;
}

interface ReadDocument {
  readonly value: Json;
  /** Offset of its first line. */
  readonly line: number;
}

/** A state is JSON and may be longer than a policy file: only YAML is read with the policies' own reader. */
function documentsIn(file: string, text: string): ReadDocument[] {
  const json = asJson(text);
  if (json !== undefined) return [{ value: json, line: 1 }];
  const refused = unreadable(file, text, []);
  if (refused) throw refused;
  const variable = settingsVariable(text);
  if (variable && !/^\s*\S+:(\s|$)/m.test(text)) return [{ value: variable, line: 1 }];
  const parsed = yamlDocuments(text).map((one) => ({ ...one, ...parseYaml(sourceText(file, one.text)) }));
  const diagnostics = parsed.flatMap((one) => one.diagnostics.map((found) => shifted(found, one.before)));
  if (diagnostics.length > 0) throw new DeclarationError(`${file} cannot be read`, diagnostics);
  return parsed.flatMap(({ tree, before }) => (tree ? [{ value: plainOf(tree, before), line: before + 1 }] : []));
}

/** Its line in the file instead of in the document. */
function shifted({ at, ...finding }: Diagnostic, lines: number): Diagnostic {
  return at ? { ...finding, at: { ...at, line: at.line + lines } } : finding;
}

function asJson(text: string): Json | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return parseJson(text);
  } catch {
    // YAML may also begin with a brace, and its reader has better errors.
    return undefined;
  }
}

function unknownFormat(file: string): DeclarationError {
  const known = readers.map(({ formats }) => formats).join(', ');
  return new DeclarationError(`${file} cannot be imported; supported are: ${known}`, []);
}
