import type { Extractor } from '../found';
import { variables } from '../words';
import { scanShell } from '../shell/scan-shell';

const COMMAND = /^[ \t]*Exec\w*[ \t]*=[ \t]*[-@:+!]*((?:[^\\\r\n]|\\\r?\n|\\.)*)/gm;

/**
 * systemd units that start containers.
 *
 *      [Service]
 *      Environment=TAG=1.27
 *      ExecStartPre=-/usr/bin/docker pull nginx:${TAG}        `-` before the path: a failure is ignored
 *      ExecStart=/usr/bin/docker run --rm \
 *          nginx:${TAG}
 *
 * Variables of an `EnvironmentFile` are in another file, often on another machine: a name with one is unresolvable.
 */
export const systemd: Extractor = {
  name: 'systemd',
  claims: (path, head) =>
    /\.service(?:\.d\/[^/]+\.conf)?(?:\.(?:j2|tmpl|tpl))?$/.test(path) && /docker|podman|nerdctl|\bctr\b/.test(head()),
  extract(text, start) {
    const lookup = environmentOf(text);
    const found = [...text.slice(start).matchAll(COMMAND)].flatMap((match) => {
      const at = start + match.index + match[0].length - (match[1] ?? '').length;
      return scanShell(text, at, at + (match[1] ?? '').length, lookup);
    });
    return { found };
  },
};

function environmentOf(text: string): ReturnType<typeof variables> {
  const lines = [...text.matchAll(/^[ \t]*Environment[ \t]*=[ \t]*["']?([A-Za-z_]\w*)=([^\s"']+)/gm)];
  return variables(
    text,
    new Map(
      lines.map((match) => {
        const start = match.index + match[0].length - (match[2] ?? '').length;
        return [match[1] ?? '', { start, end: start + (match[2] ?? '').length }];
      }),
    ),
  );
}
