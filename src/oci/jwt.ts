/** What a registry token allows on one repository. */
export interface TokenAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/**
 * Parses the access list of a registry token. The signature is not verified: this is what Harbor claims to have
 * granted; requests must show whether it is true. Undefined if the text is not a JWT with such a list.
 */
export function readTokenAccess(token: string): readonly TokenAccess[] | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { access?: unknown } | null;
    // Harbor omits the list, or sends null, if nothing is granted.
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
