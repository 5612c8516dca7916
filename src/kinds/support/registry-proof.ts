import { HarborApiError } from '../../errors';
import type { Client } from '../../harbor/client';
import type { Live, ProofContext, SecretProof } from '../kind';
import { compact } from '../../compact';
import type { RegistrySpec } from './registry-spec';

/**
 * Harbor's own check of an upstream, with the stored, the declared, and again the stored secret. The stored one is wrong
 * only if it fails before and after the declared one works: an upstream that fails for a moment fails only the first.
 *
 *     stored   declared   stored again   the stored secret
 *     works    -          -              works
 *     fails    fails      -              is not known to work: no secret does, or the upstream is down
 *     fails    works      works          works
 *     fails    works      fails          is dead
 */
export async function proveRegistrySecret(
  context: ProofContext,
  live: Live<RegistrySpec>,
  merged: RegistrySpec,
): Promise<SecretProof> {
  const { access_key, access_secret, type: credential_type } = merged.credential ?? {};
  if (!access_key || !access_secret) return unverifiable('Harbor stores no secret without access_key');
  const stored = { id: live.id };
  if (await answers(context.client, stored)) return { outcome: 'works' };
  const { type, url, insecure, ca_certificate } = merged;
  // With an id the stored URL would be used (2.15.3), so every field is sent instead.
  const declared = { type, url, insecure, ca_certificate: ca_certificate || undefined, credential_type, access_key };
  const works = await answers(
    context.client,
    compact<object>({ ...declared, access_secret: await context.secret(access_secret) }),
  );
  if (!works) {
    const reason = 'the upstream accepts neither the stored nor the declared secret, or is down';
    return { outcome: 'unverifiable', reason, broken: true };
  }
  if (await answers(context.client, stored)) return { outcome: 'works' };
  return { outcome: 'dead', why: 'the stored secret does not work, the declared one works' };
}

/** @throws HarborApiError if this is not known */
async function answers(client: Client, body: object): Promise<boolean> {
  try {
    await client.post('/registries/ping', body);
    return true;
  } catch (error) {
    if (error instanceof HarborApiError && isUnusable(error)) return false;
    throw error;
  }
}

/**
 * Harbor's answer to a ping of a registry that it cannot use: 400 `the registry is unhealthy`, or 500 if the login to
 * Docker Hub fails (docs/harbor-behavior.md 4.2).
 */
export function isUnusable({ status, isHarbors }: HarborApiError): boolean {
  return isHarbors && (status === 400 || status === 500);
}

function unverifiable(reason: string): SecretProof {
  return { outcome: 'unverifiable', reason };
}
