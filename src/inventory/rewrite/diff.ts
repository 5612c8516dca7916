import { decoded } from '../source';
import { applyEdits, type Edit } from './edits';

const CONTEXT = 3;

/**
 * A unified diff. Edits never add or remove lines.
 *
 *      --- a/web/Dockerfile
 *      +++ b/web/Dockerfile
 *      @@ -1,3 +1,3 @@
 *      -FROM nginx:1.27
 *      +FROM harbor.example.com/proxy.docker.io/library/nginx:1.27
 *       COPY . /srv
 *       CMD ["nginx"]
 *
 * So line N before is line N after, and no algorithm for differences is needed. `git apply` takes the output.
 */
export function unifiedDiff(file: string, text: string, edits: readonly Edit[]): string {
  const before = linesOf(text);
  const after = linesOf(applyEdits(text, edits));
  const changed = before.flatMap((line, index) => (line === after[index] ? [] : [index]));
  const hunks = groupsOf(changed).map(([first, last]) => hunk(before, after, first, last));
  const path = file.replace(/^\.?\//, '');
  return hunks.length === 0 ? '' : decoded(`--- a/${path}\n+++ b/${path}\n${hunks.join('')}`);
}

function linesOf(text: string): string[] {
  const lines = text.split(/(?<=\n)/);
  return lines.length === 1 && lines[0] === '' ? [] : lines;
}

/** Groups of changed lines that share their context: first and last line of each hunk. */
function groupsOf(changed: readonly number[]): [number, number][] {
  const groups: [number, number][] = [];
  for (const index of changed) {
    const group = groups.at(-1);
    if (group && index - group[1] <= 2 * CONTEXT) group[1] = index;
    else groups.push([index, index]);
  }
  return groups;
}

function hunk(before: readonly string[], after: readonly string[], first: number, last: number): string {
  const from = Math.max(0, first - CONTEXT);
  const to = Math.min(before.length, last + CONTEXT + 1);
  const lines: string[] = [];
  for (let at = from; at < to;) {
    if (before[at] === after[at]) {
      lines.push(` ${shown(before[at]!)}`);
      at += 1;
      continue;
    }
    let end = at;
    while (end < to && before[end] !== after[end]) end += 1;
    lines.push(
      ...before.slice(at, end).map((line) => `-${shown(line)}`),
      ...after.slice(at, end).map((line) => `+${shown(line)}`),
    );
    at = end;
  }
  const count = to - from;
  return `@@ -${from + 1},${count} +${from + 1},${count} @@\n${lines.join('')}`;
}

/**
 * The last line of a file without a line break is marked, as `git diff` does: without the mark the patch would add one.
 */
function shown(line: string): string {
  return line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`;
}
