/** Of a user or a robot; the handshake is the same. */
export interface Credential {
  readonly username: string;
  /** Read on demand and never stored. */
  readonly password: () => string | Promise<string>;
}

/** UTF-8, as Harbor reads it (RFC 7617 leaves the charset open without a parameter). */
export async function basicAuthorization({ username, password }: Credential): Promise<string> {
  return `Basic ${Buffer.from(`${username}:${await password()}`, 'utf8').toString('base64')}`;
}
