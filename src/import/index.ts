import { parseYaml } from '../declaration/parse';
import { sourceText } from '../declaration/source-text';
import { secretNames, type SecretNames } from '../export';
import type { Diagnostic } from '../diagnostic';
import { DeclarationError } from '../errors';
import { isRecord, type Json } from '../json';
import type { AnyKind } from '../kinds/kind';
import { together, type Carried } from './carried';
import { fromTerraform } from './from-terraform';
import { API_VERSION, fromHarborConfiguration, KIND } from './harbor-configuration';
import { parseJson, plainOf } from './lines';
import { fromOperator, OPERATOR_API_VERSION } from './operator';
import { isConfiguration, isPlan, isShownState, isState } from './terraform';
import { toObjects, type Importable } from './to-objects';
import { unreadable } from './unreadable';
import { fromUserSettings, settingsVariable } from './user-settings';
import { yamlDocuments } from './yaml-documents';

export type { Importable } from './to-objects';

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

function carriedIn(file: string, text: string): Carried {
  const documents = documentsIn(file, text);
  const carried = documents.map(({ value, line }) => ({ line, carried: carriedFrom(value) }));
  if (carried.every((one) => one.carried === undefined)) throw unreadable(file, text, documents) ?? unknownFormat(file);
  return together(carried.map((one) => one.carried ?? notKnown(one.line)));
}

function notKnown(line: number): Carried {
  return { objects: [], notCarried: [{ address: `document at line ${line}`, reason: `it is not a ${KIND}` }] };
}

function carriedFrom(document: Json): Carried | undefined {
  if (!isRecord(document)) return undefined;
  if (document['kind'] === KIND && document['apiVersion'] === API_VERSION) return fromHarborConfiguration(document);
  const isTerraform = [isState, isShownState, isPlan, isConfiguration].some((is) => is(document));
  return isTerraform ? fromTerraform(document) : (fromOperator(document) ?? fromUserSettings(document));
}

interface ReadDocument {
  readonly value: Json;
  /** Where it begins. */
  readonly line: number;
}

/** A state is JSON, and may be longer than a policy file: only YAML goes through the policies' own reader. */
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
    // YAML may begin with a brace, too, and its reader says better what is wrong.
    return undefined;
  }
}

function unknownFormat(file: string): DeclarationError {
  const known = `${KIND} of ${API_VERSION} and ${OPERATOR_API_VERSION}, configureUserSettings or CONFIG_OVERWRITE_JSON, Terraform state (version 4 or show -json), Terraform plan (show -json), Terraform configuration in JSON`;
  return new DeclarationError(`${file} cannot be imported; supported are: ${known}`, []);
}
