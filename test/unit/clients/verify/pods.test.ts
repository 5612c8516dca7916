import { parse } from 'yaml';
import { canaryPod, nodeImages, podImages, renderJob } from '../../../../src/clients';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function pod(status: object, { image = 'docker.io/library/php:8', labels = {} } = {}): object {
  return {
    metadata: { namespace: 'web', name: 'php-1', labels },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'php', image }],
      initContainers: [{ name: 'init', image: 'busybox' }],
    },
    status: { containerStatuses: [{ name: 'php', ...status }] },
  };
}

const canary = { labels: { 'breakwater.io/clients-verify': 'true' }, image: 'canary.test/breakwater/canary:1' };

describe('images that pods report', () => {
  it('reads every container, with the digest of its runtime', () => {
    const running = {
      imageID: `docker.io/library/php@${DIGEST}`,
      state: { running: { startedAt: '2026-11-28T03:00:00Z' } },
    };
    expect(podImages({ items: [pod(running)] })).toEqual(
      [
        { pod: 'web/php-1', node: 'n1', image: 'busybox', isCanary: false },
        {
          pod: 'web/php-1',
          node: 'n1',
          image: 'docker.io/library/php:8',
          isCanary: false,
          digest: DIGEST,
          startedAt: '2026-11-28T03:00:00Z',
        },
      ].sort((a, b) => (a.image === 'busybox' ? -1 : b.image === 'busybox' ? 1 : 0)),
    );
  });

  it.each([[{}], [[]], ['text'], [{ items: 'x' }], [null]])('does not accept %j as a list of pods', (document) =>
    expect(podImages(document)).toBeUndefined(),
  );

  it.each([
    ['pulled', { imageID: `canary.test/breakwater/canary@${DIGEST}`, state: { terminated: { exitCode: 128 } } }],
    ['missing', { state: { waiting: { reason: 'ErrImagePull', message: 'canary.test/…: not found' } } }],
    ['missing', { state: { waiting: { reason: 'ImagePullBackOff', message: 'pull access denied' } } }],
    ['nothing', { state: { waiting: { reason: 'ErrImagePull', message: 'dial tcp: i/o timeout' } } }],
    ['nothing', { state: { waiting: { reason: 'ContainerCreating' } } }],
    ['nothing', {}],
  ])('a canary pod shows %s: %j', (shows, status) => {
    const images = podImages({ items: [pod(status, canary)] }) ?? [];
    expect(canaryPod(images.find(({ image }) => image === canary.image)!).shows).toBe(shows);
  });
});

describe('images that nodes report', () => {
  const node = {
    kind: 'Node',
    metadata: { name: 'n1', creationTimestamp: '2026-11-01T00:00:00Z' },
    status: {
      images: [
        { names: [`docker.io/library/php@${DIGEST}`, 'docker.io/library/php:8', 'docker.io/library/php:8.3'] },
        { names: [`quay.io/a/b@${DIGEST}`, `harbor.test:8443/proxy.quay.io/a/b@${DIGEST}`] },
        { names: ['<none>@<none>', '<none>:<none>'] },
        { names: null, sizeBytes: 5 },
        { names: ['local/only:1'] },
      ],
    },
  };
  const since = { node: 'n1', nodeSince: '2026-11-01T00:00:00Z' };

  it('reads each repository of each image, with the digest', () => {
    expect(nodeImages({ items: [node] })).toEqual([
      { ...since, image: 'docker.io/library/php:8', digest: DIGEST },
      { ...since, image: `quay.io/a/b@${DIGEST}`, digest: DIGEST },
      { ...since, image: `harbor.test:8443/proxy.quay.io/a/b@${DIGEST}`, digest: DIGEST },
      { ...since, image: 'local/only:1' },
    ]);
  });

  it('distinguishes nodes and pods in one list', () => {
    const document = { items: [node, pod({}), { metadata: { name: 'n2' }, status: { images: [] } }] };
    expect(nodeImages(document)?.map((one) => one.node)).toEqual(['n1', 'n1', 'n1', 'n1']);
    expect(podImages(document)?.map((one) => one.pod)).toEqual(['web/php-1', 'web/php-1']);
  });

  it.each([[{}], ['text'], [{ items: 'x' }], [null]])('does not accept %j as a list', (document) =>
    expect(nodeImages(document)).toBeUndefined(),
  );
});

describe('the Job that pulls the canary', () => {
  const text = renderJob({ canary: canary.image, nodes: 3, namespace: 'ops' });
  const job = parse(text) as { spec: { template: { spec: Record<string, unknown> } } } & Record<string, unknown>;

  it('pulls on each node once, and always', () => {
    expect(job).toMatchObject({
      kind: 'Job',
      metadata: { namespace: 'ops' },
      spec: { completions: 3, parallelism: 3, backoffLimit: 0 },
    });
    const { containers, affinity } = job.spec.template.spec as { containers: object[]; affinity: object };
    expect(containers).toEqual([expect.objectContaining({ image: canary.image, imagePullPolicy: 'Always' })]);
    expect(JSON.stringify(affinity)).toContain('kubernetes.io/hostname');
  });

  it('has no rights', () => {
    expect(job.spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    });
  });
});
