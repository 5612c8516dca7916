import { splitImageName } from '../oci';

/** The bounds keep the time linear: without them a long script with many `docker` words takes quadratic time. */
const BUILD =
  /\b(?:docker|podman|nerdctl|buildah|finch)\b(?:\\\r?\n|[^\n;&|]){0,300}?\s(?:build|bud)\s(?:\\\r?\n|[^\n;&|]){0,4000}/g;
/** Names with variables are left out: they could equal any image. */
const NAMED = /\s(?:-t|--tag)[ =]["']?([^\s"']+)/g;
const TAGGED = /\b(?:docker|podman|nerdctl)\s+(?:image\s+)?tag\s+\S+\s+["']?([^\s"';&|]+)/g;

/** Names that the commands of a file give to images that they build: running these pulls nothing. */
export function builtNames(text: string): ReadonlySet<string> {
  if (!/\b(?:build|bud|tag)\b/.test(text)) return new Set();
  const built = [...text.matchAll(BUILD)].flatMap(([command]) =>
    [...command.matchAll(NAMED)].map((match) => match[1] ?? ''),
  );
  const tagged = [...text.matchAll(TAGGED)].map((match) => match[1] ?? '');
  return new Set([...built, ...tagged].map((name) => splitImageName(name).name).filter((name) => !/[${%<]/.test(name)));
}
