import type { Authentication } from './transport';

/** No header at all. Harbor then serves what is public, and `GET /c/login` for the start of a login. */
export const NOBODY: Authentication = { by: 'nobody', headers: {}, secrets: [] };

/** Both forms of the secret are masked later: a proxy may repeat the header in its error page. */
export function basic(by: 'robot' | 'user', name: string, secret: string): Authentication {
  const encoded = Buffer.from(`${name}:${secret}`, 'utf8').toString('base64');
  return { by, headers: { authorization: `Basic ${encoded}` }, secrets: [secret, encoded] };
}
