interface Loss {
  /** What no longer holds. */
  readonly lost: string;
  /** The key of the environment file that says the same safely, or what to do. */
  readonly instead?: string;
}

/** Values that the rules or other parts of Breakwater rely on, and what is lost when someone sets them. */
const LOSSES: readonly (readonly [RegExp, Loss])[] = [
  [
    /(^|\.)image(\.|$)/,
    {
      lost: 'the image is not the pinned one, so that no plan shows when its content changes (HP039)',
      instead: 'pin the image in stacks/images.yaml',
    },
  ],
  [
    /^containerSecurityContext(\.|$)/,
    { lost: 'containers may run as root, with capabilities or new privileges (HP038)', instead: 'remove it' },
  ],
  [
    /\.podDisruptionBudget(\.|$)/,
    {
      lost: 'a drained node may evict every pod at once, or wait forever (HP055)',
      instead: 'use max_unavailable',
    },
  ],
  [
    /^(database|redis)\.(type|internal)(\.|$)/,
    { lost: 'data would be in a single pod of the chart', instead: 'declare harbor.database and harbor.redis' },
  ],
  [
    /^persistence\.(enabled|imageChartStorage)(\.|$)/,
    { lost: 'images may be stored where only one pod sees them', instead: 'declare harbor.storage' },
  ],
  [
    /^expose\.(type|tls)(\.|$)/,
    { lost: 'clients may get another certificate, or none (HP037)', instead: 'use cluster.ingress or cluster.gateway' },
  ],
  [
    /^externalURL$|^expose\.(ingress\.hosts|route\.hosts)(\.|$)/,
    { lost: 'tokens and redirects name another host than harbor.hostname', instead: 'set harbor.hostname' },
  ],
  [
    /(^|\.)existing(Xsrf)?Secret|\.secretName$|^existingSecret/,
    { lost: 'the Secret named in cluster.secrets is not used', instead: 'name it in cluster.secrets' },
  ],
  [
    /^updateStrategy(\.|$)/,
    { lost: 'all pods of a service may be stopped before the new ones run', instead: 'remove it' },
  ],
  [
    /^enableMigrateHelmHook$/,
    { lost: 'who migrates the database at an upgrade changes: the job, or the first pod of core' },
  ],
  [
    /^jobservice\.jobLoggers(\.|$)/,
    { lost: 'a log in a file can be read only on the pod that ran the job', instead: 'remove it' },
  ],
  [
    /^(fullnameOverride|nameOverride)$/,
    { lost: 'the objects have other names than those that are checked here', instead: 'remove it' },
  ],
  [
    /^core\.configureUserSettings$/,
    {
      lost: 'Harbor then refuses every change of its configuration by the API, so that `breakwater apply` fails',
      instead: 'declare configuration: in the policies',
    },
  ],
  [
    /(^trivy\.insecure|\.skipverify)$/,
    { lost: 'the certificate of the other side is not verified', instead: 'use ca_bundle_secret' },
  ],
];

/**
 * The first pattern that fits; undefined if nothing relies on the value.
 * @param path of a value, dotted, such as `core.image.tag`
 */
export function lossOf(path: string): Loss | undefined {
  return LOSSES.find(([pattern]) => pattern.test(path))?.[1];
}
