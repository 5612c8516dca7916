import { stringify } from 'yaml';

/** What differs from one cluster to another. */
export interface JobOptions {
  /** An image that only the cache has, under the name that pods use. */
  readonly canary: string;
  /** Nodes to verify, one pod each. */
  readonly nodes: number;
  readonly namespace: string;
}

/** On each pod: `verify --pods` recognizes its own pods by it and reads all others as ordinary workload. */
export const JOB_LABEL = 'breakwater.io/clients-verify';

/**
 * A Job whose pods perform the pull: the image of each is the canary, which a node can only get from the cache. The
 * image contains no program, so every pod fails after the pull; only the pull counts.
 */
export function renderJob({ canary, nodes, namespace }: JobOptions): string {
  const labels = { [JOB_LABEL]: 'true' };
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'breakwater-clients-verify', namespace, labels },
    spec: {
      completions: nodes,
      parallelism: nodes,
      backoffLimit: 0,
      ttlSecondsAfterFinished: 3600,
      activeDeadlineSeconds: 300,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
              ],
            },
          },
          tolerations: [{ operator: 'Exists' }],
          securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [container(canary)],
        },
      },
    },
  };
  return [
    '# Pulls an image that only the cache has, once on each node. Written by breakwater clients verify --render-job.',
    `# kubectl apply -f FILE; then: kubectl get pods -n ${namespace} -l ${JOB_LABEL} -o json > pods.json`,
    '# breakwater clients verify --pods pods.json',
    stringify(job, { lineWidth: 0 }),
  ].join('\n');
}

/**
 * The command does not exist: the pull is what is tested, and the container must not run anything. `Always`
 * makes the node pull although it has the image.
 */
function container(image: string): object {
  return {
    name: 'canary',
    image,
    imagePullPolicy: 'Always',
    command: ['/nothing-to-run'],
    resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { memory: '16Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}
