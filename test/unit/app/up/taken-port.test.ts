import { explainPort } from '../../../../src/app/up/steps';

const HOST = { address: 'vm.corp.internal', user: 'deploy', port: 22, local: false };
/** What Terraform says of the docker provider. */
const FAILED = [
  'docker_container.log: Creating...',
  'Error: Unable to start container: Error response from daemon: driver failed programming external connectivity on',
  'endpoint harbor-log (6ad62a67): Bind for 127.0.0.1:1514 failed: port is already allocated',
  '  with docker_container.log,',
];

describe('explainPort', () => {
  it('names the port, the host, and what frees it', () => {
    expect(explainPort(FAILED, HOST)).toBe(
      'port 127.0.0.1:1514 on vm.corp.internal is taken in Docker: docker ps names the container that publishes it; ' +
        'if none does, free it: sudo systemctl restart docker',
    );
  });

  it.each([
    ['nothing', []],
    ['another error of Docker', ['Error: Unable to start container: No such image: harbor-log']],
    ['a port that another program has', ['listen tcp4 127.0.0.1:1514: bind: address already in use']],
  ])('says nothing about %s', (_what, lines) => {
    expect(explainPort(lines, HOST)).toBeUndefined();
  });
});
