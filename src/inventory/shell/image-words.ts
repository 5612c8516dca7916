/** The words of a command that name images, as indexes into its words. */
export interface ImageWords {
  /** Images that it pulls or reads. */
  readonly pulled: readonly number[];
  /** Names that it gives to built images: they are not pulled later. */
  readonly built: readonly number[];
}

const NONE: ImageWords = { pulled: [], built: [] };
const ENGINES: ReadonlySet<string> = new Set(['docker', 'podman', 'nerdctl', 'finch', 'buildah']);
/** Flags without a value; every other long flag without `=` is followed by its value. */
const SWITCHES: ReadonlySet<string> = new Set(
  (
    'detach interactive tty rm init privileged publish-all read-only no-healthcheck oom-kill-disable sig-proxy quiet ' +
    'disable-content-trust replace rmi env-host http-proxy no-hosts no-hostname latest all-tags all all-platforms ' +
    'skip-verify plain-http null-io net-host help no-resolve-image with-registry-auth insecure raw config no-cache ' +
    'load push no-trunc tls-verify src-tls-verify dest-tls-verify remove-signatures preserve-digests full-ref ' +
    'digest cdi insecure-registry skip-metadata unpack http-dump http-trace override-arch-check local debug tls tlsverify'
  ).split(' '),
);
const SHORT_SWITCHES = /^-[ditPqaklD]+$/;

/**
 * @param words without quotes
 * @param from index of the program in them
 */
export function imageWordsOf(words: readonly string[], from: number): ImageWords {
  const program = programName(words[from] ?? '');
  if (program === undefined) return NONE;
  if (ENGINES.has(program)) return engine(words, from + 1);
  if (program === 'crane' || program === 'gcrane' || program === 'regctl') return crane(words, from + 1);
  if (program === 'skopeo') return skopeo(words, from + 1);
  if (program === 'ctr' || program === 'crictl') return ctr(words, from + 1);
  return imageFlags(words, from + 1);
}

const PROGRAMS =
  /^(?:docker|podman|nerdctl|finch|buildah|crane|gcrane|regctl|skopeo|ctr|crictl|kubectl|oc|kind|k3d|pack)(?:\.exe)?$/;
/** `$(DOCKER)`, `${CONTAINER_ENGINE}`: judged by the name of the variable. */
const PROGRAM_VARIABLE =
  /^\$[({]?(?:\w*_)?(docker|podman|nerdctl|crane|skopeo|kubectl)(?:_(?:cmd|bin|cli|exe|command))?[)}]?$/i;
const ENGINE_VARIABLE =
  /^\$[({]?(?:CONTAINER_(?:ENGINE|TOOL|RUNTIME|CLI|CMD|BIN)|ENGINE|OCI_ENGINE|OCI_BIN|CRI)[)}]?$/i;

/**
 * The program without its path, a prefix of make (`@docker`) and `.exe`. Undefined if it starts no containers. A
 * variable whose name says what it is counts: `$(DOCKER)`, `${CONTAINER_ENGINE}`.
 */
export function programName(word: string): string | undefined {
  const bare = word.replace(/^[@+-]+/, '');
  const name = bare.slice(bare.lastIndexOf('/') + 1);
  if (PROGRAMS.test(name)) return name.replace(/\.exe$/, '');
  if (ENGINE_VARIABLE.test(bare)) return 'docker';
  return PROGRAM_VARIABLE.exec(bare)?.[1]?.toLowerCase();
}

function engine(words: readonly string[], from: number): ImageWords {
  const at = nextPositional(words, from);
  const subcommand = words[at] ?? '';
  if (/^(?:image|container|buildx|imagetools|manifest|service)$/.test(subcommand) && at < words.length)
    return inGroup(subcommand, words, at + 1);
  return action(subcommand, words, at + 1);
}

function inGroup(group: string, words: readonly string[], from: number): ImageWords {
  const at = nextPositional(words, from);
  const verb = words[at] ?? '';
  if (group === 'buildx' && verb === 'imagetools') return inGroup('imagetools', words, at + 1);
  if (group === 'buildx' && verb === 'create') return driverImage(words, at + 1);
  if (group === 'imagetools' && verb === 'create')
    return { pulled: positionals(words, at + 1), built: valuesOf(words, at + 1, ['-t', '--tag']) };
  if ((group === 'imagetools' || group === 'manifest') && verb === 'inspect') return pulled(words, at + 1, 1);
  if (group === 'service') return verb === 'create' ? pulled(words, at + 1, 1) : serviceUpdate(words, at + 1);
  return action(verb, words, at + 1);
}

/**
 *       verb                pulled           built
 *       pull                each name        -
 *       run, create, from   the first name   -
 *       build, bud          -                -t, --tag
 *       tag, commit         -                the second name
 *
 * The program of the image comes after its name, so that only the first name of a run is one.
 */
function action(verb: string, words: readonly string[], from: number): ImageWords {
  if (verb === 'pull') return pulled(words, from, Infinity);
  if (verb === 'run' || verb === 'create' || verb === 'from') return pulled(words, from, 1);
  if (verb === 'build' || verb === 'bud') return build(words, from);
  if (verb === 'tag') return { pulled: [], built: positionals(words, from).slice(1) };
  if (verb === 'commit') return { pulled: [], built: positionals(words, from).slice(1) };
  return NONE;
}

/** The caller checks values such as `--build-arg BASE=…`: this returns only certain images. */
function build(words: readonly string[], from: number): ImageWords {
  return { pulled: [], built: valuesOf(words, from, ['-t', '--tag']) };
}

function driverImage(words: readonly string[], from: number): ImageWords {
  return { pulled: valuesOf(words, from, ['--driver-opt']).filter((at) => /image=/.test(words[at] ?? '')), built: [] };
}

function serviceUpdate(words: readonly string[], from: number): ImageWords {
  return { pulled: valuesOf(words, from, ['--image']), built: [] };
}

function crane(words: readonly string[], from: number): ImageWords {
  let at = nextPositional(words, from);
  if (/^(?:image|manifest|tag)$/.test(words[at] ?? '') && programName(words[from - 1] ?? '') === 'regctl')
    at = nextPositional(words, at + 1);
  const verb = words[at] ?? '';
  return /^(?:pull|copy|cp|digest|manifest|config|export|validate|get|inspect|ls)$/.test(verb)
    ? pulled(words, at + 1, 1)
    : NONE;
}

/**
 * Only a source in a registry (`docker://`). `sync` also takes a registry without the prefix; a folder or a YAML file
 * is no image.
 */
function skopeo(words: readonly string[], from: number): ImageWords {
  const at = nextPositional(words, from);
  const verb = words[at] ?? '';
  if (!/^(?:copy|inspect|list-tags|sync)$/.test(verb)) return NONE;
  const [source] = positionals(words, at + 1);
  const isRegistry = source !== undefined && (verb === 'sync' || /^docker:\/\//.test(words[source] ?? ''));
  const isFile = verb === 'sync' && /\/$|^\.|\.ya?ml$/.test(words[source ?? -1] ?? '');
  return { pulled: isRegistry && !isFile ? [source] : [], built: [] };
}

function ctr(words: readonly string[], from: number): ImageWords {
  let at = nextPositional(words, from);
  if (/^(?:images?|i|containers?|c|content)$/.test(words[at] ?? '')) at = nextPositional(words, at + 1);
  const verb = words[at] ?? '';
  return /^(?:pull|run|create|fetch)$/.test(verb) ? pulled(words, at + 1, 1) : NONE;
}

/** `kubectl run --image=…`, `kubectl set image deployment/x c=…`, `kind create cluster --image …`. */
function imageFlags(words: readonly string[], from: number): ImageWords {
  const setImage = words.findIndex((word, index) => index >= from && word === 'set' && words[index + 1] === 'image');
  const pairs = setImage === -1 ? [] : positionals(words, setImage + 2).filter((at) => (words[at] ?? '').includes('='));
  return { pulled: [...valuesOf(words, from, ['--image', '--builder', '--run-image']), ...pairs], built: [] };
}

function pulled(words: readonly string[], from: number, count: number): ImageWords {
  return { pulled: positionals(words, from, count), built: [] };
}

/** Words that are neither flags nor their values, as indexes. */
function positionals(words: readonly string[], from: number, count = Infinity): number[] {
  const found: number[] = [];
  for (
    let at = nextPositional(words, from);
    at < words.length && found.length < count;
    at = nextPositional(words, at + 1)
  )
    found.push(at);
  return found;
}

/** Index of the next word that is neither a flag nor the value of a flag. */
function nextPositional(words: readonly string[], from: number): number {
  let at = from;
  while (at < words.length && isOption(words, at)) at += takesNext(words[at] ?? '') ? 2 : 1;
  return at;
}

/** `${OPTIONS[@]}` and `$DOCKER_ARGS` count as options if words follow. */
const OPTION_VARIABLE =
  /^\$(?:@|\{?@\}?|[{(]?\w*(?:OPT|ARG|FLAG|PARAM|ENV|VOL|MOUNT|PORT)\w*(?:\[[@*]\])?[})]?)$|^\$\{\w+\[[@*]\]\}$/i;

function isOption(words: readonly string[], at: number): boolean {
  const word = words[at] ?? '';
  return word.startsWith('-') || (OPTION_VARIABLE.test(word) && (at + 1 < words.length || word.includes('@')));
}

/**
 * The lists of flags are those without a value, because there are fewer of them. A flag that is missing in the list
 * makes its next word a value: the image may be missed, but a flag's value is not reported as an image.
 */
function takesNext(word: string): boolean {
  if (word.startsWith('--')) return word.length > 2 && !word.includes('=') && !SWITCHES.has(word.slice(2));
  // `-p 80:80` has a value in the next word, `-p80:80` and `-it` do not; `-itv` does.
  if (SHORT_SWITCHES.test(word)) return false;
  return /^-[ditPqaklD]*[a-zA-Z]$/.test(word);
}

/** For `--image X` the index of X, for `--image=X` that of the whole word. */
function valuesOf(words: readonly string[], from: number, flags: readonly string[]): number[] {
  return words.flatMap((word, at) => {
    if (at < from) return [];
    if (flags.includes(word)) return at + 1 < words.length ? [at + 1] : [];
    return flags.some((flag) => word.startsWith(`${flag}=`)) ? [at] : [];
  });
}
