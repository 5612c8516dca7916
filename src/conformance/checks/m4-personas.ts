import { isManifestType, manifestReference } from '../../oci';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { evidence, failOn, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { PERSONAS, resolveAs, type PersonaResolution } from '../personas';
import { problem } from '../model/problem';

/**
 * Each client sends its own headers and its own order of requests (`personas/`). Different digests mean that something
 * on the way treats them differently.
 */
export const check: ProjectCheck = {
  id: 'M4',
  title: 'Every client gets the same image',
  proves:
    'docker, containerd, podman, BuildKit and crane, each with its own requests, get manifests with the same digest.',
  why: 'docker and podman once got different images for one tag (goharbor/harbor#18829).',
  limits: 'Uses the known requests of each client; another version may send another list.',
  upstreamCost: '8 HEAD per image, twice if digests differ; one more GET if it is not cached',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const first = await resolveAsAll(context, image);
  const digests = new Set(first.flatMap(({ digest }) => digest ?? []));
  // The tag may have moved between two clients.
  return judge(digests.size > 1 ? await resolveAsAll(context, image) : first);
}

async function resolveAsAll(
  { puller, project, wire }: ProjectContext,
  { image, name }: NamedImage,
): Promise<readonly PersonaResolution[]> {
  const resolutions: PersonaResolution[] = [];
  const asked = { name, reference: manifestReference(image), credential: project.pullCredential };
  for (const persona of PERSONAS) resolutions.push(await resolveAs(persona, puller, asked, wire));
  return resolutions;
}

/**
 * `client-refused` needs that some clients are served and others are refused with 4xx: then a firewall knows clients by
 * their requests.
 */
export function judge(resolutions: readonly PersonaResolution[]): Outcome {
  const problems = resolutions.flatMap(({ persona, problem }) =>
    problem === undefined ? [] : [`${persona}: ${problem}`],
  );
  const digests = new Map<string, string[]>();
  for (const { digest, persona } of resolutions)
    if (digest !== undefined) digests.set(digest, [...(digests.get(digest) ?? []), persona]);
  if (digests.size > 1)
    problems.push([...digests].map(([digest, personas]) => `${personas.join(', ')} got ${digest}`).join('; '));
  const shown = [...digests].map(([digest, personas]) => evidence(personas.join(', '), digest));
  const strangers = resolutions.filter(({ mediaType }) => mediaType !== undefined && !isManifestType(mediaType));
  const strange = strangers.slice(0, 1).map(({ mediaType }) => problem('not-a-manifest', undefined, mediaType));
  // What others get, these clients are refused: a firewall knows them by their User-Agent, or by their requests.
  const refused = resolutions.filter(({ status = 0 }) => status >= 400 && ![404, 412, 429].includes(status));
  const isOfSome = refused.length > 0 && refused.every(({ status = 0 }) => status < 500) && digests.size > 0;
  if (isOfSome)
    strange.push(
      problem('client-refused', refused.map(({ persona }) => persona).join(', '), String(refused[0]!.status)),
    );
  const kinds = digests.size > 1 ? [problem('clients-differ', undefined, [...digests.keys()].join(', '))] : strange;
  return failOn(problems, `one digest for ${resolutions.length} clients`, shown, kinds);
}
