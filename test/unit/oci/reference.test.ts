import { formatImage, manifestReference, parseImage, parseReference } from '../../../src/oci';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('parseImage', () => {
  it.each([
    ['library/alpine:3.20', { repository: 'library/alpine', tag: '3.20' }],
    ['alpine', { repository: 'alpine', tag: 'latest' }],
    [`library/alpine@${DIGEST}`, { repository: 'library/alpine', digest: DIGEST }],
    [`a/b/c/d:v1@${DIGEST}`, { repository: 'a/b/c/d', tag: 'v1', digest: DIGEST }],
    ['a__b/c-d.e_f:_x', { repository: 'a__b/c-d.e_f', tag: '_x' }],
    ['a---b:1', { repository: 'a---b', tag: '1' }],
  ])('reads %s', (text, expected) => {
    expect(parseImage(text)).toEqual({ value: expected });
  });

  it.each([
    ['', /not a repository name/],
    ['Library/alpine:1', /lower case/],
    ['library//alpine', /not a repository name/],
    ['/alpine', /not a repository name/],
    ['library/alpine/', /not a repository name/],
    ['../../etc/passwd', /not a repository name/],
    ['a/../b', /not a repository name/],
    ['a b', /not a repository name/],
    ['alpine?x=1', /not a repository name/],
    ['alpine:', /"" is not a tag/],
    ['alpine:-x', /not a tag/],
    [`alpine:${'x'.repeat(129)}`, /not a tag/],
    [`${'a/'.repeat(200)}a`, /not a repository name/],
    ['alpine@sha256:abc', /not a digest/],
    [`alpine@sha512:${'a'.repeat(128)}`, /not a digest/],
    [`alpine@${DIGEST.toUpperCase()}`, /not a digest/],
    [`alpine@${DIGEST}@${DIGEST}`, /more than one @/],
    [`alpine@${DIGEST}/../x`, /not a digest/],
    [`alpine@${DIGEST}\n`, /not a digest/],
  ])('refuses %j', (text, problem) => {
    expect(parseImage(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('takes no longer for a hostile name than for a long one', () => {
    const startedAt = performance.now();
    parseImage(`${'a-'.repeat(100_000)}!`);
    parseImage(`${'a'.repeat(250)}!`);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('parseReference', () => {
  it.each([
    ['harbor.example.com/hub/library/alpine:3', 'harbor.example.com', 'hub', 'library/alpine'],
    ['localhost:8443/p.docker.io/alpine', 'localhost:8443', 'p.docker.io', 'alpine'],
    ['[::1]:80/p/a/b:1', '[::1]:80', 'p', 'a/b'],
  ])('reads %s', (text, host, project, repository) => {
    expect(parseReference(text)).toEqual({ value: expect.objectContaining({ host, project, repository }) });
  });

  it.each(['alpine', 'harbor.example.com/alpine', '-x/p/a', 'user@host/p/a', '/p/a'])('refuses %s', (text) => {
    expect(parseReference(text)).toHaveProperty('problem');
  });
});

describe('an image as text and in a URL', () => {
  it.each([
    ['alpine', 'alpine:latest', 'latest'],
    ['library/alpine:3', 'library/alpine:3', '3'],
    [`a:1@${DIGEST}`, `a:1@${DIGEST}`, DIGEST],
  ])('%s', (text, words, reference) => {
    const parsed = parseImage(text);
    if ('problem' in parsed) throw new Error(parsed.problem);
    expect(formatImage(parsed.value)).toBe(words);
    expect(manifestReference(parsed.value)).toBe(reference);
  });
});
