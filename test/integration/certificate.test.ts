import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { renderReport, runConformance } from '../../src/conformance';
import { createCertificates, describeWithRealParts, temporaryFolder } from './real-parts';

describeWithRealParts('a certificate of a private CA', () => {
  it('is read, and the metrics report when it expires', async () => {
    const folder = temporaryFolder();
    const tls = createCertificates(folder.path);
    const certificate = readFileSync(tls.certPath);
    const server = createServer({ key: readFileSync(tls.keyPath), cert: certificate }, (_request, response) =>
      response.writeHead(401).end(),
    );
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const report = await runConformance(
        { harborUrl: `https://${host}`, ca: readFileSync(tls.caPath, 'utf8'), projects: [] },
        { tool: { name: 'breakwater', version: '1.2.3' }, checks: ['T1'] },
      );
      const [t1] = report.results;
      // It lives for two days only.
      expect(t1).toMatchObject({
        id: 'T1',
        status: 'fail',
        message: expect.stringMatching(/^the certificate expires in/),
      });
      const notAfter = Date.parse(new X509Certificate(certificate).validTo) / 1000;
      expect(renderReport('prometheus', report, [])).toContain(
        `breakwater_conformance_tls_not_after_seconds{harbor="${host}",host="${host}"} ${notAfter}\n`,
      );
    } finally {
      server.close();
      folder.remove();
    }
  });
});
