import type { Authentication } from './transport';

export const NOBODY: Authentication = { by: 'nobody', headers: {}, secrets: [] };

export function basic(by: 'robot' | 'user', name: string, secret: string): Authentication {
  const encoded = Buffer.from(`${name}:${secret}`, 'utf8').toString('base64');
  return { by, headers: { authorization: `Basic ${encoded}` }, secrets: [secret, encoded] };
}
