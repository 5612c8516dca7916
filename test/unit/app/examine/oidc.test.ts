import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { oidcProblems } from '../../../../src/app/examine/oidc';

type Part = 'discovery' | 'authorization' | 'token';

/** The problems of a provider of which everything is right, but one part returns this status. */
async function problemsIf(part: Part, status: number): Promise<string[]> {
  const server = createServer(({ url = '' }, response) => {
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const asked: Part = url.startsWith('/.well-known') ? 'discovery' : url === '/token' ? 'token' : 'authorization';
    const body = {
      discovery: { issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` },
      token: { error: 'invalid_grant' },
      authorization: {},
    };
    if (asked === part) return void response.writeHead(status).end();
    response.writeHead(asked === 'token' ? 400 : 200).end(JSON.stringify(body[asked]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const declared = { oidc_endpoint: endpoint, oidc_client_id: 'harbor', oidc_scope: 'openid' };
    return await oidcProblems(declared, { harborUrl: 'https://harbor.test', clientSecret: 's' });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it.each<[Part, number, RegExp]>([
  ['discovery', 503, /^whether oidc_endpoint is right is not known: .*openid-configuration returned 503$/],
  ['discovery', 404, /returned 404: oidc_endpoint must be the issuer URL/],
  ['authorization', 429, /^whether it knows the redirect URI .* is not known: .*\/auth returned 429$/],
  ['discovery', 403, /^whether oidc_endpoint is right is not known: .*openid-configuration returned 403$/],
  ['authorization', 403, /^whether it knows the redirect URI .* is not known: .*\/auth returned 403$/],
  ['authorization', 400, /^the provider refuses client "harbor" with the redirect URI/],
  ['token', 502, /^whether the declared oidc_client_secret is right is not known: .*\/token returned 502$/],
])('a provider whose %s returns %i', async (part, status, words) => {
  expect(await problemsIf(part, status)).toEqual([expect.stringMatching(words)]);
});
