import { explainSsh, judgeKeyMode } from '../../../../src/app/up/steps';

const HOST = { address: 'vm.corp.internal', user: 'deploy', port: 2222, identityFile: '~/.ssh/harbor', local: false };

it.each([
  ['ssh: Could not resolve hostname vm.corp.internal: Name or service not known', /does not resolve/, /vm\.corp/],
  ['ssh: connect to host vm.corp.internal port 2222: Connection refused', /connection refused/, /port 2222/],
  ['ssh: connect to host vm.corp.internal port 2222: Connection timed out', /no answer/, /firewall/],
  ['ssh: connect to host 10.0.0.7 port 22: No route to host', /no answer/, /firewall/],
  ['Host key verification failed.', /host key/, /ssh -p 2222 deploy@vm\.corp\.internal/],
  [
    'Permissions 0644 for \'k\' are too open.\nLoad key "k": bad permissions',
    /others can read/,
    /chmod 600 ~\/\.ssh\/harbor/,
  ],
  [
    'deploy@vm.corp.internal: Permission denied (publickey).',
    /none of the offered keys/,
    /~\/\.ssh\/harbor\.pub .* of deploy/,
  ],
  ['kex_exchange_identification: read: Connection reset', /kex_exchange_identification/, /by hand: ssh -p 2222/],
  ['', /gave no reason/, /by hand/],
])('%s', (stderr, message, hint) => {
  expect(explainSsh(stderr, HOST)).toEqual({
    rule: 'host-unreachable',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

it.each([
  [0o100600, undefined],
  [0o100400, undefined],
  [0o100644, '0644'],
  [0o100640, '0640'],
])('a key of mode %i', (mode, shown) => {
  expect(judgeKeyMode('~/.ssh/harbor', mode)?.message).toEqual(
    shown === undefined ? undefined : expect.stringContaining(`has mode ${shown}`),
  );
});
