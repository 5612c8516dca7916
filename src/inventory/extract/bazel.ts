import type { Extractor, Found } from '../found';
import { callsIn, type Call } from '../code/calls';
import { HASH, stringsIn } from '../code/strings';
import { plausibility } from '../plausible';
import { literal, type Piece } from '../value';
import type { Word } from '../words';

/**
 * `oci.pull` of rules_oci and `container_pull` of rules_docker.
 *
 *      oci.pull(                                     container_pull(
 *          name = "base",                                name = "base",
 *          image = "docker.io/library/nginx",            registry = "index.docker.io",
 *          tag = "1.27",                                 repository = "library/nginx",
 *          digest = "sha256:…",                          tag = "1.27",
 *      )                                             )
 *
 * The parts are separate arguments; the found place is that of the name.
 */
export const bazel: Extractor = {
  name: 'bazel',
  claims: (path) =>
    /(?:^|\/)(?:MODULE\.bazel|WORKSPACE(?:\.bazel|\.bzlmod)?|BUILD(?:\.bazel)?|[^/]+\.(?:bzl|MODULE\.bazel))$/.test(
      path,
    ),
  extract(text, start) {
    const { strings, code } = stringsIn(text, start, HASH);
    return {
      found: callsIn(code, strings, /\b(?:oci\.pull|oci_pull|container_pull|docker_pull)\s*\(/).flatMap((call) =>
        pullOf(text, call),
      ),
    };
  },
};

function pullOf(text: string, { args }: Call): Found[] {
  const named = args.get('image') ?? args.get('repository');
  if (!named) return [];
  const piece = ({ start, end }: Word): Piece => ({ text: text.slice(start, end), at: start });
  const registry = args.has('image') ? undefined : args.get('registry');
  const tag = args.get('tag');
  const digest = args.get('digest');
  const value = [
    ...(registry ? [piece(registry), literal('/')] : []),
    piece(named),
    ...(tag ? [literal(':'), piece(tag)] : []),
    ...(digest ? [literal('@'), piece(digest)] : []),
  ];
  return plausibility(value) === undefined ? [] : [{ start: named.start, end: named.end, value, confidence: 'high' }];
}
