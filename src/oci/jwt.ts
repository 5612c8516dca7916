/** What a registry token allows on one repository. */
export interface TokenAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/**
 * Reads the access list of a registry token. The signature is not verified: this tells what Harbor says it
 * granted; whether it holds is for requests to show. Undefined where the text is no JWT with such a list.
 */
export function readTokenAccess(token: string): readonly TokenAccess[] | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { access?: unknown } | null;
    // Harbor leaves the list out, or sends null, where nothing is granted.
    const access = claims?.access ?? [];
    return Array.isArray(access) ? access.filter(isAccess) : undefined;
  } catch {
    return undefined;
  }
}

function isAccess(value: unknown): value is TokenAccess {
  const entry = value as Partial<TokenAccess> | null;
  return typeof entry?.name === 'string' && typeof entry.type === 'string' && Array.isArray(entry.actions);
}
