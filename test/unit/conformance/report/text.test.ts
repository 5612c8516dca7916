import { toText } from '../../../../src/conformance';
import { EXAMPLE } from './example-report';

describe('the text report', () => {
  it('is a table, the failures in words, and a last line that says it all', () => {
    expect(toText(EXAMPLE)).toMatchInlineSnapshot(`
     "proxy.docker.io: B1 failed: blob sha256:abababababab…: ␛[31m<script>alert("x")</script>␀ & ]]> [bw-1]
       also: private: B1 could not be found out: interrupted

     https://harbor.example.com/ (Harbor v2.15.2)

     (front door)     T4 ✓
                      B1 S4a
     proxy.docker.io   ✗   ~
     private           !   ·

     ✓ pass  ✗ fail  ! error  ~ known deviation  · skipped

     ✗ B1 proxy.docker.io: Title of B1
         blob sha256:abababababab…: ␛[31m<script>alert("x")</script>␀ & ]]> [bw-1]

     ! B1 private: Title of B1
         interrupted

     ~ S4a proxy.docker.io: Title of S4a
         another digest
         https://github.com/goharbor/harbor/issues/21818

     2 passed, 1 failed, 1 in error, 1 known deviation, 1 skipped; 2 requests, 2.0 MiB in 1 min 1 s
     "
    `);
  });

  it('says that a run was stopped', () => {
    expect(toText({ ...EXAMPLE, complete: false, stopped: 'SIGTERM' })).toMatch(/The run is not complete: SIGTERM\./);
  });

  it('sends no control character of a server to the terminal', () => {
    // eslint-disable-next-line no-control-regex -- that is the point
    expect(toText(EXAMPLE)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('tells a known deviation once, however many projects show it', () => {
    const [deviation] = EXAMPLE.results.filter(({ status }) => status === 'known-deviation');
    const everywhere = ['proxy.ghcr.io', 'proxy.quay.io'].map((project) => ({ ...deviation!, project }));
    const text = toText({ ...EXAMPLE, results: [...EXAMPLE.results, ...everywhere] });
    expect(text.match(/^~ S4a/gm)).toHaveLength(1);
    expect(text).toContain('    the same for proxy.ghcr.io, proxy.quay.io\n');
  });
});
