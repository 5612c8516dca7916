import type { RenderedClient } from '../clients/render';
import { MANIFEST, outputPath, type WrittenClients } from '../clients/write';
import { diagnosticsText, diagnosticsToJson } from './diagnostics';
import { plural } from '../../plural';
import { jsonDocument } from './json-document';

/** With the steps after copying, which differ between clients. */
export function clientsAsText(rendered: readonly RenderedClient[], written: WrittenClients): string {
  const removed = written.removed.map((name) => `  deleted, no longer rendered: ${name}`);
  const head = `${written.directory}: ${plural(rendered.length, 'client')}, ${plural(written.files.length, 'file')}, listed in ${MANIFEST}`;
  return `${[...rendered.map(clientText), [head, ...removed].join('\n')].join('\n\n')}\n`;
}

function clientText({ name, client, input, files, steps, warnings, findings }: RenderedClient): string {
  const sources = new Map(files.map(({ path, content }) => [path, content]));
  return [
    `${name}: ${client.title}, ${input.profile}`,
    ...files.map(
      ({ path, mode }) => `  ${outputPath(name, path)}${mode === 0o600 ? ' (mode 0600: a secret is inside)' : ''}`,
    ),
    ...steps.map((step, i) => `  ${i + 1}. ${step}`),
    ...warnings.map((warning) => `  warning: ${warning}`),
    ...(findings.length === 0 ? [] : [diagnosticsText(findings, sources).trimEnd()]),
  ].join('\n');
}

/** Without the content of files, which may contain secrets. */
export function clientsAsJson(rendered: readonly RenderedClient[], written: WrittenClients): string {
  const clients = rendered.map(({ name, client, input, files, steps, warnings, findings }) => ({
    name,
    client: client.name,
    profile: input.profile,
    files: files.map(({ path, mode }) => ({ path: outputPath(name, path), mode: mode.toString(8).padStart(4, '0') })),
    steps,
    warnings,
    ...diagnosticsToJson(findings),
  }));
  return jsonDocument({ ...written, clients });
}
