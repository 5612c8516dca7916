/** For `sort`: by code unit, not by locale, for two machines may have two. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
