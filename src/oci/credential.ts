export interface Credential {
  readonly username: string;
  /** Read on demand and never stored. */
  readonly password: () => string | Promise<string>;
}

export async function basicAuthorization({ username, password }: Credential): Promise<string> {
  return `Basic ${Buffer.from(`${username}:${await password()}`, 'utf8').toString('base64')}`;
}
