import { toText } from '../../../../src/conformance';
import { BAD_NIGHT, nightReport } from '../../../support/example-night';
import { EXAMPLE } from './example-report';

describe('the text report', () => {
  it('is a table, the failures in words, and a summary on the last line', () => {
    expect(toText(EXAMPLE)).toMatchInlineSnapshot(`
     "FAILED: 2 of 2 projects on harbor.example.com; 1 check failed, 1 could not be determined
     worst: B1 failed in proxy.docker.io: blob sha256:abababababab…: ␛[31m<script>alert("x")</script>␀ &
            ]]> (cause not determined)

     Causes, the worst first:
      1. [cause not determined] Blob sha256:abababababab…: ␛[31m<script>alert("x")</script>␀ & ]]>
         B1 in proxy.docker.io
      2. [cause not determined] Interrupted
         B1 in private
      3. [known deviation] Title of S4a (Harbor)
         S4a in proxy.docker.io
         https://github.com/goharbor/harbor/issues/21818

     https://harbor.example.com/ (Harbor v2.15.2)

                      B1
     proxy.docker.io   ✗
     private           !

     ✓ pass  ✗ fail  ! error  ~ known deviation  · skipped

     ✗ B1 proxy.docker.io: Title of B1
         blob sha256:abababababab…: ␛[31m<script>alert("x")</script>␀ & ]]> [bw-1]

     ! B1 private: Title of B1
         interrupted

     2 passed, 1 failed, 1 errored, 1 known deviation, 1 skipped; 2 requests, 2 MiB in 1 min 1 s
     "
    `);
  });

  it('begins with the verdict, the worst cause and what to do, in at most 100 characters a line', () => {
    const lines = toText(nightReport(BAD_NIGHT)).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'FAILED: 3 of 6 projects on harbor.example.com; 3 checks failed, 1 could not be determined',
      'worst: Upstream quay.io refuses the declared credential: M1, S1 failed in proxy.quay.io',
      'do:    put a living credential where QUAY_TOKEN comes from, then apply:',
      '       breakwater apply --rotate registry/quay',
    ]);
    expect(lines.filter((line) => line.length > 100 && line.includes(' '.repeat(2)) === false)).toEqual([]);
  });

  it('reports that a run was stopped', () => {
    expect(toText({ ...EXAMPLE, complete: false, stopped: 'SIGTERM' })).toMatch(/The run is not complete: SIGTERM\./);
  });

  it('sends no control character of a server to the terminal', () => {
    // oxlint-disable-next-line no-control-regex -- that is the point
    expect(toText(EXAMPLE)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('shows a known deviation once for any number of projects and checks', () => {
    const [deviation] = EXAMPLE.results.filter(({ status }) => status === 'known-deviation');
    const message = `${deviation!.message} (Harbor rewrites it)`;
    const found = (id: string, project: string) => ({ ...deviation!, id, message, project });
    const others = EXAMPLE.results.filter((result) => result !== deviation);
    const results = ['proxy.ghcr.io', 'proxy.quay.io'].map((project) => found('S4a', project));
    const text = toText({ ...EXAMPLE, results: [...others, ...results, found('S4b', 'proxy.ghcr.io')] });
    expect(text.match(/\[known deviation\]/g)).toHaveLength(1);
    expect(text).toContain('[known deviation] Harbor rewrites it (Harbor)');
    expect(text).toContain('S4a, S4b in proxy.ghcr.io, proxy.quay.io');
  });
});
