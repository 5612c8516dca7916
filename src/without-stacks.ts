/**
 * For work that creates many errors, or one that nobody prints. A stack is expensive, and in the bundle its lines are searched
 * in 2.8 MB.
 */
export function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
