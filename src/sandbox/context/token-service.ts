import type { KeyObject } from 'node:crypto';
import { createHash, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { sign, verify } from 'jsonwebtoken';

/** One entry of the claim `access` of Docker's token specification. */
export interface TokenAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** Claims that are read after verification. `sub` is absent for anonymous. */
export interface TokenClaims {
  readonly sub?: string;
  /** Unix seconds. */
  readonly iat: number;
  readonly exp: number;
  readonly access: readonly TokenAccess[];
}

const ISSUER = 'harbor-token-issuer';
/** Audience of every token, and the only service that `/service/token` serves (docs/harbor-behavior.md 2.7). */
export const SERVICE = 'harbor-registry';
const LEEWAY_S = 60;
const MAX_VERIFIED = 1000;

interface Keys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly id: string;
}

/**
 * Issues and checks the bearer tokens of the registry side. Every sandbox of a process signs with the same key, as
 * generating one takes longer than a pull; the end of a token's `jti` names the sandbox that issued it.
 */
export class TokenService {
  private readonly mark = randomBytes(6);
  /** A client sends one token with hundreds of requests: its signature is verified once. */
  private readonly verified = new Map<string, TokenClaims>();

  /** `nowS` and `lifetimeS` in seconds. Anonymous tokens have no `sub` at all. */
  async issue(subject: string, access: readonly TokenAccess[], nowS: number, lifetimeS: number): Promise<string> {
    const { privateKey, id } = await keysOfProcess();
    const claims = {
      iss: ISSUER,
      ...(subject === '' ? {} : { sub: subject }),
      aud: SERVICE,
      exp: nowS + lifetimeS,
      nbf: nowS,
      iat: nowS,
      jti: Buffer.concat([randomBytes(6), this.mark]).toString('base64url'),
      // Go's nil slice: a token asked for without a scope carries `null`.
      access: access.length > 0 ? access : null,
    };
    return sign(claims, privateKey, { algorithm: 'RS256', keyid: id });
  }

  /** undefined for a token that this service did not issue or that is not valid. */
  async verify(token: string): Promise<TokenClaims | undefined> {
    const known = this.verified.get(token);
    if (known && Date.now() / 1000 < known.exp + LEEWAY_S) return known;
    const claims = this.prove(token, (await keysOfProcess()).publicKey);
    if (claims) {
      if (this.verified.size >= MAX_VERIFIED) this.verified.clear();
      this.verified.set(token, claims);
    }
    return claims;
  }

  /**
   * Undefined for every reason, because the caller answers the same 401. The mark in the id distinguishes
   * tokens of this process from those of another one.
   */
  private prove(token: string, publicKey: KeyObject): TokenClaims | undefined {
    try {
      const options = { algorithms: ['RS256' as const], audience: SERVICE, issuer: ISSUER, clockTolerance: LEEWAY_S };
      const claims = verify(token, publicKey, options) as Partial<TokenClaims> & {
        readonly jti?: string;
      };
      const isOwn = Buffer.from(claims.jti ?? '', 'base64url')
        .subarray(6)
        .equals(this.mark);
      if (!isOwn || claims.iat === undefined || claims.exp === undefined) return undefined;
      return { ...claims, iat: claims.iat, exp: claims.exp, access: claims.access ?? [] };
    } catch {
      return undefined;
    }
  }
}

let generated: Promise<Keys> | undefined;

/** Created on first use: a client that uses only Basic never waits for it. */
function keysOfProcess(): Promise<Keys> {
  generated ??= makeKeys();
  return generated;
}

async function makeKeys(): Promise<Keys> {
  const keys = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { ...keys, id: libtrustKeyId(keys.publicKey) };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** libtrust's fingerprint: the first 240 bits of the key's SHA-256 in base32, in groups of four. */
function libtrustKeyId(key: KeyObject): string {
  const digest = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 30);
  const bits = [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => BASE32[parseInt(five, 2)]).join('');
  return (letters.match(/.{4}/g) ?? []).join(':');
}
