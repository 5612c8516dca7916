import type { TokenAnswer } from '../../oci';

type Refusal = Pick<TokenAnswer, 'status' | 'said'>;

/**
 * Whether Harbor itself sent this response of `/service/token` in place of a token. It refuses a login with 401 and fails
 * with 500, both without a body (docs/harbor-behavior.md 2.7).
 *
 *      status       no body       error of a registry   anything else
 *      401, 500     Harbor        Harbor                a proxy in front
 *      other 5xx    a proxy       Harbor                a proxy
 *      other        a proxy       a proxy               a proxy: Harbor limits and forbids nothing here
 */
export function isHarborsRefusal({ status, said }: Refusal): boolean {
  if (status === 401 || status === 500) return said !== 'other';
  return status > 500 && said === 'error';
}

/** As in the problem `no-token`. */
export function refuser(answer: Refusal): 'Harbor' | 'front door' {
  return isHarborsRefusal(answer) ? 'Harbor' : 'front door';
}
