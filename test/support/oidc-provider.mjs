// A real OpenID Connect provider in a process of its own: it is an ES module, and our tests are not.
// Argument: JSON of { cert, key, client: { id, secret, redirectUri } }; prints its issuer when it is ready.
import { createServer } from 'node:https';
import Provider from 'oidc-provider';

const { cert, key, client } = JSON.parse(process.argv[2]);
const server = createServer({ cert, key });
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `https://localhost:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [client.redirectUri] }],
  scopes: ['openid', 'offline_access', 'groups'],
  claims: { openid: ['sub'], profile: ['name'], email: ['email'], groups: ['groups'] },
});
server.on('request', provider.callback());
process.stdout.write(`${issuer}\n`);
