import { nginxMirror, nginxRobot, type Mirror } from '../../../src/mirror';

const front = {
  harborUrl: 'https://harbor.corp.test:8443',
  certificates: '/etc/nginx/tls',
  robots: '/etc/nginx/robots',
  authorities: '/etc/ssl/certs/ca-certificates.crt',
};
const redirecting: Mirror = { hostname: 'hub.mirror.test', project: 'proxy.docker.io', way: 'token-redirect' };
const withRobot: Mirror = { ...redirecting, way: 'robot' };

function locationsOf(text: string): string[] {
  return [...text.matchAll(/^ {2}location (.*?) \{/gm)].map((match) => match[1]!);
}

describe('a mirror domain in nginx', () => {
  it('is written completely', () => {
    expect(nginxMirror({ ...redirecting, allowFrom: ['10.0.0.0/8', 'fd00::/8'] }, front)).toMatchSnapshot();
    expect(nginxMirror(withRobot, front)).toMatchSnapshot();
  });

  it('is written completely, with a shield', () => {
    const shield = { revalidateSeconds: 300, staleSeconds: 604_800, upstreamTimeoutSeconds: 2 };
    expect(nginxMirror({ ...withRobot, shield }, front)).toMatchSnapshot();
    expect(nginxMirror({ ...redirecting, shield }, { ...front, plainPort: 8080 })).toMatchSnapshot();
  });

  it.each([
    [redirecting, ['/', '/v2/_catalog', '= /v2/', '= /service/token', '/v2/']],
    [withRobot, ['/', '/v2/_catalog', '= /v2/', '/v2/']],
  ])('has its locations, and nothing behind the others: %j', (mirror, expected) => {
    const text = nginxMirror(mirror, front);
    expect(locationsOf(text)).toEqual(expected);
    expect(text.match(/proxy_pass .*/g)).toEqual(
      expected.slice(2).map(() => 'proxy_pass https://harbor.corp.test:8443;'),
    );
    expect(text.match(/proxy_set_header Host .*/g)).toHaveLength(expected.length - 2);
  });

  it('passes a login on only if it is asked to', () => {
    expect(nginxMirror(redirecting, front)).toContain('proxy_set_header Authorization "";');
    expect(nginxMirror({ ...redirecting, login: true }, front)).not.toContain('Authorization');
  });

  it('keeps the credential of a robot in a separate file', () => {
    expect(nginxMirror(withRobot, front)).toContain('include /etc/nginx/robots/hub.mirror.test.conf;');
    const [, basic = ''] =
      /^proxy_set_header Authorization "Basic ([A-Za-z0-9+/=]+)";\n$/.exec(nginxRobot('robot$m', 'a"b')) ?? [];
    expect(Buffer.from(basic, 'base64').toString('utf8')).toBe('robot$m:a"b');
  });

  it('never uses one variable for two mirrors', () => {
    const names = ['a-b.c.test', 'a.b-c.test', 'a--b.c.test'].flatMap(
      (hostname) => nginxMirror({ ...redirecting, hostname }, front).match(/(?<=^map \S+ \$)\w+/gm) ?? [],
    );
    expect(new Set(names).size).toBe(6);
  });
});
