import type { Extractor } from '../found';
import { ansible } from './ansible';
import { azurePipelines } from './azure-pipelines';
import { bake } from './bake';
import { bazel } from './bazel';
import { bitbucket } from './bitbucket';
import { circleci } from './circleci';
import { cloudBuild } from './cloud-build';
import { compose } from './compose';
import { devcontainer } from './devcontainer';
import { dockerfile } from './dockerfile';
import { drone } from './drone';
import { earthfile } from './earthfile';
import { envFile } from './env-file';
import { githubActions } from './github-actions';
import { gitlabCi } from './gitlab-ci';
import { helmChart } from './helm-chart';
import { helmValues } from './helm-values';
import { jenkins } from './jenkins';
import { kubernetes } from './kubernetes';
import { kustomize } from './kustomize';
import { makefile } from './makefile';
import { nix } from './nix';
import { nomad } from './nomad';
import { npmScripts } from './npm-scripts';
import { preCommit } from './pre-commit';
import { quadlet } from './quadlet';
import { shell } from './shell';
import { skaffold } from './skaffold';
import { systemd } from './systemd';
import { terraform } from './terraform';
import { testcontainers } from './testcontainers';
import { tilt } from './tilt';
import { yaml } from './yaml';

/**
 * All formats. The first one that accepts a file reads it, so general formats come last: `kubernetes` accepts any file
 * with `apiVersion` and `kind`, `yaml` any YAML. A special one after them would never be asked.
 */
export const extractors: readonly Extractor[] = [
  dockerfile,
  earthfile,
  helmChart,
  kustomize,
  gitlabCi,
  githubActions,
  drone,
  circleci,
  bitbucket,
  skaffold,
  preCommit,
  cloudBuild,
  azurePipelines,
  devcontainer,
  npmScripts,
  compose,
  helmValues,
  ansible,
  kubernetes,
  yaml,
  bake,
  nomad,
  terraform,
  bazel,
  tilt,
  nix,
  testcontainers,
  jenkins,
  quadlet,
  systemd,
  envFile,
  makefile,
  shell,
];

/** `head` is a function, so that the text is looked at only if the path does not decide. */
export function extractorFor(path: string, head: () => string): Extractor | undefined {
  return extractors.find((extractor) => extractor.claims(path, head));
}
