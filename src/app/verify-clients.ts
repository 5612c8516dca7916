import { canaryJob, verifyClients, type VerifyClientsOptions } from './clients/verify';
import { verifyPods } from './clients/verify-pods';
import type { AppContext } from './context';
import { verdictOutcome, type Outcome } from './outcome';
import { podsAsJson, podsAsText, verifiedAsJson, verifiedAsText } from './render/verified-clients';

/** Of the three ways, `renderJob` is used before `pods`, and `pods` before a machine. */
export interface VerifyOptions extends VerifyClientsOptions {
  readonly format: string;
  /** Only write a Kubernetes Job that does it. */
  readonly renderJob: boolean;
  readonly nodes: number;
  readonly namespace: string;
  /** Output of kubectl for running pods: they are judged instead of a machine. */
  readonly pods?: string;
}

/**
 * Finds out which registry serves the clients of a machine or of a cluster.
 * @throws UsageError, DeclarationError, NetworkError
 */
export async function verifyAs(
  app: AppContext,
  options: VerifyOptions,
): Promise<{ readonly text: string; readonly outcome: Outcome }> {
  const isJson = options.format === 'json';
  if (options.renderJob) return { text: canaryJob(options), outcome: 'ok' };
  const { pods } = options;
  if (pods !== undefined) {
    const verified = await verifyPods(app, { ...options, pods });
    return { text: isJson ? podsAsJson(verified) : podsAsText(verified), outcome: verdictOutcome(verified.pods) };
  }
  const verified = await verifyClients(app, options);
  const text = isJson ? verifiedAsJson(verified) : verifiedAsText(verified);
  return { text, outcome: verdictOutcome(verified.clients) };
}
