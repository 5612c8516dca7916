import type { CheckResult } from '../../../../src/conformance';
import { index, startFixtureUpstream, type FixtureImage, type FixtureImageName } from '../../../../src/upstream';
import { startDouble } from '../../oci/registry-double';
import { openStage } from '../scenarios/stage';

const SUPERSET = index({ seed: 'idx', archs: ['amd64', 'arm64', 'riscv64'] });

/** What M6 says where the upstream, asked from here, has another image under the tag than Harbor serves. */
async function m6(image: string, there: FixtureImageName | FixtureImage): Promise<CheckResult> {
  const upstream = await startFixtureUpstream();
  upstream.put('library/single', '1', there);
  upstream.put('library/multi', '1', there);
  const stage = await openStage({ declared: { images: [image], origin: { url: upstream.url } } });
  try {
    return await stage.play('M6');
  } finally {
    await Promise.all([stage.close(), upstream.close()]);
  }
}

describe('M6', () => {
  it.each<[what: string, image: string, there: FixtureImageName | FixtureImage, status: string, words: RegExp]>([
    ['the same image', 'library/single:1', 'a', 'pass', /^the same digest$/],
    ['the same index', 'library/multi:1', 'idx', 'pass', /^the same digest$/],
    ['an old image', 'library/single:1', 'b', 'fail', /^Harbor serves sha256:\w+, the upstream sha256:\w+$/],
    [
      'an old index',
      'library/multi:1',
      'idx2',
      'fail',
      /which does not contain sha256:\w+, sha256:\w+: an old or another/,
    ],
    ['an index where the upstream has an image', 'library/multi:1', 'a', 'fail', /: an old or another image$/],
    ['an index cut to two of three images', 'library/multi:1', SUPERSET, 'known-deviation', /under another digest\)$/],
  ])('%s of %s', async (_what, image, there, status, words) => {
    expect(await m6(image, there)).toMatchObject({ status, message: expect.stringMatching(words) });
  });

  it('does not call an index rewritten if the upstream’s cannot be read', async () => {
    const upstream = await startDouble(({ method }, response) => {
      const headers = { 'docker-content-digest': SUPERSET.digest, 'content-type': SUPERSET.mediaType };
      response.writeHead(method === 'HEAD' ? 200 : 403, headers).end();
    });
    const stage = await openStage({ declared: { images: ['library/multi:1'], origin: { url: upstream.url } } });
    try {
      expect(await stage.play('M6')).toMatchObject({
        status: 'error',
        message: expect.stringMatching(/whether it is only rewritten is unknown: GET library\/multi@sha256:\w+: 403/),
      });
    } finally {
      await Promise.all([stage.close(), upstream.close()]);
    }
  });
});
