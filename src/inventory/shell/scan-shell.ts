import type { Found } from '../found';
import type { Lookup } from '../interpolate';
import { splitImageName } from '../../oci';
import { oncePerText } from '../once-per-text';
import { textOf } from '../value';
import { foundIn, unquoted, variables, type Word } from '../words';
import { commandsIn, type ShellCommand } from './commands';
import { imageWordsOf, programName } from './image-words';
import { manifestLines } from './manifest-lines';

const ASSIGNMENT = /^(?:export\s+|local\s+|readonly\s+|declare\s+)?([A-Za-z_]\w*)=/;
const DECLARES: ReadonlySet<string> = new Set([
  'export',
  'local',
  'readonly',
  'declare',
  'typeset',
  'set',
  'ENV',
  'ARG',
]);
/** These commands only mention a program, or install it. */
const SPEAKS =
  /^[@+-]*(?:echo|printf|grep|egrep|rg|sed|awk|which|type|hash|command|cat|log\w*|info|warn\w*|error|die|fail|apt|apt-get|yum|dnf|apk|pip3?|brew|snap|choco|usermod|groupadd|systemctl|service|chown|chmod|mkdir|cp|mv|rm|ln|curl|wget|alias|comm|install|test|\[\[?|Write-Host|Write-Output|REM|rem|read)$/;
const QUOTED_COMMAND =
  /^\s*(?:sudo\s+|set\s+-\w+\s*[;&]+\s*)*(?:[\w./-]*\/)?(?:docker|podman|nerdctl|crane|skopeo|ctr|crictl|kubectl)\s/;
const MAX_PREFIX = 8;
const MAX_DEPTH = 4;

/**
 * Images that the commands in [start, end) pull.
 *
 *      docker pull nginx:1.27                                a command
 *      IMG=nginx:1.27; docker run "$IMG"                     by its variable
 *      for i in a:1 b:2; do docker pull $i; done             each of the list
 *      ssh host 'docker pull nginx'                          a quoted command
 *      kubectl apply -f - <<EOF … image: nginx … EOF         the lines of a heredoc
 *      docker build -t app .; docker run app                 app is built here
 *      echo "docker pull nginx"                              only printed: not a pull
 *
 * It is not a shell: nothing is run, functions and conditions are not followed. What depends on them is unresolvable,
 * which is reported.
 */
export function scanShell(text: string, start: number, end: number, outer: Lookup, depth = 0): Found[] {
  if (depth > MAX_DEPTH || !mayPull(text.slice(start, end))) return [];
  const { commands, inner } = commandsIn(text, start, end);
  const scan = new Scan(text, outer, commands);
  const nested = (word: Word): Found[] => scanShell(text, word.start, word.end, scan.lookup, depth + 1);
  const found = commands.flatMap((command) => [
    ...scan.imagesOf(command),
    ...scan.quotedCommands(command).flatMap(nested),
    ...command.heredocs.flatMap((body) =>
      scan.runsHeredoc(command) ? nested(body) : manifestLines(text, body, scan.lookup),
    ),
  ]);
  return [...found, ...inner.flatMap(nested)];
}

/** A cheap test first: most texts in a YAML file pull nothing, and reading commands costs much more. */
function mayPull(text: string): boolean {
  return /docker|podman|nerdctl|crane|skopeo|\bctr\b|crictl|kubectl|regctl|buildah|\boc\b|\bkind\b|k3d|pack\b|finch|image:|ENGINE|CONTAINER_/i.test(
    text,
  );
}

/**
 * Everything that one piece of shell defines: assignments first, then what they mean in the commands. A name that is
 * built here is not pulled.
 */
class Scan {
  readonly lookup: Lookup;
  private readonly lists = new Map<string, readonly Word[]>();
  private readonly built = new Set<string>();
  private readonly assigned = new Map<string, Word>();

  constructor(
    private readonly text: string,
    outer: Lookup,
    commands: readonly ShellCommand[],
  ) {
    for (const { words } of commands) {
      this.assign(words);
      this.remember(words);
    }
    const own = variables(text, this.assigned);
    this.lookup = (name) => own(name) ?? outer(name);
    for (const { words } of commands) this.rememberBuilt(words);
  }

  imagesOf({ words }: ShellCommand): Found[] {
    const from = this.programIn(words);
    if (from === undefined) return [];
    const plain = words.map((word) => this.plain(word));
    const { pulled } = imageWordsOf(plain, from);
    return [...pulled.flatMap((at) => this.found(words[at]!)), ...this.buildArguments(words, plain)];
  }

  /** Quoted words that are commands: `ssh host 'docker pull x'`, `RUN="docker run x"`. */
  quotedCommands({ words }: ShellCommand): Word[] {
    if (words[0] && SPEAKS.test(this.plain(words[0]))) return [];
    return words.flatMap((word) => {
      const value = unquoted(this.text, { start: word.start + this.assignmentLength(word), end: word.end });
      const isQuoted = value.start > word.start && value.end < word.end;
      return isQuoted && QUOTED_COMMAND.test(this.text.slice(value.start, value.end)) ? [value] : [];
    });
  }

  runsHeredoc({ words }: ShellCommand): boolean {
    return words.every(
      (word) => /^(?:(?:ba|da|z|k)?sh|ssh|sudo|-.*|RUN)$/.test(this.plain(word)) || /@/.test(this.plain(word)),
    );
  }

  private found(word: Word): Found[] {
    const value = this.withoutKey(word);
    const loop = /^\$+\{?(\w+)\}?$/.exec(this.plain(value))?.[1];
    const list = loop === undefined ? undefined : this.lists.get(loop);
    if (list)
      return list.flatMap((one) => foundIn(this.text, one, { lookup: this.lookup, weak: true, confidence: 'medium' }));
    return foundIn(this.text, value, { lookup: this.lookup, weak: true }).filter(
      (one) => !this.built.has(nameOf(textOf(one.value))),
    );
  }

  /** `--image=X`, `c=X` and `image=X` of a driver: X. */
  private withoutKey(word: Word): Word {
    const key = /^["']?(?:--?)?[\w./-]+=/.exec(this.text.slice(word.start, word.end));
    return key
      ? unquoted(this.text, { start: word.start + key[0].length, end: /^["']/.test(key[0]) ? word.end - 1 : word.end })
      : word;
  }

  private buildArguments(words: readonly Word[], plain: readonly string[]): Found[] {
    return words.flatMap((word, at) => {
      const flag = /^--build-(?:arg|context)$/.test(plain[at - 1] ?? '')
        ? ''
        : /^--build-(?:arg|context)=/.exec(plain[at] ?? '')?.[0];
      if (flag === undefined) return [];
      const shift = this.text.indexOf(flag, word.start) + flag.length;
      const name = /^["']?(\w+)=/.exec(this.text.slice(shift, word.end))?.[1];
      const isContext = (plain[at - 1] ?? plain[at] ?? '').includes('context') || flag.includes('context');
      if (name === undefined || (!isContext && !/image|base|from/i.test(name))) return [];
      if (isContext && !this.text.slice(shift, word.end).includes('docker-image://')) return [];
      return foundIn(this.text, this.withoutKey({ start: shift, end: word.end }), {
        lookup: this.lookup,
        weak: isContext,
      });
    });
  }

  private programIn(words: readonly Word[]): number | undefined {
    const first = words.findIndex((word) => this.assignmentLength(word) === 0);
    if (first === -1 || SPEAKS.test(this.plain(words[first]!))) return undefined;
    for (let at = first; at < Math.min(words.length, first + MAX_PREFIX); at += 1) {
      if (programName(this.plain(words[at]!)) !== undefined) return at;
    }
    return undefined;
  }

  private assign(command: readonly Word[]): void {
    for (const word of command) {
      const length = this.assignmentLength(word);
      if (length === 0) {
        if (!DECLARES.has(this.plain(word)) && !/^-/.test(this.plain(word))) return;
        continue;
      }
      const name = this.text.slice(word.start, word.start + length - 1);
      const value = unquoted(this.text, { start: word.start + length, end: word.end });
      if (value.end > value.start) this.assigned.set(name, value);
      else if (this.text[word.end] === '(') continue;
      const words = wordsOf(this.text, value);
      if (words.length > 1) this.lists.set(name, words);
    }
  }

  /** `for image in a:1 b:2` and `for image in $IMAGES`. */
  private remember(words: readonly Word[]): void {
    const at = words.findIndex((word) => this.plain(word) === 'for');
    if (at === -1 || at > 1 || words[at + 2] === undefined || this.plain(words[at + 2]!) !== 'in') return;
    const items = words.slice(at + 3).flatMap((word): readonly Word[] => {
      const name = /^\$\{?(\w+)(?:\[[@*]\])?\}?$/.exec(this.plain(word))?.[1];
      return name === undefined ? [word] : (this.lists.get(name) ?? this.arrays(name) ?? [word]);
    });
    this.lists.set(this.plain(words[at + 1]!), items);
  }

  /** `IMAGES=(a:1 b:2)`, on one or several lines. */
  private arrays(name: string): Word[] | undefined {
    const list = arraysIn(this.text).get(name);
    return list && wordsOf(this.text, list);
  }

  private rememberBuilt(words: readonly Word[]): void {
    const from = this.programIn(words);
    if (from === undefined) return;
    const plain = words.map((word) => this.plain(word));
    for (const at of imageWordsOf(plain, from).built) {
      for (const { value } of foundIn(this.text, this.withoutFlag(words[at]!), { lookup: this.lookup, weak: true }))
        this.built.add(nameOf(textOf(value)));
    }
  }

  private withoutFlag(word: Word): Word {
    const flag = /^--?\w+=/.exec(this.text.slice(word.start, word.end));
    return flag ? { start: word.start + flag[0].length, end: word.end } : word;
  }

  private assignmentLength(word: Word): number {
    return ASSIGNMENT.exec(this.text.slice(word.start, word.end))?.[0].length ?? 0;
  }

  private plain(word: Word): string {
    const { start, end } = unquoted(this.text, word);
    return this.text.slice(start, end);
  }
}

/** The first of each name. */
const arraysIn = oncePerText((text) => {
  const found = new Map<string, Word>();
  for (const { 1: name = '', 2: list = '', 0: whole, index } of text.matchAll(
    /(?:^|[\s;])(\w+)=\(([^)]{0,20000})\)/g,
  )) {
    const start = index + whole.length - 1 - list.length;
    if (!found.has(name)) found.set(name, { start, end: start + list.length });
  }
  return found;
});

function wordsOf(text: string, { start, end }: Word): Word[] {
  return [...text.slice(start, end).matchAll(/#[^\n]*|(["']?)([^\s"'#]+)\1/g)].flatMap(
    ({ index, 0: whole, 2: word }) => {
      if (word === undefined) return [];
      const from = start + index + whole.indexOf(word);
      return [{ start: from, end: from + word.length }];
    },
  );
}

function nameOf(reference: string): string {
  return splitImageName(reference).name;
}
