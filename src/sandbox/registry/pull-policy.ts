import type { Context } from '../context';
import { HarborError } from '../errors';
import type { ArtifactRow, ProjectRow } from '../store/rows';
import { allowedCves, partsOf, reportsOf, type Verdict, verdictOn } from '../scanning/reports';
import { askMetadata, hasCapability, scannerOf } from '../scanning/scanners';
import { isAtLeast, type Severity, severityOf } from '../store/rows/vulnerability-report';
import { accessoriesOf } from './accessories';

const SIGNATURES = [
  { key: 'enable_content_trust_cosign', type: 'signature.cosign', name: 'cosign' },
  { key: 'enable_content_trust', type: 'signature.notation', name: 'notation' },
] as const;

/**
 * What a project requires of an image before it can be pulled. Only checked on the local path: a proxied first pull is
 * never blocked (docs/harbor-behavior.md 10.10).
 * @throws HarborError 412
 */
export async function checkPullPolicy(context: Context, project: ProjectRow, artifact: ArtifactRow): Promise<void> {
  // Signatures themselves must stay pullable, or nothing could ever be verified.
  if (context.store.accessories.count('artifact', artifact.id) > 0) return;
  requireSignatures(context, project, artifact);
  if (project.metadata['prevent_vul'] === 'true') await requireHarmless(context, project, artifact);
}

/** Cosign before Notation, if a project wants both. */
function requireSignatures(context: Context, project: ProjectRow, artifact: ArtifactRow): void {
  for (const { key, type, name } of SIGNATURES) {
    if (project.metadata[key] !== 'true') continue;
    if (accessoriesOf(context, artifact).some((accessory) => accessory.type === type)) continue;
    throw new HarborError('PROJECTPOLICYVIOLATION', `The image is not signed by ${name}.`);
  }
}

/** An image that cannot be scanned passes: every image if there is no scanner or its adapter does not respond. */
async function requireHarmless(context: Context, project: ProjectRow, artifact: ArtifactRow): Promise<void> {
  const { store } = context;
  const scanner = scannerOf(store, project);
  // An index only names the child to pull, and that child is checked itself.
  if (!scanner || artifact.references.length > 0) return;
  const metadata = await askMetadata(scanner);
  if (!partsOf(store, artifact).some((part) => hasCapability(metadata, part))) return;
  const verdict = verdictOn(reportsOf(store, scanner, artifact), allowedCves(context, project));
  const threshold = severityOf(project.metadata['severity']);
  const complaint = complaintAbout(verdict, threshold);
  if (complaint !== undefined) throw new HarborError('PROJECTPOLICYVIOLATION', complaint);
}

/** Undefined: it may be pulled. Harbor's sentences, which a person sees in the output of a client. */
function complaintAbout(verdict: Verdict | undefined, threshold: Severity): string | undefined {
  const policy = `due to configured policy in 'Prevent images with vulnerability severity of "${threshold}" or higher from running.' To continue with pull, please contact your project administrator`;
  if (!verdict) return `current image without vulnerability scanning cannot be pulled ${policy} for help.`;
  const { status, severity, count } = verdict;
  if (status !== 'Success')
    return `current image with "${status}" status of vulnerability scanning cannot be pulled ${policy} for help.`;
  if (count === 0 || !isAtLeast(severity, threshold)) return undefined;
  const what = count === 1 ? 'vulnerability' : 'vulnerabilities';
  return `current image with ${count} ${what} cannot be pulled ${policy} to exempt matched vulnerabilities through configuring the CVE allowlist.`;
}
