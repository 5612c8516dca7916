import { HarborApiError, NetworkError } from '../../src/errors';
import type { Client } from '../../src/harbor/client';
import type { JsonObject } from '../../src/json';

type Thing = Record<string, unknown> & { id: number; identity: string };

/** What to do to one write instead of, or after, doing it. Undefined: let it be. */
export type Fault = (write: {
  readonly method: string;
  readonly path: string;
  readonly n: number;
  readonly body: unknown;
}) =>
  | { readonly status: number; readonly afterEffect?: boolean; readonly message?: string; readonly byProxy?: true }
  | { readonly reset: 'before' | 'after' }
  | undefined;

/**
 * A double of Harbor for the invented kinds: things by kind and name in memory, with Harbor's manners (ids,
 * 409 for a name that is taken, secrets that are never answered, a rule that comes silently with a box).
 */
export class StoreDouble implements Client {
  readonly url = 'https://harbor.example.com';
  calls = 0;
  writes: { method: string; path: string; body?: unknown }[] = [];
  fault: Fault = () => undefined;
  /** Called before each write: where a test edits behind our back, or counts what is in flight. */
  beforeWrite: (write: { method: string; path: string }) => Promise<void> | void = () => {};
  readonly secrets = new Map<string, string>();
  /** Fields of `<kind>` that are accepted and ignored. */
  readonly ignored = new Map<string, string[]>();
  private lastId = 0;

  constructor(private readonly things = new Map<string, Map<string, Thing>>()) {}

  all(kind: string): Map<string, Thing> {
    const all = this.things.get(kind) ?? new Map<string, Thing>();
    this.things.set(kind, all);
    return all;
  }

  seed(kind: string, identity: string, fields: object): void {
    const id = this.all(kind).get(identity)?.id ?? ++this.lastId;
    this.all(kind).set(identity, { ...(fields as JsonObject), id, identity });
  }

  async get<T>(path: string): Promise<T> {
    const found = await this.find<T>(path);
    if (found === undefined) throw this.error('GET', path, 404, 'not found');
    return found;
  }

  async find<T>(path: string): Promise<T | undefined> {
    this.calls += 1;
    const [kind, identity] = parse(path);
    const thing = this.all(kind).get(identity);
    return thing && (structuredClone(thing) as T);
  }

  async exists(path: string): Promise<boolean> {
    return (await this.find(path)) !== undefined;
  }

  async list<T>(path: string): Promise<T[]> {
    this.calls += 1;
    return [...this.all(parse(path)[0]).values()].map((thing) => structuredClone(thing) as T);
  }

  async post<T>(path: string, body: object): Promise<{ id?: number; body?: T }> {
    const [kind] = parse(path);
    const { carried, ...thing } = body as Thing & { carried?: [string, JsonObject][] };
    return this.write('POST', path, body, () => {
      if (this.all(kind).has(thing.identity)) throw this.error('POST', path, 409, `${thing.identity} exists`);
      this.store(kind, thing.identity, thing);
      for (const [child, spec] of carried ?? []) this.store(child, thing.identity, spec);
      if (kind === 'box' && thing['shelf_id'] !== undefined)
        this.store('tidy', thing.identity, { box: thing.identity, days: 7 });
      return { id: this.all(kind).get(thing.identity)!.id };
    });
  }

  async put(path: string, body: object): Promise<void> {
    const [kind, identity] = parse(path);
    await this.write('PUT', path, body, () => {
      const thing = this.all(kind).get(identity);
      if (!thing) throw this.error('PUT', path, 404, `no ${identity}`);
      const kept = Object.entries(body).filter(([key]) => !this.ignored.get(kind)?.includes(key));
      this.store(kind, identity, { ...thing, ...Object.fromEntries(kept) });
    });
  }

  async patch<T>(path: string, body: object): Promise<T> {
    await this.put(path, body);
    return undefined as T;
  }

  async delete(path: string): Promise<void> {
    const [kind, identity] = parse(path);
    await this.write('DELETE', path, undefined, () => {
      if (!this.all(kind).delete(identity)) throw this.error('DELETE', path, 404, `no ${identity}`);
      if (kind === 'box') for (const child of ['limit', 'tidy', 'label']) this.dropBelow(child, identity);
    });
  }

  private dropBelow(kind: string, box: string): void {
    for (const [identity, thing] of this.all(kind)) if (thing['box'] === box) this.all(kind).delete(identity);
  }

  private store(kind: string, identity: string, { login, ...fields }: Record<string, unknown>): void {
    const { secret, ...rest } = (login ?? {}) as { secret?: string };
    if (typeof secret === 'string') this.secrets.set(`${kind}/${identity}`, secret);
    this.seed(kind, identity, { ...fields, ...(login ? { login: rest } : {}) });
  }

  private async write<T>(method: string, path: string, body: unknown, effect: () => T): Promise<T> {
    this.calls += 1;
    this.writes.push({ method, path, ...(body === undefined ? {} : { body }) });
    const fault = this.fault({ method, path, n: this.writes.length, body });
    await this.beforeWrite({ method, path });
    if (fault && 'reset' in fault) {
      if (fault.reset === 'after') effect();
      throw new NetworkError(`${method} ${path}: the connection broke`, 'NETWORK_RESET', this.url);
    }
    if (fault) {
      if (fault.afterEffect) effect();
      throw this.error(method, path, fault.status, fault.message ?? 'it was the fault', fault.byProxy);
    }
    return effect();
  }

  private error(method: string, path: string, status: number, message: string, byProxy = false): HarborApiError {
    const told = byProxy ? {} : { harborCode: 'CODE', harborMessage: message };
    const details = { method, url: `${this.url}${path}`, status, ...told, requestId: 'req-1' };
    return new HarborApiError(`${method} ${path}: ${status}: ${message}`, details);
  }
}

function parse(path: string): [kind: string, identity: string] {
  const [, kind = '', identity = ''] = path.split('/');
  return [kind, decodeURIComponent(identity)];
}
