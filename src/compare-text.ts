/** For `sort`: by code unit, not by locale, because locales differ between machines. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
