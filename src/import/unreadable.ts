import { DeclarationError } from '../errors';
import { isRecord, type Json } from '../json';

/** A file that must be converted first, with the command for it. */
interface Other {
  readonly what: string;
  readonly hint: string;
}

const HCL_NAME = /\.(tf|tofu|hcl|tfvars)$/;
const HCL_BLOCK = /^\s*(resource|data|module|provider|variable|terraform|locals)\b[^=:{]*\{/m;
/** Terraform's plan file is a zip archive. */
const ARCHIVE = 'PK\u0003\u0004';

/** Why a file cannot be read, and what can be; undefined for unrelated files. */
export function unreadable(
  file: string,
  text: string,
  documents: readonly { readonly value: Json }[],
): DeclarationError | undefined {
  const other = otherForm(file, text, documents[0]?.value);
  return other && new DeclarationError(`${file} is ${other.what}, which cannot be read here: ${other.hint}`, []);
}

/**
 *      the file                                   what to do instead
 *      begins with PK, a zip archive              terraform show -json FILE: a saved plan
 *      main.tf, or a block such as resource "…"   terraform show -json where it was applied
 *      { "encrypted_data": … }                    tofu show -json, which decrypts it
 *      a state of version 3 or less               terraform show -json of it
 *
 * HCL is not read on purpose: variables, loops and modules have their values only where Terraform runs, and an import
 * that guesses them would declare another Harbor.
 */
function otherForm(file: string, text: string, value: Json | undefined): Other | undefined {
  if (text.startsWith(ARCHIVE))
    return { what: 'a saved plan', hint: `run terraform show -json ${file} > plan.json and import that` };
  if (HCL_NAME.test(file) || (value === undefined && HCL_BLOCK.test(text)))
    return {
      what: 'HCL',
      hint: 'run terraform show -json > state.json (or tofu show -json) where it was applied, and import that',
    };
  if (!isRecord(value)) return undefined;
  if (value['encrypted_data'] !== undefined)
    return { what: 'an encrypted state', hint: 'run tofu show -json > state.json, which decrypts it, and import that' };
  const version = value['version'];
  if (typeof version === 'number' && version < 4 && (Array.isArray(value['modules']) || 'terraform_version' in value))
    return { what: `a state of version ${version}`, hint: 'run terraform show -json > state.json and import that' };
  return undefined;
}
