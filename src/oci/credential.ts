export interface Credential {
  readonly username: string;
  /** Asked for at the last moment and never kept. */
  readonly password: () => string | Promise<string>;
}

export async function basicAuthorization({ username, password }: Credential): Promise<string> {
  return `Basic ${Buffer.from(`${username}:${await password()}`, 'utf8').toString('base64')}`;
}
