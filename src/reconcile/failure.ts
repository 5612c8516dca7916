import { HarborApiError, NetworkError } from '../errors';

/** Harbor's response behind an error: kinds wrap it in their own message. */
export function harborErrorIn(error: unknown): HarborApiError | undefined {
  return causesOf(error).find((cause) => cause instanceof HarborApiError);
}

/**
 * Harbor reports that an object with this name exists: 409, and in some places 400 (`project 1 already has retention
 * policy 5`). A proxy's 409 says nothing about the name.
 */
export function isConflict(error: unknown): boolean {
  const answer = harborErrorIn(error);
  if (!answer?.isHarbors) return false;
  if (answer.status !== 400) return answer.status === 409;
  return /\balready (?:has|have|exists?)\b/i.test(answer.details.harborMessage ?? answer.message);
}

/**
 * Harbor did not respond itself: a gateway did, or the connection broke. Harbor may have applied it, or may still apply
 * it.
 */
export function wentUnanswered(error: unknown): boolean {
  const answer = harborErrorIn(error);
  return answer ? [502, 503, 504].includes(answer.status) : mayHaveHappened(error);
}

/** Harbor or its proxy is overloaded or temporarily unavailable. */
export function isBusy(error: unknown): boolean {
  const answer = harborErrorIn(error);
  return answer ? answer.temporary : failureIn(error) !== undefined;
}

/** Harbor's own 404, also inside of the error of a kind. That of a proxy says nothing about the object. */
export function isGone(error: unknown): boolean {
  const answer = harborErrorIn(error);
  return answer?.status === 404 && answer.isHarbors;
}

/** The request may have been applied anyway: the response was lost, truncated, or a 5xx after the effect. */
export function mayHaveHappened(error: unknown): boolean {
  return failureIn(error)?.sent === 'maybe';
}

/** Harbor's response takes precedence over network errors. */
function failureIn(error: unknown): HarborApiError | NetworkError | undefined {
  return harborErrorIn(error) ?? causesOf(error).find((cause) => cause instanceof NetworkError);
}

/** The run was stopped during this request. */
export function isStopped(error: unknown): boolean {
  return causesOf(error).some((cause) => cause instanceof NetworkError && cause.code === 'NETWORK_ABORTED');
}

/** Also for values that are not errors: anything can be thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** At most eight: a cause may contain itself. */
function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let cause = error; cause instanceof Error && chain.length < 8; cause = cause.cause) chain.push(cause);
  return chain;
}
