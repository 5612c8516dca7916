import { compact } from '../../compact';
import { isRecord } from '../../json';
import { failureOf } from './evidence';
import { JOB_LABEL } from './job';
import { isNode } from './nodes';

type Fields = Readonly<Record<string, unknown>>;

/** A container of a pod, with the data about its image. */
export interface PodImage {
  readonly pod: string;
  readonly node: string;
  /** As named in the pod. */
  readonly image: string;
  /** `sha256:…` of imageID; absent if the runtime reports none. */
  readonly digest?: string;
  /** ISO 8601; absent if it never ran. */
  readonly startedAt?: string;
  /** Whether it belongs to the Job that verify renders. */
  readonly isCanary: boolean;
  /** Why the image was not pulled, in the words of kubelet. */
  readonly failure?: string;
}

/** The result of one node's canary pod. */
export type CanaryPod =
  | { readonly shows: 'pulled'; readonly node: string; readonly image: string }
  | { readonly shows: 'missing' | 'nothing'; readonly node: string; readonly image: string; readonly why: string };

/** Containers of `kubectl get pods -o json`; undefined for anything else. */
export function podImages(document: unknown): PodImage[] | undefined {
  if (!isRecord(document) || !Array.isArray(document['items'])) return undefined;
  return (document['items'] as unknown[])
    .filter(isRecord)
    .filter((item) => !isNode(item))
    .flatMap(imagesOfPod);
}

/**
 * A digest or a start proves the pull, also if the container failed afterwards: the image contains no program
 * to run. A failed pull proves something only if the registry was reached and did not have the image, or denied
 * it.
 */
export function canaryPod({ node, image, digest, failure, startedAt }: PodImage): CanaryPod {
  if (digest !== undefined || startedAt !== undefined) return { shows: 'pulled', node, image };
  if (failure === undefined) return { shows: 'nothing', node, image, why: 'the pod has not tried to pull yet' };
  return {
    shows: ['missing', 'denied'].includes(failureOf(failure)) ? 'missing' : 'nothing',
    node,
    image,
    why: failure,
  };
}

/**
 * All three sorts of containers. Status and specification are matched by name: the order of the two lists may
 * differ.
 */
function imagesOfPod(pod: Fields): PodImage[] {
  const metadata = recordAt(pod, 'metadata');
  const spec = recordAt(pod, 'spec');
  const status = recordAt(pod, 'status');
  const isCanary = JOB_LABEL in recordAt(metadata, 'labels');
  const name = `${textAt(metadata, 'namespace') ?? 'default'}/${textAt(metadata, 'name') ?? ''}`;
  const node = textAt(spec, 'nodeName') ?? 'no node';
  const statuses = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'].flatMap((key) =>
    Array.isArray(status[key]) ? (status[key] as unknown[]).filter(isRecord) : [],
  );
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) =>
    Array.isArray(spec[key]) ? (spec[key] as unknown[]).filter(isRecord) : [],
  );
  return containers.map((container) => {
    const own = statuses.find((one) => textAt(one, 'name') === textAt(container, 'name')) ?? {};
    const state = recordAt(own, 'state');
    const waiting = recordAt(state, 'waiting');
    const started =
      textAt(recordAt(state, 'running'), 'startedAt') ?? textAt(recordAt(state, 'terminated'), 'startedAt');
    const digest = /sha256:[0-9a-f]{64}$/.exec(textAt(own, 'imageID') ?? '')?.[0];
    const isPullFailure = /ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName/.test(
      textAt(waiting, 'reason') ?? '',
    );
    return compact({
      pod: name,
      node,
      image: textAt(container, 'image') ?? '',
      isCanary,
      digest,
      startedAt: started,
      failure: isPullFailure ? (textAt(waiting, 'message') ?? textAt(waiting, 'reason') ?? 'not pulled') : undefined,
    });
  });
}

function recordAt(value: Fields, key: string): Fields {
  const found = value[key];
  return isRecord(found) ? found : {};
}

function textAt(value: Fields, key: string): string | undefined {
  const found = value[key];
  return typeof found === 'string' && found !== '' ? found : undefined;
}
