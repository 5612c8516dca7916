import { toJunit } from '../../../../src/conformance';
import { BAD_NIGHT, fleetNight, nightReport } from '../../../support/example-night';
import { EXAMPLE } from './example-report';

describe('the JUnit report', () => {
  const xml = toJunit(EXAMPLE);

  it('has one suite for each project, and counts that add up', () => {
    expect(xml).toContain(
      '<testsuites name="breakwater conformance" tests="5" failures="1" errors="1" skipped="2" time="61.234">',
    );
    expect(xml.match(/<testsuite /g)).toHaveLength(3);
    expect(xml).toContain(
      '<testsuite name="front door of harbor.example.com" tests="1" failures="0" errors="0" skipped="0"',
    );
    expect(xml).toContain('<testsuite name="proxy.docker.io" tests="2" failures="1" errors="0" skipped="1"');
  });

  it('gives every test a unique classname and name, and the file that declares it', () => {
    const names = [...xml.matchAll(/<testcase (classname="[^"]*" name="[^"]*")/g)].map((match) => match[1]);
    expect(new Set(names).size).toBe(5);
    expect(xml).toContain('classname="breakwater.proxy.docker.io" name="B1 Title of B1" file="policies/projects.yaml"');
  });

  it('contains the reason twice, as attribute and as text, because GitLab shows only the text', () => {
    const [, message, text] = /<failure message="([^"]*)" type="fail">([^<]*)<\/failure>/.exec(xml) ?? [];
    expect(message).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
    expect(text).toContain(message);
    expect(text).toContain('GET 200 1.4 s 2 MiB https://harbor.example.com/v2/a/blobs/');
    expect(text).toContain('[bw-2] (connection refused)');
  });

  it('makes a known deviation neither a pass nor a failure, with its link', () => {
    expect(xml).toContain('<skipped message="another digest https://github.com/goharbor/harbor/issues/21818">');
    expect(xml).toContain('<error message="interrupted" type="error">');
  });

  it('contains no character that is invalid in XML', () => {
    // oxlint-disable-next-line no-control-regex -- that is the point
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    expect(xml).toContain('\u241b[31m');
    expect(xml.match(/&(?!amp;|lt;|gt;|quot;|#39;)/)).toBeNull();
  });

  it('shows the cause first, in both places', () => {
    const [, message, text] = /name="M1[^>]*>\s*<failure message="([^"]*)"[^>]*>([^<]*)</.exec(
      toJunit(nightReport(BAD_NIGHT)).split('<testsuite name="proxy.quay.io"')[1]!,
    )!;
    expect(message).toMatch(/^Cause \(credential\): upstream quay\.io refuses/);
    expect(text).toContain(message);
  });

  it('is red if a run was stopped, though nothing had failed until then', () => {
    const stopped = toJunit({ ...nightReport({}), complete: false, stopped: 'SIGTERM' });
    expect(stopped).toMatch(/^<testsuites .* failures="0" errors="1"/m);
    expect(stopped).toContain('<error message="the run was stopped: SIGTERM" type="error">');
  });

  it('keeps the Harbors of a fleet apart', () => {
    const fleet = toJunit(fleetNight());
    const names = [...fleet.matchAll(/<testcase (classname="[^"]*" name="[^"]*")/g)].map((match) => match[1]);
    expect(new Set(names).size).toBe(names.length);
    expect(fleet).toContain('<testsuite name="edge: front door"');
    expect(fleet).toContain('classname="breakwater.eu: proxy.docker.io"');
  });
});
