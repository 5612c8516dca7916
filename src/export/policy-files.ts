import { limits } from '../declaration/yaml/limits';
import { renderYaml } from './render-yaml';
import { emptyMap, type YamlMap, type YamlNode } from './yaml-node';

/** The name is without a directory. */
export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

/** Half of the loader's limit, because people add lines. */
const MAX_FILE_BYTES = limits.fileBytes / 2;

/** One file per section, as a person would organize them; a long section is split. */
export function policyFiles(root: YamlMap, about: (section: string) => string | undefined): PolicyFile[] {
  return [...root.entries].flatMap(([section, node]) => filesOf(section, node, about(section)));
}

/**
 *      projects.yaml                              as long as it is small
 *      projects-001.yaml, projects-002.yaml, …    by number of entries: each part has the section as its key
 *
 * The loader unites the parts, because each object is in one file only.
 */
function filesOf(section: string, node: YamlNode, about: string | undefined): PolicyFile[] {
  const stem = section.replaceAll('_', '-');
  const text = render(section, node, about);
  const parts = Math.ceil(Buffer.byteLength(text) / MAX_FILE_BYTES);
  if (parts <= 1 || node.type !== 'map') return [{ name: `${stem}.yaml`, text }];
  const entries = [...node.entries];
  const size = Math.ceil(entries.length / parts);
  return Array.from({ length: Math.ceil(entries.length / size) }, (_, i) => {
    const part: YamlMap = { ...node, entries: new Map(entries.slice(i * size, (i + 1) * size)) };
    return { name: `${stem}-${String(i + 1).padStart(3, '0')}.yaml`, text: render(section, part, about) };
  });
}

function render(section: string, node: YamlNode, about: string | undefined): string {
  const root = emptyMap(about);
  root.entries.set(section, node);
  return renderYaml(root);
}
