import { isLoopback, urlOf } from './declared';
import type { Rule } from './rule';

export const hp040: Rule = {
  id: 'HP040',
  title: 'Harbor is reached by https',
  severity: 'high',
  why: 'Over http anyone who is on the way reads passwords and tokens, and decides which image a machine runs (CIS Docker 2.5).',
  declared: {
    judge: ({ harbor, clients = [] }) => [
      ...insecure('harbor', 'harbor.url', harbor?.url),
      ...clients.flatMap(({ name, url }) => insecure(`client/${name}`, 'its url', url)),
    ],
    good: { harbor: { url: 'https://harbor.example.com' } },
    bad: { harbor: { url: 'http://harbor.example.com' } },
  },
};

/** A Harbor on this machine is a sandbox. */
function insecure(address: string, what: string, text: string | undefined) {
  const url = urlOf(text);
  if (url?.protocol !== 'http:' || isLoopback(url.hostname)) return [];
  return [
    {
      address,
      message: `${what} is http: nothing is encrypted`,
      hint: 'use https, with ca_file for a private certificate authority',
    },
  ];
}
