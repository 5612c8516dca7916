import { readFileSync } from 'node:fs';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';
import { createCertificates, describeWithRealParts, temporaryFolder } from './real-parts';

describeWithRealParts('breakwater health and the certificate', () => {
  const folder = temporaryFolder();
  let sandbox: Sandbox;
  let ca: string;

  beforeAll(async () => {
    const paths = createCertificates(folder.path);
    ca = readFileSync(paths.caPath, 'utf8');
    const tls = { cert: readFileSync(paths.certPath, 'utf8'), key: readFileSync(paths.keyPath, 'utf8') };
    sandbox = await startSandbox({ timeScale: 0.01, tls });
  });
  afterAll(async () => {
    await sandbox?.close();
    folder.remove();
  });

  async function health(url: string, more = '') {
    const harbor = `harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD }${more} }`;
    const policies = directoryWith({ 'p.yaml': `${harbor}\nlabels: { a: {} }\n`, 'ca.pem': ca });
    return cli(['health', '--policies', policies], { HARBOR_PASSWORD: 'Harbor12345' });
  }

  it('is OK with the declared CA', async () => {
    const { code, out } = await health(sandbox.url, ', ca_file: ca.pem');
    expect(out).toMatch(
      /^warning {2}certificate {2}the certificate of 127\.0\.0\.1:\d+ expires on 20\d\d-\d\d-\d\d \d\d:\d\d UTC$/m,
    );
    expect(code).toBe(0);
  });

  it.each<[string, (url: string) => string, string, number, RegExp]>([
    [
      'an unknown authority',
      (url) => url,
      '',
      7,
      /the certificate chain of 127\.0\.0\.1:\d+ is not trusted\n[^]*hint: .*harbor\.ca_file/,
    ],
    [
      'another name',
      (url) => url.replace('127.0.0.1', 'localhost'),
      ', ca_file: ca.pem',
      7,
      /the certificate is not for localhost/,
    ],
    ['no TLS at all', () => 'https://127.0.0.1:1', '', 8, /no TLS handshake with 127\.0\.0\.1:1/],
  ])('fails with %s, and no password is sent', async (_what, urlOf, more, expected, words) => {
    const { code, out } = await health(urlOf(sandbox.url), more);
    expect(out).toMatch(words);
    expect(out).toMatch(/^skipped {2}identity/m);
    expect(code).toBe(expected);
  });
});
