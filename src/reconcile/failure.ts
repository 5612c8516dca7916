import { HarborApiError, NetworkError } from '../errors';

/** Harbor's answer behind an error: kinds put their own words in front of it. */
export function harborErrorIn(error: unknown): HarborApiError | undefined {
  return causesOf(error).find((cause) => cause instanceof HarborApiError);
}

/**
 * Harbor says that there is one of this name already: 409, and in some places 400 (`project 1 already has retention
 * policy 5`).
 */
export function isConflict(error: unknown): boolean {
  const answer = harborErrorIn(error);
  if (answer?.status !== 400) return answer?.status === 409;
  return /\balready (?:has|have|exists?)\b/i.test(answer.details.harborMessage ?? answer.message);
}

/** No answer of Harbor came: a gateway spoke for it, or the connection broke. Harbor may have done it, or may still do it. */
export function wentUnanswered(error: unknown): boolean {
  const answer = harborErrorIn(error);
  return answer ? [502, 503, 504].includes(answer.status) : mayHaveHappened(error);
}

/** Harbor or its front door has too much to do, or is not there at the moment. */
export function isBusy(error: unknown): boolean {
  const answer = harborErrorIn(error);
  return answer ? answer.temporary : failureIn(error) !== undefined;
}

export function isGone(error: unknown): boolean {
  return harborErrorIn(error)?.status === 404;
}

/** The request may have been carried out anyway: the answer was lost, cut, or a 5xx that came after the effect. */
export function mayHaveHappened(error: unknown): boolean {
  return failureIn(error)?.sent === 'maybe';
}

/** What Harbor answered counts before what the network did. */
function failureIn(error: unknown): HarborApiError | NetworkError | undefined {
  return harborErrorIn(error) ?? causesOf(error).find((cause) => cause instanceof NetworkError);
}

/** The run was stopped while this was asked. */
export function isStopped(error: unknown): boolean {
  return causesOf(error).some((cause) => cause instanceof NetworkError && cause.code === 'NETWORK_ABORTED');
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let cause = error; cause instanceof Error && chain.length < 8; cause = cause.cause) chain.push(cause);
  return chain;
}
