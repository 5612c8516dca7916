import { isLoopback, urlOf } from './declared';
import type { Rule } from './rule';

/** Loopback addresses may be http: the traffic does not leave the machine. */
export const hp040: Rule = {
  id: 'HP040',
  title: 'clients reach Harbor with https',
  severity: 'high',
  why: 'With http an attacker on the network can read passwords and tokens, and replace images (CIS Docker 2.5).',
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
      message: `${what} is http, without encryption`,
      hint: 'use https, with ca_file for a private certificate authority',
    },
  ];
}
