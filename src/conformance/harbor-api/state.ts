import { compact } from '../../compact';
import type { PlainAnswer, WireOptions } from '../../oci';
import { printable } from '../../outside/printable';
import { errorCode, isFailureOfCore } from '../answer-words';
import type { CheckContext } from '../model/context';
import { getApi, parse } from './ask';

/** The volume of Harbor's data, as core sees it. */
export interface Disk {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Data about the whole Harbor; undefined for what this identity may not read. */
export interface HarborState {
  readonly isReadOnly?: boolean;
  /** Names of components that Harbor reports as unhealthy. */
  readonly ill?: readonly string[];
  /** The disk of the registry's storage, as core sees it; absent if the images are in an object store, or that is unknown. */
  readonly storage?: Disk;
  /** The credential of the API is refused (401): then a refusal does not judge a robot. */
  readonly isRefused?: boolean;
  /** The status of `GET /v2/` now. */
  readonly door?: number;
  /** The status of an anonymous token request now. */
  readonly tokens?: number;
  /** The status of `GET /health` if the response is not Harbor's. */
  readonly brokenStatus?: number;
}

/** Grants nothing: without a scope an anonymous client is refused. */
const TOKENS = '/service/token?service=harbor-registry&scope=repository:breakwater-probe/none:pull';

/**
 * Six requests at once. A response that this identity may not read leaves its field absent.
 * @throws NetworkError if Harbor cannot be reached
 */
export async function readHarborState(context: CheckContext, wire: WireOptions): Promise<HarborState> {
  const [info, health, volumes, registries, door, tokens] = await Promise.all([
    getApi(context, '/api/v2.0/systeminfo', wire),
    context.anonymous.plain({ method: 'GET', path: '/api/v2.0/health' }, wire),
    getApi(context, '/api/v2.0/systeminfo/volumes', wire),
    // 403 for an account that may not list them, 401 for an anonymous client.
    getApi(context, '/api/v2.0/registries?page_size=1', wire),
    context.anonymous.plain({ method: 'GET', path: '/v2/' }, wire),
    context.anonymous.plain({ method: 'GET', path: TOKENS }, wire),
  ]);
  const { read_only: isReadOnly, registry_storage_provider_name: provider } = (parse(info.body) ?? {}) as {
    read_only?: unknown;
    registry_storage_provider_name?: unknown;
  };
  const { components } = (parse(health.body) ?? {}) as { components?: unknown };
  const ill = Array.isArray(components)
    ? (components as { name?: unknown; status?: unknown }[]).filter(({ status }) => status !== 'healthy')
    : undefined;
  return compact({
    isReadOnly: info.status === 200 && typeof isReadOnly === 'boolean' ? isReadOnly : undefined,
    // Harbor always returns a volume of core: with S3 it is not the one of the images.
    storage: provider === 'filesystem' ? storageOf(volumes) : undefined,
    isRefused:
      context.target.apiCredential && registries.status === 401 && errorCode(registries.body) !== undefined
        ? true
        : undefined,
    ill: ill?.map(({ name }) => printable(String(name), 40)),
    door: door.status,
    tokens: tokens.status,
    brokenStatus:
      health.status >= 500 && !ill && !isFailureOfCore(health.status, health.body) ? health.status : undefined,
  });
}

function storageOf({ status, body }: PlainAnswer): Disk | undefined {
  const { storage } = (parse(body) ?? {}) as { storage?: readonly { free?: unknown; total?: unknown }[] };
  const first = (Array.isArray(storage) ? storage[0] : undefined) as { free?: unknown; total?: unknown } | undefined;
  const { free, total } = first ?? {};
  const isTold = status === 200 && typeof free === 'number' && typeof total === 'number' && total > 0;
  return isTold ? { freeBytes: free, totalBytes: total } : undefined;
}

/** `v2.15.2`, from a version like `v2.15.2-7b1a9a4f`; undefined if this identity may not read it. */
export async function readHarborVersion(context: CheckContext): Promise<string | undefined> {
  const answer = await getApi(context, '/api/v2.0/systeminfo', context.wire);
  if (answer.status !== 200) return undefined;
  const version = (parse(answer.body) as { harbor_version?: unknown } | undefined)?.harbor_version;
  return typeof version === 'string' ? version.split('-')[0] : undefined;
}
