import { durationField, durationSeconds } from '../duration';

/** How a mirror serves from its cache. Seconds. */
export interface Shield {
  /** A tag is requested from Harbor at most once in this time. */
  readonly revalidateSeconds: number;
  /** A response that is not requested for this time is removed from the cache. */
  readonly staleSeconds: number;
  /** How long a request waits for Harbor if the cache has a response. */
  readonly upstreamTimeoutSeconds: number;
}

/** `shield:` in its declared form. */
export interface ShieldDeclaration {
  readonly revalidate?: string;
  readonly stale?: string;
  readonly upstream_timeout?: string;
}

/**
 * A tag may be five minutes old. After seven days without a request it is removed; Harbor's own default retention has
 * the same limit (docs/harbor-behavior.md 5.4). Two seconds is the time that a client waits at most while Harbor hangs.
 */
export const SHIELD_DEFAULTS = { revalidate: '5m', stale: '7d', upstream_timeout: '2s' } as const;

const duration = (description: string, fallback: string) =>
  durationField(`${description} Such as 30s, 5m, 2h or 7d; default: ${fallback}.`);

/** Part of the schemas of the declaration and of environments. */
export const shieldSchema = {
  description:
    "Serve tags from the proxy's cache while Harbor or the upstream hangs or limits pulls. An empty map uses the defaults.",
  type: 'object',
  properties: {
    revalidate: duration('Request a tag from Harbor at most once in this time.', SHIELD_DEFAULTS.revalidate),
    stale: duration('Remove a cached manifest that was not requested for this time.', SHIELD_DEFAULTS.stale),
    upstream_timeout: duration(
      'How long to wait for Harbor before a tag is served from the cache.',
      SHIELD_DEFAULTS.upstream_timeout,
    ),
  },
  additionalProperties: false,
} as const;

/** @param declared as the schema accepts it; what is absent gets its default */
export function toShield(declared: ShieldDeclaration): Shield {
  const { revalidate, stale, upstream_timeout } = { ...SHIELD_DEFAULTS, ...declared };
  return {
    revalidateSeconds: durationSeconds(revalidate),
    staleSeconds: durationSeconds(stale),
    upstreamTimeoutSeconds: durationSeconds(upstream_timeout),
  };
}

/** Checks of a shield that the schema cannot express, in words. */
export function shieldProblems(declared: ShieldDeclaration): string[] {
  const { revalidateSeconds, staleSeconds } = toShield(declared);
  return staleSeconds >= revalidateSeconds ? [] : ['stale must not be shorter than revalidate'];
}

/** How long nginx sends no requests to a Harbor that did not respond in time. */
export function retrySeconds({ upstreamTimeoutSeconds }: Shield): number {
  return Math.max(5 * upstreamTimeoutSeconds, 10);
}
