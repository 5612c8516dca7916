import type { Extractor, Found } from '../found';
import { HASH, SLASHES, stringsIn, type StringLiteral } from '../code/strings';
import { noVariables } from '../interpolate';
import { literal } from '../value';
import { plausibility } from '../plausible';
import { foundIn } from '../words';

const SOURCE = /\.(?:java|kts?|scala|groovy|go|py|[cm]?[jt]sx?|cs|fs|rs|rb)$/;
const HASH_COMMENTS = /\.(?:py|rb)$/;
/** Code before a string that is certainly an image. */
const EXACT =
  /(?:\bnew\s+)?(?:\bGenericContainer|\bDockerContainer|\bContainerDef)(?:<[^>()]*>)?(?:\.new)?\s*\(\s*(?:image\s*[=:]\s*)?$|\bDockerImageName\s*\.\s*(?:parse|of)\s*\(\s*$|\b[wW]ithImage\s*\(\s*$|\bwith_image\s*\(\s*$|\bImage\s*:\s*$/;
/** Modules: `new PostgreSQLContainer("postgres:16")`, `postgres.Run(ctx, "postgres:16")`. */
const MODULE =
  /\b[A-Z]\w*(?:Container|Builder)(?:<[^>()]*>)?(?:\.new)?\s*\(\s*(?:image\s*[=:]\s*)?$|\b[a-z]\w*\.Run(?:Container)?\s*\(\s*\w+(?:\(\))?\s*,\s*$/;
const CONSTANT =
  /(?:\bDockerImageName\s*\.\s*parse|\b[A-Z]\w*Container(?:<[^>()]*>)?|\b[wW]ithImage|\b[a-z]\w*\.Run\s*\(\s*\w+\s*,)\s*\(?\s*(?:[A-Z]\w*\.)?([A-Za-z_]\w*)\s*[),]|\bImage\s*:\s*([A-Za-z_]\w*)\s*,/g;

/** Containers that tests start: Testcontainers for Java, Kotlin, Go, Python, Node, .NET, Rust and Ruby. */
export const testcontainers: Extractor = {
  name: 'testcontainers',
  claims: (path, head) => SOURCE.test(path) && /testcontainers/i.test(head()),
  extract(text, start, path) {
    const { strings, code } = stringsIn(text, start, HASH_COMMENTS.test(path) ? HASH : SLASHES);
    const constants = new Set([...code.matchAll(CONSTANT)].map((match) => match[1] ?? match[2] ?? ''));
    const found = strings.flatMap((string) =>
      imagesOf(text, string, constants).map((one) => checked(text, path, string, one)),
    );
    return { found: [...found, ...rust(text, code, strings)] };
  },
};

const JVM = /\.(?:java|kts?|scala|groovy)$/;
const NAME_IS_CHECKED =
  'Testcontainers checks this name: add asCompatibleSubstituteFor, or set TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX';

/** Modules for the JVM refuse an image with another name unless it is declared as a substitute. */
function checked(text: string, path: string, string: StringLiteral, found: Found): Found {
  const isFree =
    /\bK?GenericContainer\b/.test(string.before) || text.startsWith('.asCompatibleSubstituteFor', string.end + 2);
  return JVM.test(path) && !isFree ? { ...found, fixed: NAME_IS_CHECKED } : found;
}

function imagesOf(text: string, string: StringLiteral, constants: ReadonlySet<string>): Found[] {
  const before = behindLineBreak(text, string);
  if (EXACT.test(before)) return foundIn(text, string, { lookup: noVariables, weak: true });
  if (MODULE.test(before)) return foundIn(text, string, { lookup: noVariables, weak: false });
  const name = /\b([A-Za-z_]\w*)\s*(?::\s*[\w.<>]+\s*)?:?=\s*$/.exec(string.before)?.[1];
  return name !== undefined && constants.has(name) ? foundIn(text, string, { lookup: noVariables, weak: false }) : [];
}

/** A call may have a line break before its first argument. */
function behindLineBreak(text: string, { start, before }: StringLiteral): string {
  return before.trim() === '' || /^\s*["'`]?$/.test(before)
    ? text.slice(Math.max(0, start - 200), start - 1).trimEnd()
    : before;
}

/** `GenericImage::new("redis", "7.2")` */
function rust(text: string, code: string, strings: readonly StringLiteral[]): Found[] {
  const indexes = new Map(strings.map(({ start }, at) => [start, at]));
  return [...code.matchAll(/\bGenericImage::new\s*\(\s*"/g)].flatMap(({ index, 0: opening }) => {
    const at = indexes.get(index + opening.length) ?? -1;
    const [name, tag] = [strings[at], strings[at + 1]];
    if (!name || !tag || !/^"\s*,\s*"$/.test(text.slice(name.end, tag.start))) return [];
    const value = [
      literal(text.slice(name.start, name.end), name.start),
      literal(':'),
      literal(text.slice(tag.start, tag.end), tag.start),
    ];
    return plausibility(value) === undefined
      ? []
      : [{ start: name.start, end: name.end, value, confidence: 'high' as const }];
  });
}
