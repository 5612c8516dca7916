import { ApplyError } from '../../errors';
import { describeSecretReference, type SecretReference } from '../../secret-reference';
import type { WriteContext } from '../kind';

const MIN_LENGTH = 8;
const MAX_LENGTH = 128;

/**
 * A declared secret of a robot or password of a user, validated before any request.
 * @throws SecretError if it cannot be resolved, ApplyError if it breaks Harbor's rule; neither shows it
 */
export async function passwordOf(
  context: WriteContext,
  address: string,
  what: string,
  reference: SecretReference,
): Promise<string> {
  const secret = await context.secret(reference);
  if (fitsRule(secret)) return secret;
  throw new ApplyError(
    `${address}: the ${what} from ${describeSecretReference(reference)} does not meet Harbor's rule: ${MIN_LENGTH} to ${MAX_LENGTH} characters with at least one upper-case letter, one lower-case letter and one digit`,
    address,
  );
}

/** @throws SecretError, ApplyError as `passwordOf` */
export function robotSecret(context: WriteContext, address: string, reference: SecretReference): Promise<string> {
  return passwordOf(context, address, 'secret', reference);
}

function fitsRule(secret: string): boolean {
  const isLong = secret.length >= MIN_LENGTH && secret.length <= MAX_LENGTH;
  return isLong && [/[A-Z]/, /[a-z]/, /\d/].every((rule) => rule.test(secret));
}
