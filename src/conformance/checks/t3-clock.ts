import { header } from '../../oci';
import type { HostCheck } from '../model/check';
import type { CheckContext } from '../model/context';
import { evidence, fail, pass, skip, type Outcome } from '../model/outcome';
import { problem } from '../model/problem';

/**
 * A skew of more than a minute fails, because tokens contain times. The Date header has whole seconds, so one second is
 * allowed where Harbor seems to be behind.
 */
export const check: HostCheck = {
  id: 'T3',
  title: 'The clocks agree',
  proves: "Harbor's clock and this machine's are less than a minute apart.",
  why: 'Tokens contain times: with a wrong clock Harbor refuses new tokens or accepts expired ones.',
  limits: 'Cannot tell which of the two clocks is wrong; a Date has whole seconds.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'host',
  run,
};

const MAX_SKEW_SECONDS = 60;

async function run({ anonymous, wire }: CheckContext): Promise<Outcome> {
  const sentAt = Date.now();
  const answer = await anonymous.plain({ method: 'GET', path: '/v2/' }, wire);
  return judge(header(answer, 'date'), sentAt, Date.now());
}

/** @param sentAt,receivedAt milliseconds since 1970, on our clock */
export function judge(date: string | undefined, sentAt: number, receivedAt: number): Outcome {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return skip(`the response has no usable Date header, but "${date ?? 'none'}"`);
  const early = (sentAt - theirs) / 1000 - 1;
  const late = (theirs - receivedAt) / 1000;
  const skew = Math.round(Math.max(early, late, 0));
  const shown = [evidence('Date', date ?? '')];
  if (skew <= MAX_SKEW_SECONDS) return pass(`${skew} s apart`, shown);
  const words = `${spanOf(skew)} ${early > late ? 'behind' : 'ahead of'}`;
  return fail(`Harbor's clock is ${words} this machine's`, shown, [
    problem('clock-skew', String(early > late ? -skew : skew), words),
  ]);
}

/** `90 s`, `5 min`, `2 h`. */
function spanOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
