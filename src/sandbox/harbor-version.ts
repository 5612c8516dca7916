/** Whether `v2.15.2` is of this minor or a later one. */
export function isAtLeast(version: string, minor: string): boolean {
  const [major = 0, second = 0] = numbers(version);
  const [wantedMajor = 0, wantedSecond = 0] = numbers(minor);
  return major > wantedMajor || (major === wantedMajor && second >= wantedSecond);
}

function numbers(version: string): number[] {
  return version.replace(/^v/, '').split('.').map(Number);
}
