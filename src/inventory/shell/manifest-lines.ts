import type { Found } from '../found';
import type { Lookup } from '../interpolate';
import { foundIn, type Word } from '../words';

const LINE =
  /^[ \t]*(?:-[ \t]+)?["']?image["']?[ \t]*:[ \t]*(?:(?:"([^"\n]*)"|'([^'\n]*)')[ \t]*(?:,[ \t]*)?(?:#.*)?\r?$|([^\s#"'|>][^\n#]*))/gm;
const FROM = /^[ \t]*FROM[ \t]+(?:--platform=\S+[ \t]+)?(\S+)(?:[ \t]+(?:AS|as)[ \t]+(\S+))?[ \t]*\r?$/gm;

/**
 * Lines such as `image: nginx` and `FROM nginx`, in a file that is embedded in another one. Line by line, because the
 * text can be part of a template or of a string with placeholders, and would not parse. Never more than medium
 * confidence.
 */
export function manifestLines(text: string, { start, end }: Word, lookup: Lookup): Found[] {
  const body = text.slice(start, end);
  const images = [...body.matchAll(LINE)].flatMap((match) => {
    const written = match[1] ?? match[2] ?? withoutComma(match[3] ?? '');
    const at = start + match.index + match[0].indexOf(written, match[0].indexOf(':') + 1);
    return foundIn(text, { start: at, end: at + written.length }, { lookup, weak: true, confidence: 'medium' });
  });
  return [...images, ...fromLines(text, body, start, lookup)];
}

/** Of an unquoted value in a flow map; by hand, because a pattern would read a long run of spaces again and again. */
function withoutComma(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.endsWith(',') ? trimmed.slice(0, -1).trimEnd() : trimmed;
}

/** `FROM build` after `FROM golang AS build` names a stage of the same file. */
function fromLines(text: string, body: string, start: number, lookup: Lookup): Found[] {
  const stages = new Set<string>();
  return [...body.matchAll(FROM)].flatMap((match) => {
    const [whole, image = '', stage] = match;
    const at = start + match.index + whole.indexOf(image, whole.indexOf('FROM') + 4);
    const isStage = stages.has(image.toLowerCase());
    if (stage !== undefined) stages.add(stage.toLowerCase());
    return isStage
      ? []
      : foundIn(text, { start: at, end: at + image.length }, { lookup, weak: true, confidence: 'medium' });
  });
}
