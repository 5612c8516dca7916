import { applicable, advisoryLine } from '../../advisories';
import { compact } from '../../compact';
import { imagesFile, newerReleases, newestRelease, type ImagePin } from '../../deploy';
import { parseImageName, tagsIn, type RegistryClient } from '../../oci';
import type { AppContext } from '../context';
import { readPins } from './pins';
import { openRegistry, type RegistryOptions } from './registry';
import { resolveImage } from './resolve';
import { demanded, readSigners, unsigned, type Signers } from './signers';

/** Which pins are compared, and how much cosign has verified already. */
export interface CheckOptions extends RegistryOptions {
  readonly stacks: string;
  readonly platform: string;
  /** Keyless signatures were verified by cosign itself. */
  readonly skipKeyless: boolean;
  /** Only this release of images.yaml. */
  readonly release?: string;
}

/** How a pin compares with the image that its tag names in the registry. */
export interface CheckedPin {
  readonly release: string;
  readonly id: string;
  /** As pinned, with tag and digest. */
  readonly image: string;
  readonly outcome: 'same' | 'moved' | 'gone' | 'unsigned' | 'not known';
  /** The digest of the tag now, or why it is unknown. */
  readonly detail?: string;
}

/** Every pin of the chosen releases is in `pins`, also equal ones. */
export interface CheckedImages {
  readonly file: string;
  readonly pins: readonly CheckedPin[];
  /** Releases of Harbor that are newer than the newest pinned one; absent if the tags could not be listed. */
  readonly newer?: readonly string[];
  /** Known faults of the newest pinned release. */
  readonly advisories: readonly string[];
}

/**
 * The use case behind `images check`: compares every pin with its tag, and names newer releases and advisories. Writes
 * nothing. @throws UsageError, DeclarationError, NetworkError
 */
export async function checkImages(context: AppContext, options: CheckOptions): Promise<CheckedImages> {
  const file = imagesFile(options.stacks);
  const { harbor, signatures } = await readPins(file, 'no registry was asked');
  const signers = await readSigners(file, demanded(signatures, options));
  const releases = Object.keys(harbor).filter((one) => options.release === undefined || one === options.release);
  const newest = newestRelease(releases);
  const { client, path } = await openRegistry(context, options);
  try {
    const pinned = releases.flatMap((release) =>
      Object.entries(harbor[release] ?? {}).map(([id, pin]) => ({ release, id, pin })),
    );
    const pins = await Promise.all(
      pinned.map(async ({ release, id, pin }) => ({
        release,
        id,
        ...(await compared(client, path, pin, signers, options, context)),
      })),
    );
    const tags = await tagsOf(client, `${path}goharbor/harbor-core`, context);
    return compact({
      file,
      pins,
      newer: newest === undefined || !tags ? undefined : newerReleases(tags, newest),
      advisories: newest === undefined ? [] : applicable(newest, []).map((one) => advisoryLine(one)),
    });
  } finally {
    await client.close();
  }
}

/**
 * The tag is resolved again. `gone` only if the registry says that there is none: any other problem is `not
 * known`.
 */
async function compared(
  client: RegistryClient,
  path: string,
  { image }: ImagePin,
  signers: Signers,
  { platform }: CheckOptions,
  { signal }: AppContext,
): Promise<Omit<CheckedPin, 'release' | 'id'>> {
  const parsed = parseImageName(image);
  if ('problem' in parsed) return { image, outcome: 'not known', detail: parsed.problem };
  const { repository, tag = 'latest', digest } = parsed.value;
  const name = repository.startsWith(path) ? repository : `${path}${repository}`;
  const now = await resolveImage(client, name, tag, { platform, signal });
  if ('problem' in now) return { image, outcome: now.absent ? 'gone' : 'not known', detail: now.problem };
  if (now.digest !== digest) return { image, outcome: 'moved', detail: `${tag} is ${now.digest} now` };
  const wire = { record: () => undefined, signal };
  const missing = await unsigned(signers, client, { image, repository: name, digest }, wire);
  if (!missing) return { image, outcome: 'same' };
  return { image, outcome: missing.isUnknown ? 'not known' : 'unsigned', detail: missing.problem };
}

const MAX_TAGS = 1000;

/** The first thousand; undefined where the registry does not list them. */
async function tagsOf(
  client: RegistryClient,
  repository: string,
  { signal }: AppContext,
): Promise<string[] | undefined> {
  const path = `/v2/${repository}/tags/list?n=${MAX_TAGS}`;
  const answer = await client.authorized({ method: 'GET', path }, repository, { record: () => undefined, signal });
  return answer.status === 200 ? tagsIn(answer.body) : undefined;
}

/** A tag that moved or is gone outranks one that is unknown. */
export function pinsOutcome({ pins }: CheckedImages): 'ok' | 'changes' | 'error' {
  if (pins.some(({ outcome }) => outcome !== 'same' && outcome !== 'not known')) return 'changes';
  return pins.some(({ outcome }) => outcome === 'not known') ? 'error' : 'ok';
}
