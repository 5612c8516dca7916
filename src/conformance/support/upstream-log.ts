/**
 * The requests of an upstream's log that concern one repository. `alpine` matches `library/alpine` too:
 * Harbor's Docker Hub adapter adds the prefix.
 */
export function requestsTo(log: readonly string[], repository: string): string[] {
  return log.filter((line) => line.includes(`/v2/${repository}/`) || line.includes(`/v2/library/${repository}/`));
}
