import { placeholderIn } from './placeholder';
import type { Finding } from '../kind';

/** The scanner that is installed with Harbor; no other scanner may have its name (docs/harbor-behavior.md 9.6). */
export const TRIVY = 'Trivy';

const MAX_NAME_LENGTH = 128;

interface Scanner {
  readonly name: string;
  readonly url?: string;
  readonly auth?: string;
  readonly access_credential?: object;
  readonly disabled?: boolean;
  readonly default?: boolean;
}

/** Of the built-in Trivy only `default` can be declared, so everything else about it is a finding. */
export function checkScanner(spec: Scanner): Finding[] {
  if (spec.name === TRIVY) return checkBuiltIn(spec);
  return [...checkName(spec), ...checkUrl(spec), ...checkCredential(spec), ...checkDisabled(spec)];
}

/** Harbor returns 403 for every change of it; only whether it is the default can be declared. */
function checkBuiltIn({ name: _name, default: _default, ...others }: Scanner): Finding[] {
  return Object.keys(others).map((field) => ({
    rule: 'scanner-immutable',
    field,
    message: `${TRIVY} is built in and cannot be changed (403)`,
    hint: 'declare only default: true',
  }));
}

function checkName({ name }: Scanner): Finding[] {
  if (name.length <= MAX_NAME_LENGTH) return [];
  return [{ rule: 'scanner-name', message: `a scanner's name may have ${MAX_NAME_LENGTH} characters` }];
}

/**
 * Only Trivy of the installation has no url: Harbor creates it and does not accept another scanner with its
 * name.
 */
function checkUrl({ name, url }: Scanner): Finding[] {
  if (url === undefined) {
    const hint = `only ${TRIVY}, which is installed with Harbor, has no url`;
    return [{ rule: 'scanner-url', message: `scanner ${name} needs the url of its adapter`, hint }];
  }
  const at = { field: 'url' };
  const placeholder = placeholderIn(url);
  if (placeholder) return [{ ...at, rule: 'scanner-url', ...placeholder }];
  if (/^https?:\/\/[^/]*@/.test(url)) {
    const hint = 'declare auth: Basic and access_credential';
    return [{ ...at, rule: 'literal-secret', message: 'a url must not contain a user or password', hint }];
  }
  if (!/^https?:\/\/[^/?#\s]+[^?#\s]*$/.test(url)) {
    const message = 'the url of an adapter must be http:// or https:// and a host, with an optional path';
    return [{ ...at, rule: 'scanner-url', message }];
  }
  return [];
}

/**
 * Both or neither. Harbor refuses a mode without a credential, but accepts a credential without a mode and
 * never sends it.
 */
function checkCredential({ auth = '', access_credential }: Scanner): Finding[] {
  const at = { rule: 'scanner-credential' };
  if (auth !== '' && access_credential === undefined) {
    const message = `auth: ${auth} needs access_credential (400)`;
    return [{ ...at, field: 'auth', message, hint: 'add access_credential' }];
  }
  if (auth !== '' || access_credential === undefined) return [];
  const message = 'without auth Harbor never sends the credential';
  return [{ ...at, field: 'access_credential', message, hint: 'add auth: Basic, Bearer or X-ScannerAdapter-API-Key' }];
}

function checkDisabled({ disabled, default: isDefault }: Scanner): Finding[] {
  if (disabled !== true || isDefault !== true) return [];
  return [{ rule: 'scanner-disabled', field: 'disabled', message: 'Harbor cannot disable the default scanner (500)' }];
}
