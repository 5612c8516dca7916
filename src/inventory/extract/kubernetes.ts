import type { Extractor, Found } from '../found';
import { scalarAt, type MapNode, type Node } from '../yaml/documents';
import { imageOf, isKubernetes, scanYaml, type Visit, type YamlRules } from '../yaml/scan-yaml';

const YAML = /\.(?:ya?ml|json)(?:\.(?:j2|tmpl|tpl|template|gotmpl))?$|\.(?:tpl|gotmpl)$/;
const HEAD = /^[ \t]*["']?apiVersion["']?[ \t]*:/m;
const KIND = /^[ \t]*["']?kind["']?[ \t]*:/m;
/** In these kinds, `image` is the disk of a machine. */
const MACHINES =
  /(?:Machine(?:Template|Pool|Set|Deployment)?|NodeClass|NodePool|NodeTemplate|DataVolume|VolumeImportSource|HostFirmware)$/;

/** Kubernetes manifests and resources of every operator: Tekton, Argo, Knative, KubeVirt, Crossplane … */
export const kubernetes: Extractor = {
  name: 'kubernetes',
  claims: (path, head) => YAML.test(path) && HEAD.test(head()) && KIND.test(head()),
  extract: (text, start) => (mayNameImage(text) ? scanYaml(text, start, text.length, kubernetesRules) : { found: [] }),
};

/** Also used for any YAML that no other format claims. */
export const kubernetesRules: YamlRules = {
  weak: (root) => isKubernetes(root) && !MACHINES.test(scalarAt(root, 'kind')?.text ?? ''),
  ignores: (map) => scalarAt(map, 'kind')?.text === 'CustomResourceDefinition',
  leaves: ({ key }, map) => key === 'status' && isKubernetes(map),
  extra: (map, visit) => [patched, openShift, crossplane, imageVolume].flatMap((find) => find(map, visit)),
};

/** Parsing costs a hundred times as much as this check. */
export function mayNameImage(text: string): boolean {
  return /image|repository|docker|podman|nerdctl|crane|skopeo|\bctr\b|kubectl|package:/i.test(text);
}

/** A JSON patch that changes an image. */
export function patched(map: MapNode, visit: Visit): Found[] {
  const path = scalarAt(map, 'path')?.text ?? '';
  return scalarAt(map, 'op') && /\/image$/.test(path) ? imageOf(visit, scalarAt(map, 'value')) : [];
}

/** `from: { kind: DockerImage, name: … }` of a BuildConfig or an ImageStream. */
function openShift(map: MapNode, visit: Visit): Found[] {
  return scalarAt(map, 'kind')?.text === 'DockerImage' ? imageOf(visit, scalarAt(map, 'name')) : [];
}

/** A volume whose content is an image: `image: { reference: … }` beside its name. */
function imageVolume(map: MapNode, visit: Visit): Found[] {
  return scalarAt(map, 'name') ? imageOf(visit, scalarAt(map, 'image', 'reference')) : [];
}

/** Providers and functions of Crossplane are images in registries, in a field named `package`. */
function crossplane(map: MapNode, visit: Visit): Found[] {
  const isPackage = (scalarAt(map, 'apiVersion')?.text ?? '').startsWith('pkg.crossplane.io/');
  return isPackage ? imageOf(visit, packageOf(map)) : [];
}

function packageOf(map: MapNode): Node | undefined {
  return scalarAt(map, 'spec', 'package');
}
