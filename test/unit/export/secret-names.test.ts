import { renderSecretList, secretNames } from '../../../src/export/secret-names';

describe('names of secrets', () => {
  it.each([
    [['registry', 'docker-hub'], 'credential.access_secret', 'REGISTRY_DOCKER_HUB_ACCESS_SECRET'],
    [['robot', 'proxy.docker.io+puller'], 'secret', 'ROBOT_PROXY_DOCKER_IO_PULLER_SECRET'],
    [[], 'oidc_client_secret', 'OIDC_CLIENT_SECRET'],
    [['', '7'], '0', 'SECRET_7_0'],
  ])('of %j %s', (of, field, env) => {
    expect(secretNames().reference(of, 'a/b', field)).toEqual({ env });
  });

  it('are given once to the same secret, and never to two', () => {
    const names = secretNames();
    const first = names.reference(['robot', 'a-b'], 'robot/a-b', 'secret');
    expect(names.reference(['robot', 'a-b'], 'robot/a-b', 'secret')).toEqual(first);
    expect(names.reference(['robot', 'a_b'], 'robot/a_b', 'secret')).toEqual({ env: 'ROBOT_A_B_SECRET_2' });
    expect(names.reference(['robot', 'a.b'], 'robot/a.b', 'secret')).toEqual({ env: 'ROBOT_A_B_SECRET_3' });
    expect(names.given()).toHaveLength(3);
  });

  it('are listed to be filled in', () => {
    const names = secretNames();
    names.reference(['robot', 'ci'], 'robot/ci', 'secret');
    expect(renderSecretList(names.given())).toMatch(/Git\.\n\n# robot\/ci: secret\nROBOT_CI_SECRET=\n$/);
  });
});
