import { judgeCertificate } from '../../../../src/app/examine/certificate';

const NOW = Date.parse('2026-11-21T00:00:00Z');
const GOOD = {
  protocol: 'TLSv1.3',
  subject: 'harbor.internal',
  issuer: 'An Authority',
  notAfterMs: NOW + 60 * 86_400_000,
};

it('names its issuer and its end', () => {
  expect(judgeCertificate('harbor.internal', GOOD, NOW)).toEqual({
    outcome: 'ok',
    message: 'harbor.internal: TLSv1.3, by An Authority, until 2027-01-20',
  });
});

it.each([
  ['ACME was not there yet', { subject: 'TRAEFIK DEFAULT CERT' }, /Traefik's default certificate/],
  ['it expired', { notAfterMs: NOW - 1 }, /expired on 2026-11-20/],
  ['it does not say until when', { notAfterMs: Number.NaN }, /no valid end date/],
  ['it is of another name', { nameProblem: 'altnames: other.internal' }, /is not for harbor\.internal/],
  ['an untrusted chain', { chainProblem: 'SELF_SIGNED_CERT_IN_CHAIN' }, /is not trusted/],
])('refuses it if %s', (_what, shown, message) => {
  const seen = judgeCertificate('harbor.internal', { ...GOOD, ...shown }, NOW);
  expect(seen).toMatchObject({ outcome: 'error', message: expect.stringMatching(message) });
});

it.each([
  [20, /^harbor\.internal: TLSv1\.3, by An Authority, until 2026-12-11$/],
  [6, /^the certificate of harbor\.internal expires on 2026-11-27/],
])('warns about one that ends in %d days, like check T1', (days, message) => {
  const shown = { ...GOOD, notAfterMs: NOW + days * 86_400_000 };
  const seen = judgeCertificate('harbor.internal', shown, NOW);
  expect(seen).toMatchObject({ outcome: 'warning', message: expect.stringMatching(message) });
});
