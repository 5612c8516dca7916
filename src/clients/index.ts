import type { Client } from './client';
import { admissionWebhook } from './admission-webhook';
import { arc } from './arc';
import { buildah } from './buildah';
import { buildkit } from './buildkit';
import { buildx } from './buildx';
import { ca } from './ca';
import { containerd } from './containerd';
import { crio } from './cri-o';
import { dockerd } from './dockerd';
import { gatekeeper } from './gatekeeper';
import { githubActions } from './github-actions';
import { gitlabRunner } from './gitlab-runner';
import { jenkins } from './jenkins';
import { k3s } from './k3s';
import { kaniko } from './kaniko';
import { kind } from './kind';
import { kubelet } from './kubelet';
import { kyverno } from './kyverno';
import { minikube } from './minikube';
import { nomad } from './nomad';
import { podman } from './podman';
import { renovate } from './renovate';
import { rke2 } from './rke2';
import { skopeo } from './skopeo';
import { talos } from './talos';

/**
 * Every client: the only registration.
 * Grouped as runtimes, nodes, builders, CI, local clusters, admission and trust; names are unique.
 */
export const clients: readonly Client[] = [
  dockerd,
  containerd,
  crio,
  podman,
  buildah,
  skopeo,
  k3s,
  rke2,
  talos,
  kubelet,
  buildkit,
  buildx,
  kaniko,
  gitlabRunner,
  githubActions,
  arc,
  jenkins,
  renovate,
  nomad,
  minikube,
  kind,
  kyverno,
  gatekeeper,
  admissionWebhook,
  ca,
];

export { PROFILES } from './client';
export type {
  Abilities,
  Client,
  ClientFile,
  Facts,
  FoundFile,
  Options,
  Profile,
  RenderInput,
  Rendering,
  RobotLogin,
  Upstream,
} from './client';
export { checkFiles } from './check/check';
export { withClientOptions } from './schema';
export { resolveClient, type Resolution, type ResolvedClient } from './resolve';
export { judge } from './verify/judge';
export { failureOf, linesOfFailure, VERDICTS } from './verify/evidence';
export type { CacheAnswer, Evidence, Judgement, PublicAnswer, Pull, Trial, Verdict } from './verify/evidence';
export { renderJob, type JobOptions } from './verify/job';
export { nodeImages, type NodeImage } from './verify/nodes';
export { canaryPod, podImages, type CanaryPod, type PodImage } from './verify/pods';
export { identitiesIn, ownProgram, programsOf, withReference, type PullProgram } from './verify/programs';
export { versionCommandsOf, versionIn } from './verify/programs';
