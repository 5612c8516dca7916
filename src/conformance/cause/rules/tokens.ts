import { raiseLimit } from '../../answer-words';
import type { Problem } from '../../model/problem';

/** For the words of a cause: what T5 got from /service/token. */
export const tokenStatus = (problems: readonly Problem[]): string =>
  problems.find(({ kind }) => kind === 'no-token')?.value ?? 'no token';

/** The status is that of a proxy: for 502 to 504, Harbor behind it may be the one that is down. */
export function doAboutTokens(status: number): string {
  if (status === 429) return raiseLimit('/service/');
  return status >= 500
    ? 'read the log of the proxy in front, and that of core: it gets no response of Harbor for /service/, or fails itself'
    : 'correct the proxy or firewall in front: /service/ goes to Harbor, with the header Authorization';
}
