import type { Extractor, Found } from '../found';
import { HASH, stringsIn, type StringLiteral } from '../code/strings';
import { noVariables } from '../interpolate';
import { manifestLines } from '../shell/manifest-lines';
import { scanShell } from '../shell/scan-shell';
import { foundIn } from '../words';
import { dockerfileImages } from '../dockerfile/images';

const SHELL = /\b(?:local|local_resource|custom_build|run|cmd|serve_cmd|update_cmd|test|command)\b[^"']*$/;

/**
 * Tiltfiles: Dockerfiles and manifests in strings, and images that their commands pull. `docker_build` names built
 * images.
 */
export const tilt: Extractor = {
  name: 'tilt',
  claims: (path) => /(?:^|\/)(?:Tiltfile(?:\.\w+)?|[^/]+\.tiltfile)$/i.test(path),
  extract: (text, start) => ({
    found: stringsIn(text, start, HASH).strings.flatMap((string) => imagesOf(text, string)),
  }),
};

function imagesOf(text: string, string: StringLiteral): Found[] {
  const { start, end, before, isLong } = string;
  if (/\bimage\s*=\s*$/.test(before)) return foundIn(text, string, { lookup: noVariables, weak: true });
  if (/\bdockerfile_contents\s*=\s*$/.test(before))
    return linesOf(text, string).flatMap((line) => dockerfileImages(text, line.start, line.end).found);
  if (isLong) return [...manifestLines(text, string, noVariables), ...scanShell(text, start, end, noVariables)];
  if (SHELL.test(before) || /^\s*(?:docker|podman|nerdctl|crane|skopeo|kubectl)\s/.test(text.slice(start, end)))
    return scanShell(text, start, end, noVariables);
  return /\bbuild_args\b|['"]\w*(?:IMAGE|BASE)\w*['"]\s*:\s*$/.test(before)
    ? foundIn(text, string, { lookup: noVariables, weak: false })
    : [];
}

/** A Dockerfile in a one-line string has escaped line breaks; only its first line can be parsed. */
function linesOf(text: string, string: StringLiteral): { start: number; end: number }[] {
  if (string.isLong) return [string];
  const lines: { start: number; end: number }[] = [];
  for (let at = string.start; at <= string.end;) {
    const next = text.indexOf('\\n', at);
    const end = next === -1 || next > string.end ? string.end : next;
    lines.push({ start: at, end });
    at = end + 2;
  }
  return lines;
}
