import type { Extractor } from '../found';
import { noVariables } from '../interpolate';
import { scanShell } from '../shell/scan-shell';

const NAME =
  /\.(?:sh|bash|zsh|ksh|ash|bats|ps1|psm1|bat|cmd|envrc)(?:\.(?:j2|tmpl|tpl|in))?$|(?:^|\/)(?:\.?[jJ]ustfile|\.envrc|Procfile|entrypoint|[^/]+\.just)$/;

/** Shell scripts, PowerShell and batch files, recognized by name or first line. */
export const shell: Extractor = {
  name: 'shell',
  claims: (path, head) =>
    NAME.test(path) || (!/\.[a-z0-9]+$/i.test(path) && /^#!.*\b(?:ba|da|z|k|a)?sh\b/.test(head())),
  extract: (text, start, path) => ({ found: scanShell(continued(text, path), start, text.length, noVariables) }),
};

/** Continued lines, joined as in a shell. */
function continued(text: string, path: string): string {
  if (/\.psm?1$/.test(path)) return text.replace(/`(?=\r?\n)/g, '\\');
  return /\.(?:bat|cmd)$/.test(path)
    ? text.replace(/\^(?=\r?\n)/g, '\\').replace(/^[ \t]*(?:REM|::)/gim, (mark) => '#'.repeat(mark.length))
    : text;
}
