/** How Harbor stores the DN of a group (src/common/utils: TrimLower). */
export function trimLower(dn: string): string {
  return dn.toLowerCase().trim();
}
