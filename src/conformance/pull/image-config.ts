/** Of an image's configuration, what checks compare. */
export interface ImageConfig {
  /** `os/arch` or `os/arch/variant`; empty where it says nothing. */
  readonly platform: string;
  /** Of the uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
}

/** Undefined for what is no JSON object. */
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
