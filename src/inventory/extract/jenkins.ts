import { splitImageName } from '../../oci';
import type { Extractor, Found } from '../found';
import { SLASHES, stringsIn, type StringLiteral } from '../code/strings';
import type { Lookup } from '../interpolate';
import { scanShell } from '../shell/scan-shell';
import { textOf } from '../value';
import { foundIn, variables, type Word } from '../words';
import { scanYaml } from '../yaml/scan-yaml';

const IMAGE = /(?:\bdocker\.image\s*\(\s*|\bimage\s*[:(]?\s*|\bdocker\s+)$/;
const BUILT = /\bdocker\.build\s*\(\s*$/;
const SHELL = /\b(?:sh|bat|powershell|pwsh)\b[^"']*$|\bscript\s*:\s*$/;

/**
 * Jenkins pipelines: agents, `docker.image`, pod templates in YAML and the commands of `sh`.
 *
 *      agent { docker { image 'maven:3.9' } }                   maven:3.9
 *      docker.image('node:22').inside { … }                     node:22
 *      agent { kubernetes { yaml '''…image: golang…''' } }      golang
 *      sh "docker run ${IMAGE}"                                 the value of `def IMAGE = '…'`
 *      docker.build('example.com/app')                          built: that name is left out in the whole file
 */
export const jenkins: Extractor = {
  name: 'jenkins',
  claims: (path, head) =>
    /(?:^|\/)[^/]*[Jj]enkinsfile[^/]*$/.test(path) ||
    (/\.groovy$/.test(path) && /docker|containerTemplate|podTemplate/.test(head()) && !/testcontainers/i.test(head())),
  extract(text, start) {
    const { strings, code } = stringsIn(text, start, SLASHES);
    const lookup = variables(text, assignments(code, strings));
    const built = new Set(
      strings.filter(({ before }) => BUILT.test(before)).map(({ start: at, end }) => nameOf(text.slice(at, end))),
    );
    const found = strings.flatMap((string) => imagesOf(text, string, lookup));
    return { found: found.filter(({ value }) => !built.has(nameOf(textOf(value)))) };
  },
};

function imagesOf(text: string, string: StringLiteral, lookup: Lookup): Found[] {
  const { start, end, before, isLong } = string;
  if (IMAGE.test(before) && !isLong) return foundIn(text, string, { lookup, weak: true });
  if (SHELL.test(before)) return scanShell(text, start, end, lookup);
  if (isLong && /\bimage\s*:/.test(text.slice(start, end)))
    return [...scanYaml(text, start, end, { weak: () => true }).found];
  return [];
}

/** `def X = '…'`, and those of `environment`. */
function assignments(code: string, strings: readonly StringLiteral[]): Map<string, Word> {
  const found = new Map<string, Word>();
  for (const string of strings) {
    const name = /(?:^|[\s{;])([A-Za-z_]\w*)\s*=\s*$/.exec(string.before)?.[1];
    if (name !== undefined && !string.isLong && code !== '') found.set(name, string).set(`env.${name}`, string);
  }
  return found;
}

function nameOf(reference: string): string {
  return splitImageName(reference).name;
}
