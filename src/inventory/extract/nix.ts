import type { Extractor, Found } from '../found';
import { callsIn } from '../code/calls';
import { NIX, stringsIn, type StringLiteral } from '../code/strings';
import { noVariables } from '../interpolate';
import { plausibility } from '../plausible';
import { scanShell } from '../shell/scan-shell';
import { literal, type Piece } from '../value';
import { foundIn, type Word } from '../words';

/**
 * `dockerTools.pullImage` and `oci-containers`.
 *
 *      pullImage { imageName = "nginx"; imageDigest = "sha256:…"; finalImageTag = "1.27"; }     nginx:1.27@sha256:…
 *      virtualisation.oci-containers.containers.web.image = "nginx:1.27";                       nginx:1.27
 *      script = '' docker run nginx:1.27 '';                                                    nginx:1.27, a command
 *
 * Without `oci-containers` in the file a bare name at `image =` is not enough, because disks of machines are images,
 * too.
 */
export const nix: Extractor = {
  name: 'nix',
  claims: (path, head) => /\.nix$/.test(path) && /pullImage|oci-containers|image|docker|podman/.test(head()),
  extract(text, start) {
    const { strings, code } = stringsIn(text, start, NIX);
    const pulls = callsIn(code, strings, /\bpullImage\s*\{/).flatMap(({ args }) => pullOf(text, args));
    return { found: [...pulls, ...strings.flatMap((string) => imageOf(text, string, /oci-containers/.test(code)))] };
  },
};

function pullOf(text: string, args: ReadonlyMap<string, Word>): Found[] {
  const name = args.get('imageName');
  const tag = args.get('finalImageTag') ?? args.get('imageTag') ?? args.get('tag');
  const digest = args.get('imageDigest');
  if (!name) return [];
  const piece = ({ start, end }: Word): Piece => ({ text: text.slice(start, end), at: start });
  const value = [
    piece(name),
    ...(tag ? [literal(':'), piece(tag)] : []),
    ...(digest ? [literal('@'), piece(digest)] : []),
  ];
  return plausibility(value) === undefined ? [] : [{ start: name.start, end: name.end, value, confidence: 'high' }];
}

function imageOf(text: string, string: StringLiteral, weak: boolean): Found[] {
  if (/\bimage\s*=\s*$/.test(string.before)) return foundIn(text, string, { lookup: noVariables, weak });
  return string.isLong ? scanShell(text, string.start, string.end, noVariables) : [];
}
