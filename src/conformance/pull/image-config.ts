/** The parts of an image's configuration that checks compare. */
export interface ImageConfig {
  /** `os/arch` or `os/arch/variant`; empty if it has none. */
  readonly platform: string;
  /** Of the uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
}

/** Undefined if it is not a JSON object. */
export function parseConfig(body: Buffer): ImageConfig | undefined {
  try {
    const parsed = JSON.parse(body.toString('utf8')) as Record<string, unknown> | null;
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const parts = [parsed['os'], parsed['architecture'], parsed['variant']];
    const diffIds = (parsed['rootfs'] as { diff_ids?: unknown } | undefined)?.diff_ids;
    return {
      platform: parts.filter((part) => typeof part === 'string' && part !== '').join('/'),
      diffIds: Array.isArray(diffIds) ? diffIds.map(String) : [],
    };
  } catch {
    return undefined;
  }
}
