import type { Extraction, Found } from '../found';
import { interpolate, type Lookup } from '../interpolate';
import { scanShell } from '../shell/scan-shell';
import { HOLE, textOf } from '../value';
import { foundIn, unquoted, variables, type Word } from '../words';
import { instructionsIn, type Instruction } from './instructions';

interface Stages {
  readonly names: Set<string>;
  count: number;
}

/** Also for Dockerfiles inside another file, such as `dockerfile_inline` of Compose. */
export function dockerfileImages(text: string, start: number, end: number): Extraction {
  const { syntax, instructions } = instructionsIn(text, start, end);
  const found: Found[] = syntax ? foundIn(text, syntax, { lookup: () => undefined, weak: true }) : [];
  const stages: Stages = { names: new Set(), count: 0 };
  const args = new Map<string, Word>();
  const lookup = variables(text, args);
  for (const instruction of instructions) {
    if (instruction.keyword === 'ARG' || instruction.keyword === 'ENV') {
      // FROM sees only global values, which declarations in a stage do not change.
      for (const [name, word] of assignmentsOf(text, instruction))
        if (stages.count === 0 || !args.has(name)) args.set(name, word);
    }
    found.push(...imagesOf(text, instruction, stages, lookup));
  }
  return { found };
}

/**
 * Which words of an instruction are images:
 *
 *      FROM image AS name            image, unless it is the name of an earlier stage
 *      COPY, ADD --from=image        the same; a number is the index of a stage
 *      RUN --mount=type=bind,from=   the same
 *      RUN docker pull image         what the shell command names
 */
function imagesOf(text: string, instruction: Instruction, stages: Stages, lookup: Lookup): Found[] {
  const { keyword, flags, words } = instruction;
  if (keyword === 'FROM') return fromOf(text, words, stages, lookup);
  if (keyword === 'COPY' || keyword === 'ADD')
    return flags.filter(({ name }) => name === 'from').flatMap(({ value }) => notStage(text, value, stages, lookup));
  if (keyword !== 'RUN') return [];
  const mounts = flags
    .filter(({ name }) => name === 'mount')
    .flatMap(({ value }) => notStage(text, fromIn(text, value), stages, lookup));
  return [...mounts, ...(words[0] ? scanShell(text, words[0].start, instruction.end, lookup) : [])];
}

function fromOf(text: string, words: readonly Word[], stages: Stages, lookup: Lookup): Found[] {
  const [image, as, name] = words;
  const found = image ? notStage(text, image, stages, lookup, true) : [];
  stages.count += 1;
  if (as && name && /^as$/i.test(text.slice(as.start, as.end)))
    stages.names.add(textOf(interpolate(text, name.start, name.end, lookup)).toLowerCase());
  return found;
}

/**
 * A name of a stage with variables in it matches loosely: `${BASE}-dev` is taken for the stage `alpine-dev`. The risk
 * is to miss an image, not to report a stage.
 */
function notStage(text: string, word: Word | undefined, stages: Stages, lookup: Lookup, isFrom = false): Found[] {
  if (!word) return [];
  const { start, end } = unquoted(text, word);
  if (end - start > 1024) return [];
  const written = textOf(interpolate(text, start, end, lookup)).toLowerCase();
  if (!isFrom && /^\d+$/.test(written)) return [];
  return isStage(written, stages) ? [] : foundIn(text, { start, end }, { lookup, weak: true });
}

/** A name without variables is looked up: a file may have thousands of stages. */
function isStage(written: string, { names }: Stages): boolean {
  const parts = written.split(HOLE);
  if (parts.length === 1) return names.has(written);
  if (parts.length > 4 || parts.join('') === '') return false;
  const pattern = new RegExp(`^${parts.map(escapeRegExp).join('.*')}$`);
  return [...names].some((name) => pattern.test(name));
}

/** The value of `from=` in `type=bind,from=golang:1.22,target=/x`. */
function fromIn(text: string, { start, end }: Word): Word | undefined {
  const match = /(?:^|,)from=([^,\s]+)/.exec(text.slice(start, end));
  if (!match) return undefined;
  const at = start + match.index + match[0].length - match[1]!.length;
  return { start: at, end: at + match[1]!.length };
}

function assignmentsOf(text: string, { words }: Instruction): [string, Word][] {
  return words.flatMap(({ start, end }): [string, Word][] => {
    const equals = text.slice(start, end).indexOf('=');
    if (equals <= 0) return [];
    return [[text.slice(start, start + equals), unquoted(text, { start: start + equals + 1, end })]];
  });
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
