import { compact } from '../compact';
import { isMap, isScalar, parseDocument, stringify, type Pair, type YAMLMap } from 'yaml';
import type { HarborPins, ImagePin } from './images';

/** Replaces the text between two offsets. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The text of an images file with these pins for one release. Everything else stays, including spaces, comments, quotes
 * and order. A new release is inserted before the others, because the newest is the one to deploy.
 * @param text a valid images file
 * @param release v2.15.2
 */
export function withPins(text: string, release: string, pins: HarborPins): string {
  const releases = mapAt(parseDocument(text).contents as YAMLMap, 'harbor');
  const known = releases && pairOf(releases, release);
  const edits = known
    ? editsOf(text, known.value as YAMLMap, pins)
    : [{ ...startOf(releases), text: indented({ [release]: asData(pins) }, 2) }];
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((all, { from, to, text: put }) => all.slice(0, from) + put + all.slice(to), text);
}

/**
 *       component in the file            edit
 *       missing                          its entry, after the last one of the release
 *       the same entrypoint and command  only the image, with its quotes
 *       another entrypoint or command    the whole entry, in the style of the file
 */
function editsOf(text: string, release: YAMLMap, pins: HarborPins): Edit[] {
  const missing: Record<string, ImagePin> = {};
  const edits = Object.entries(pins).flatMap(([id, pin]): Edit[] => {
    const entry = mapAt(release, id);
    if (!entry) {
      missing[id] = pin;
      return [];
    }
    return sameStart(entry, pin) ? editOf(entry, pin.image) : [wholeEntry(text, entry, pin)];
  });
  if (Object.keys(missing).length === 0) return edits;
  const end = endOf(release);
  return [...edits, { from: end, to: end, text: `\n${indented(asData(missing), 4).trimEnd()}` }];
}

/** Only the image, with its existing quotes. */
function editOf(entry: YAMLMap, image: string): Edit[] {
  const node = pairOf(entry, 'image')?.value;
  if (!isScalar(node) || node.value === image) return [];
  const quote = node.type === 'QUOTE_SINGLE' ? "'" : node.type === 'QUOTE_DOUBLE' ? '"' : '';
  return [{ ...rangeOf(node), text: `${quote}${image}${quote}` }];
}

/** Image, entrypoint and command, in the style and with the indentation of the existing text. */
function wholeEntry(text: string, entry: YAMLMap, pin: ImagePin): Edit {
  const { from } = rangeOf(entry);
  const edit = { from, to: endOf(entry) };
  const words = asData({ core: pin })['core'] as object;
  if (entry.flow) return { ...edit, text: inline(words) };
  const indent = '\n'.padEnd(from - text.lastIndexOf('\n', from - 1));
  const lines = Object.entries(words).map(([key, value]) => `${key}: ${inline(value)}`);
  return { ...edit, text: lines.join(indent) };
}

function inline(value: unknown): string {
  return stringify(value, { lineWidth: 0, collectionStyle: 'flow' }).trimEnd();
}

/** Where a node ends: the range of a block map also includes the comments and blank lines after it. */
function endOf(node: unknown): number {
  if (!isMap(node) || node.flow) return rangeOf(node as Ranged).to;
  return endOf(node.items.at(-1)?.value);
}

interface Ranged {
  readonly range?: readonly number[] | null | undefined;
}

function sameStart(entry: YAMLMap, { entrypoint, command }: ImagePin): boolean {
  const { entrypoint: had, command: ran } = entry.toJSON() as ImagePin;
  return JSON.stringify([had, ran]) === JSON.stringify([entrypoint, command]);
}

function mapAt(map: YAMLMap, key: string): YAMLMap | undefined {
  const value = pairOf(map, key)?.value;
  return isMap(value) ? value : undefined;
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function rangeOf(node: Ranged): { from: number; to: number } {
  const [from = 0, to = 0] = node.range ?? [];
  return { from, to };
}

/** Where the line of the first release begins. */
function startOf(releases: YAMLMap | undefined): { from: number; to: number } {
  const first = releases?.items[0]?.key as { readonly range?: readonly number[] } | undefined;
  if (!first) throw new TypeError('the images file has no release');
  const from = rangeOf(first).from - 2;
  return { from, to: from };
}

function asData(pins: HarborPins): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(pins).map(([id, { image, entrypoint, command }]) => [id, compact({ image, entrypoint, command })]),
  );
}

function indented(data: object, by: number): string {
  return stringify(data, { lineWidth: 0 }).replace(/^(?=.)/gm, ' '.repeat(by));
}
