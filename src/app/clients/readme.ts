import type { RenderedClient } from './render';

/** Instructions for the files of one client, for the person who installs them. */
export function readmeOf({ name, client, input, files, steps, warnings }: RenderedClient): string {
  const { profile, upstreams, harborUrl } = input;
  const strictness =
    profile === 'strict' ? 'strict: the public registry is never used' : 'fallback: the public registry is used next';
  return [
    `<!-- Written by breakwater clients render for ${name}. Changes here are overwritten. -->`,
    `# ${client.title} (${name})`,
    `Profile ${client.can.strict === true || profile === 'fallback' ? strictness : 'strict, as far as this client supports it'}. Harbor: ${harborUrl}.`,
    [
      '| images of | come from project |',
      '| --- | --- |',
      ...upstreams.map((one) => `| ${one.registry} | ${one.project} |`),
    ].join('\n'),
    ...(warnings.length === 0 ? [] : ['## Read first', list(warnings)]),
    '## Files',
    list(
      files.map(({ path, mode, note }) => {
        const place = path.startsWith('/') ? `copy to \`${path}\`` : `\`${path}\``;
        return `${place}${mode === 0o600 ? ', mode 0600: a secret is inside' : ''}${note === undefined ? '' : `: ${note}`}`;
      }),
    ),
    ...(steps.length === 0 ? [] : ['## Then', steps.map((step, i) => `${i + 1}. ${step}`).join('\n')]),
    '',
  ].join('\n\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
