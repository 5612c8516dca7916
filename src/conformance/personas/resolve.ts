import {
  bareMediaType,
  header,
  isDigest,
  sha256Digest,
  type Credential,
  type PlainAnswer,
  type RegistryClient,
  type WireOptions,
} from '../../oci';
import { describePlain } from '../answer-words';
import type { Persona } from './persona';
import { goesOnAfter, postForToken } from './post-token';

/** What a persona resolved a reference to. */
export interface PersonaResolution {
  readonly persona: string;
  /** Computed from the received bytes. */
  readonly digest?: string;
  readonly mediaType?: string;
  /** Why it would have given up, in words. */
  readonly problem?: string;
  /** The status at which it would have given up. */
  readonly status?: number;
}

interface Asked {
  /** Repository including its project. */
  readonly name: string;
  readonly reference: string;
  /** The client's credential; absent if it pulls anonymously. */
  readonly credential?: Credential | undefined;
}

/**
 * Resolves one reference like this client, request by request, up to the manifest's bytes. An existing token of the
 * client is reused.
 */
export async function resolveAs(
  persona: Persona,
  client: RegistryClient,
  { name, reference, credential }: Asked,
  wire: WireOptions,
): Promise<PersonaResolution> {
  const path = `/v2/${name}/manifests/`;
  const own = { 'user-agent': persona.userAgent };
  const ask = (method: 'GET' | 'HEAD', target: string, accept: readonly string[]): Promise<PlainAnswer> =>
    client.authorized(
      { method, path: path + target, headers: { ...own, ...persona.headers, accept: accept.join(', ') } },
      name,
      wire,
    );
  const gaveUp = (answer: PlainAnswer, what: string): PersonaResolution => ({
    persona: persona.name,
    problem: `${what}: ${describePlain(answer)}`,
    status: answer.status,
  });
  if (persona.pings) {
    const ping = await client.plain({ method: 'GET', path: '/v2/', headers: own }, wire);
    if (ping.status !== 200 && ping.status !== 401) return gaveUp(ping, 'GET /v2/');
  }
  if (persona.token === 'POST' && credential) {
    const headers = { ...own, accept: persona.accept.join(', ') };
    const refusal = await client.plain({ method: persona.byTag, path: path + reference, headers }, wire);
    const posted = await postForToken(client, refusal, credential, wire);
    if (posted && !goesOnAfter(posted)) return gaveUp(posted, 'POST for a token');
  }
  const first = await ask(persona.byTag, reference, persona.accept);
  if (first.status !== 200) return gaveUp(first, `${persona.byTag} by tag`);
  if (persona.byTag === 'GET') return received(persona, first);
  const learnt = header(first, 'docker-content-digest') ?? '';
  // Without a digest docker and containerd fetch the tag instead.
  const target = isDigest(learnt) ? learnt : reference;
  const type = bareMediaType(header(first, 'content-type'));
  const second = await ask('GET', target, persona.byDigest === 'same' ? persona.accept : [type, '*/*']);
  return second.status === 200 ? received(persona, second) : gaveUp(second, 'GET by digest');
}

function received({ name, accept }: Persona, answer: PlainAnswer): PersonaResolution {
  const mediaType = bareMediaType(header(answer, 'content-type'));
  const digest = sha256Digest(answer.body);
  if (answer.broken) return { persona: name, problem: `the body broke off (${answer.broken.message})` };
  if (!accept.includes(mediaType) && !accept.includes('*/*'))
    return { persona: name, digest, mediaType, problem: `served ${mediaType || 'no type'}, which it did not request` };
  return { persona: name, digest, mediaType };
}
