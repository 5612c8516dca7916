import { parseYaml } from '../declaration/parse';
import { sourceText } from '../declaration/source-text';
import { valueOf } from '../declaration/tree';
import { DeclarationError } from '../errors';
import type { Json, JsonObject } from '../json';
import type { AnyKind } from '../kinds/kind';
import type { Carried } from './carried';
import { isMap } from './fields';
import { fromTerraform } from './from-terraform';
import { API_VERSION, fromHarborConfiguration, KIND } from './harbor-configuration';
import { isConfiguration, isShownState, isState } from './terraform';
import { toObjects, type Importable } from './to-objects';

export type { Importable } from './to-objects';

/**
 * What a file of another tool declares: a HarborConfiguration (YAML or JSON), a Terraform state, what
 * `terraform show -json` says of one, or Terraform configuration in JSON syntax.
 * @throws DeclarationError for a file that is none of these
 */
export function importText(file: string, text: string, kinds: readonly AnyKind[]): Importable {
  return toObjects(carriedFrom(file, text), kinds);
}

function carriedFrom(file: string, text: string): Carried {
  const document = parsed(file, text);
  if (document['kind'] === KIND && document['apiVersion'] === API_VERSION) return fromHarborConfiguration(document);
  if (isState(document) || isShownState(document) || isConfiguration(document)) return fromTerraform(document);
  throw unknownFormat(file);
}

/** A state is JSON, and may be longer than a policy file: only YAML goes through the policies' own reader. */
function parsed(file: string, text: string): JsonObject {
  const document = asJson(text) ?? asYaml(file, text);
  if (isMap(document)) return document;
  throw unknownFormat(file);
}

function asJson(text: string): Json | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // YAML may begin with a brace, too, and its reader says better what is wrong.
    return undefined;
  }
}

function asYaml(file: string, text: string): Json | undefined {
  const { tree, diagnostics } = parseYaml(sourceText(file, text));
  if (diagnostics.length > 0) throw new DeclarationError(`${file} cannot be read`, diagnostics);
  return tree && valueOf(tree);
}

function unknownFormat(file: string): DeclarationError {
  const known = `${API_VERSION} ${KIND}, Terraform state (version 4 or show -json), Terraform configuration in JSON`;
  return new DeclarationError(`${file} is nothing that can be imported; known are: ${known}`, []);
}
