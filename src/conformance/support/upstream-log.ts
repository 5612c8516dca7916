/**
 * The requests in an upstream's log that concern one repository. `alpine` also matches `library/alpine`, because
 * Harbor's Docker Hub adapter adds the prefix.
 */
export function requestsTo(log: readonly string[], repository: string): string[] {
  return log.filter((line) => line.includes(`/v2/${repository}/`) || line.includes(`/v2/library/${repository}/`));
}
