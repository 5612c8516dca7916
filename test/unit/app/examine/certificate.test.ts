import { judgeCertificate } from '../../../../src/app/examine/certificate';

const NOW = Date.parse('2026-11-21T00:00:00Z');
const GOOD = { protocol: 'TLSv1.3', subject: 'harbor.internal', issuer: 'An Authority', notAfterMs: NOW + 86_400_000 };

it('tells who gave it and until when', () => {
  expect(judgeCertificate('harbor.internal', GOOD, NOW)).toEqual({
    outcome: 'ok',
    message: 'harbor.internal: TLSv1.3, by An Authority, until 2026-11-22',
  });
});

it.each([
  ['ACME was not there yet', { subject: 'TRAEFIK DEFAULT CERT' }, /Traefik's default certificate/],
  ['it expired', { notAfterMs: NOW - 1 }, /expired 2026-11-20/],
  ['it does not say until when', { notAfterMs: Number.NaN }, /expired on an unknown date/],
  ['it is of another name', { nameProblem: 'altnames: other.internal' }, /is not valid for .*other\.internal/],
  ['nobody vouches for it', { chainProblem: 'SELF_SIGNED_CERT_IN_CHAIN' }, /is not trusted: SELF_SIGNED/],
])('refuses it where %s', (_what, shown, message) => {
  const seen = judgeCertificate('harbor.internal', { ...GOOD, ...shown }, NOW);
  expect(seen).toMatchObject({ outcome: 'error', message: expect.stringMatching(message) });
});
