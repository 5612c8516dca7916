import type { HandMade, RawHarbor } from '../kit';

export function rawHarbor(url: string, password: string): RawHarbor {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const headers = { authorization, 'content-type': 'application/json' };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(`${url}/api/v2.0${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
  return {
    get: <T>(path: string) => send('GET', path) as Promise<T>,
    put: async (path, body) => void (await send('PUT', path, body)),
  };
}

export type Wire = Record<string, unknown>;

/** An object in a list: `PUT` to its own path. */
export interface InList {
  readonly list: string;
  readonly find: (wire: Wire) => boolean;
  readonly path: (wire: Wire) => string;
}

/** Changes of one object: what GET returned is sent with these keys changed. */
export function whole(address: string, { list, find, path }: InList, fields: Readonly<Record<string, Wire>>) {
  return Object.entries(fields).map(([field, change]): HandMade => ({
    address,
    field,
    change: async (harbor) => {
      const wire = (await harbor.get<Wire[]>(list)).find(find)!;
      await harbor.put(path(wire), { ...wire, ...change });
    },
  }));
}

/** Changes of one object that has a path of its own and takes a part of itself. */
export function part(address: string, path: string, fields: Readonly<Record<string, Wire>>): HandMade[] {
  return Object.entries(fields).map(([field, change]) => ({
    address,
    field,
    change: (harbor) => harbor.put(path, change),
  }));
}

export const named =
  (name: string, key = 'name') =>
  (wire: Wire): boolean =>
    wire[key] === name;

export const byId =
  (folder: string) =>
  ({ id }: Wire): string =>
    `${folder}/${String(id)}`;
