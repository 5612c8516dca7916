import type { Extractor } from '../found';
import { scanShell } from '../shell/scan-shell';
import { entryOf } from '../yaml/documents';
import { scanYaml } from '../yaml/scan-yaml';

/**
 * Scripts of a `package.json`, as commands of a shell. JSON is read as YAML, which includes it. Nothing else in the
 * file is an image: `name` and `version` of a package look like one.
 */
export const npmScripts: Extractor = {
  name: 'npm-scripts',
  claims: (path, head) =>
    /(?:^|\/)(?:package|composer)\.json$/.test(path) && /docker|podman|nerdctl|crane|skopeo/.test(head()),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => false,
      leaves: () => true,
      extra(map, { lookup }) {
        const scripts = entryOf(map, 'scripts')?.value;
        if (scripts?.kind !== 'map') return [];
        return scripts.entries.flatMap(({ value }) =>
          value.kind === 'scalar' ? scanShell(text, value.start, value.end, lookup) : [],
        );
      },
    }),
};
