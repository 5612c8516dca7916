import type { Credential } from '../oci';

/** Shorter values are words that stand in a report for other reasons; Harbor's own minimum is eight. */
const MIN_SECRET_LENGTH = 8;

/**
 * Remembers every secret that was used, and takes it out of what is about to be shown. No part of a report
 * should contain one anyway: this is for what a server echoes.
 */
export class SecretGuard {
  private readonly values = new Set<string>();

  watch<C extends Credential>(credential: C): C {
    return {
      ...credential,
      password: async () => {
        const secret = await credential.password();
        this.remember(secret);
        this.remember(Buffer.from(`${credential.username}:${secret}`, 'utf8').toString('base64'));
        return secret;
      },
    };
  }

  /** The same value with every known secret replaced in every string. */
  clean<T>(value: T): T {
    if (this.values.size === 0) return value;
    return JSON.parse(JSON.stringify(value, (_key, inner: unknown) => this.cleanOne(inner))) as T;
  }

  private cleanOne(value: unknown): unknown {
    if (typeof value !== 'string') return value;
    let text = value;
    for (const secret of this.values) text = text.replaceAll(secret, 'REDACTED');
    return text;
  }

  private remember(secret: string): void {
    if (secret.length < MIN_SECRET_LENGTH) return;
    this.values.add(secret);
    this.values.add(encodeURIComponent(secret));
  }
}
