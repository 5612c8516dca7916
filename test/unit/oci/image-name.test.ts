import { formatImageName, parseImageName } from '../../../src/oci/image-name';

const SHA256 = `sha256:${'f'.repeat(64)}`;
const SHA512 = `sha512:${'f'.repeat(128)}`;

describe('parseImageName', () => {
  // The vectors of the distribution project's reference grammar, re-created, with Docker's normalization.
  it.each([
    ['test_com', 'docker.io/library/test_com'],
    ['test.com:tag', 'docker.io/library/test.com:tag'],
    ['test.com:5000', 'docker.io/library/test.com:5000'],
    ['test.com/repo:tag', 'test.com/repo:tag'],
    ['test:5000/repo', 'test:5000/repo'],
    ['test:5000/repo:tag', 'test:5000/repo:tag'],
    [`test:5000/repo@${SHA256}`, `test:5000/repo@${SHA256}`],
    [`test:5000/repo:tag@${SHA256}`, `test:5000/repo:tag@${SHA256}`],
    ['lowercase:Uppercase', 'docker.io/library/lowercase:Uppercase'],
    ['sub-dom1.foo.com/bar/baz/quux', 'sub-dom1.foo.com/bar/baz/quux'],
    ['sub-dom1.foo.com/bar/baz/quux:some-long-tag', 'sub-dom1.foo.com/bar/baz/quux:some-long-tag'],
    ['b.gcr.io/test.example.com/my-app:test.example.com', 'b.gcr.io/test.example.com/my-app:test.example.com'],
    ['xn--n3h.com/myimage:xn--n3h.com', 'xn--n3h.com/myimage:xn--n3h.com'],
    [`xn--7o8h.com/myimage:xn--7o8h.com@${SHA512}`, `xn--7o8h.com/myimage:xn--7o8h.com@${SHA512}`],
    ['foo_bar.com:8080', 'docker.io/library/foo_bar.com:8080'],
    ['foo/foo_bar.com:8080', 'docker.io/foo/foo_bar.com:8080'],
    ['[2001:db8::1]:5000/repo:tag', '[2001:db8::1]:5000/repo:tag'],
    ['[2001:db8::1]/repo', '[2001:db8::1]/repo'],
    ['docker/docker', 'docker.io/docker/docker'],
    ['library/debian', 'docker.io/library/debian'],
    ['debian', 'docker.io/library/debian'],
    ['docker.io/docker/docker', 'docker.io/docker/docker'],
    ['docker.io/debian', 'docker.io/library/debian'],
    ['index.docker.io/library/debian', 'docker.io/library/debian'],
    ['registry-1.docker.io/library/debian', 'registry-1.docker.io/library/debian'],
    ['127.0.0.1:5000/docker/docker', '127.0.0.1:5000/docker/docker'],
    ['localhost/library/debian', 'localhost/library/debian'],
    ['localhost:5000/library/debian:1', 'localhost:5000/library/debian:1'],
    ['FOO/bar', 'FOO/bar'],
    ['QUAY.io/prometheus/x', 'QUAY.io/prometheus/x'],
    ['a--b/c__d.e-f', 'docker.io/a--b/c__d.e-f'],
    [`${'a/'.repeat(127)}a:tag-is-not-counted`, `docker.io/${'a/'.repeat(127)}a:tag-is-not-counted`],
  ])('%s', (text, normalized) => {
    const parsed = parseImageName(text);
    expect('value' in parsed ? formatImageName(parsed.value) : parsed).toBe(normalized);
  });

  it.each([
    ['', 'no repository name'],
    [':justtag', 'no repository name'],
    [`@${SHA256}`, 'no repository name'],
    ['repo@sha256:ffffffffffffffffffffffffffffffffff', 'sha256 has 64 hex digits'],
    [`validname@invaliddigest:${'f'.repeat(128)}`, 'not a supported digest algorithm'],
    ['validname@sha256', 'not a valid digest'],
    ['Uppercase:tag', 'upper case'],
    ['test:5000/Uppercase/lowercase:tag', 'upper case'],
    ['docker.io/Foo/Bar', 'upper case'],
    [`${'a/'.repeat(128)}a:tag`, 'longer than 255'],
    ['aa/asdf$$^/aa', 'not a valid repository name'],
    ['-foo/bar', 'not a valid repository name'],
    ['foo//bar', 'not a valid repository name'],
    ['foo/bar/', 'not a valid repository name'],
    ['foo___bar', 'not a valid repository name'],
    ['foo.-bar', 'not a valid repository name'],
    ['foo/bar:', 'not a valid tag'],
    ['foo:.tag', 'not a valid tag'],
    [`foo:${'t'.repeat(129)}`, 'not a valid tag'],
    ['[fe80::1%eth0]:5000/repo', 'not a valid host name'],
    ['[fe80::1%25eth0]/repo', 'not a valid host name'],
    ['-test.com:80/repo', 'not a valid host name'],
    ['a'.repeat(64), 'image ID'],
    ['https://quay.io/foo', 'not a valid'],
  ])('%s is not an image name', (text, problem) => {
    const parsed = parseImageName(text);
    expect('problem' in parsed ? parsed.problem : parsed).toContain(problem);
  });

  it('keeps the host as written', () => {
    const parsed = parseImageName('index.docker.io/nginx');
    expect(parsed).toEqual({
      value: { registry: 'docker.io', repository: 'library/nginx', writtenHost: 'index.docker.io' },
    });
  });
});
