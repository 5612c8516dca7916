import type { LiveRegistry } from '../harbor-api';
import type { ProjectTarget } from '../model/target';

/** One field of a registry in which Harbor differs from the declaration. */
export interface RegistryDifference {
  /** `registry` where the project uses another one. */
  readonly field: 'registry' | 'type' | 'url' | 'insecure' | 'account';
  readonly found: string;
  readonly declared: string;
}

/** The differences between Harbor's registry and the declared one: only fields that both have are compared. */
export function registryDrift(
  { registry, declaredRegistry: declared }: Pick<ProjectTarget, 'registry' | 'declaredRegistry'>,
  live: LiveRegistry | undefined,
): readonly RegistryDifference[] {
  if (!live || !declared || registry === undefined) return [];
  if (live.name !== undefined && live.name !== registry)
    return [{ field: 'registry', found: live.name || 'none', declared: registry }];
  const pairs = [
    ['type', live.type, declared.type],
    ['url', shownUrl(live.url), shownUrl(declared.url)],
    ['insecure', String(live.insecure), String(declared.insecure)],
    ['account', live.account, declared.account],
  ] as const;
  return pairs.flatMap(([field, found, wanted]) =>
    wanted === undefined || found === undefined || found === wanted
      ? []
      : [{ field, found: found || 'none', declared: wanted || 'none' }],
  );
}

/** `url is https://a, declared https://b` */
export function differenceWords({ field, found, declared }: RegistryDifference): string {
  return `${field} is ${found}, declared ${declared}`;
}

/** Without the slash at the end, which Harbor cuts off, and without what may be a secret. */
function shownUrl(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return (origin + pathname).replace(/\/$/, '');
}
