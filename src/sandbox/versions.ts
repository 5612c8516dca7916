/** Several of them for a change that was also backported to an older version. */
interface Span {
  /** The first version that has it, such as `2.15.1`; absent: every version. */
  readonly since?: string;
  /** The first version that no longer has it. */
  readonly until?: string;
}

/**
 * Differences between Harbor 2.13 and 2.16, each as recorded (docs/guides/sandbox.md). This is the only place that
 * knows versions: a route asks for the feature, never for the version.
 */
const SPANS = {
  /** Project metadata of this name is stored; earlier versions drop it. */
  maxUpstreamConn: { since: '2.14' },
  localOnNotFound: { since: '2.15.1' },
  repositoryFilter: { since: '2.16' },
  referrerApi: { since: '2.16' },

  /** `dtr`, `gitlab` and `quay` are listed as adapters, and quay may be proxied. */
  oldAdapters: { until: '2.14' },
  /** aws-ecr offers the regions opened since 2020, and China's under their own domain. */
  moreEcrRegions: { since: '2.16' },

  registryCertificate: { since: '2.15' },
  /** Every request to an upstream carries the same name, also those for `/v2/` and for a token. */
  namesEveryRequest: [{ since: '2.14.4', until: '2.15' }, { since: '2.15.1' }],
  /** Where Harbor logs in to Docker Hub; earlier versions use `/v2/users/login/`. */
  hubTokenLogin: [{ since: '2.14.4', until: '2.15' }, { since: '2.15.1' }],
  /** A registry that gets another URL without a secret loses the stored secret. */
  urlChangeDropsSecret: { since: '2.16' },
  /** A ping of a stored registry reads only the credential from the body. */
  pingKeepsStoredUrl: { since: '2.16' },

  singleActiveReplication: { since: '2.14' },
  gcDeletesTags: { since: '2.15' },
  /** The validator's heading appears once before a wrong schedule type, not twice. */
  singleScheduleHeading: { since: '2.14' },

  /** A manifest that was pulled by tag is stored with the tag; in earlier versions only a HEAD attaches tags. */
  tagsWhatIsPulled: { since: '2.14' },
  /** The local copy of an image that the upstream deleted is deleted too. */
  forgetsWhatIsGone: { since: '2.14', until: '2.15.1' },
  /** An index has the pull time of its children, also when it is stored (goharbor/harbor#20844). */
  indexPullTime: { since: '2.15.1' },
  /** A blob that is passed through has its headers, including its length. */
  blobHeaders: { since: '2.16' },

  /** Names, numbers and empty parts that 2.15 accepted or returned 500 for are refused. */
  stricterInput: { since: '2.16' },
  /** Docker Hub's short names are also redirected to `library/` for lists of tags. */
  redirectsTagLists: { since: '2.16' },
  /** A body of more than 4 MiB is refused with 413: a manifest, or a body that the audit log records. */
  limitsBodies: { since: '2.16' },
  auditsMembers: { since: '2.16' },
  inheritedAccessories: { since: '2.16' },
} as const satisfies Readonly<Record<string, Span | readonly Span[]>>;

/** One flag for each recorded difference, for one version. */
export type Features = Readonly<Record<keyof typeof SPANS, boolean>>;

/** The recorded patch of each minor version: `2.15` alone means it. */
const RECORDED: Readonly<Record<string, string>> = {
  '2.13': 'v2.13.5',
  '2.14': 'v2.14.4',
  '2.15': 'v2.15.2',
  '2.16': 'v2.16.0',
};

/** `v2.15.2` for `2.15.2` and for `2.15`; undefined for a version without recordings. */
export function supportedVersion(text: string): string | undefined {
  const [, minor = '', patch] = /^v?(\d+\.\d+)(\.\d+)?$/.exec(text) ?? [];
  const recorded = RECORDED[minor];
  return recorded === undefined || patch === undefined ? recorded : `v${minor}${patch}`;
}

/** @param version as `v2.15.2`, with or without a build suffix */
export function featuresOf(version: string): Features {
  const spans = Object.entries(SPANS) as [keyof Features, Span | readonly Span[]][];
  return Object.fromEntries(
    spans.map(([name, span]) => [name, [span].flat().some((one) => isWithin(version, one))]),
  ) as Features;
}

function isWithin(version: string, { since, until }: Span): boolean {
  return (since === undefined || isAtLeast(version, since)) && (until === undefined || !isAtLeast(version, until));
}

/** Whether `v2.15.2` is this version (`2.15`, `2.15.1`) or a later one. */
function isAtLeast(version: string, wanted: string): boolean {
  const found = numbers(version);
  for (const [index, number] of numbers(wanted).entries()) {
    const difference = (found[index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbers(version: string): number[] {
  return (/^v?([\d.]+)/.exec(version)?.[1] ?? '').split('.').map(Number);
}
