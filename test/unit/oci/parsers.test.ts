import fc from 'fast-check';
import {
  bearerChallenge,
  formatImage,
  parseChallenges,
  parseImage,
  parseReference,
  readManifest,
  readTokenAccess,
} from '../../../src/oci';

const headerText = fc.string({ unit: fc.constantFrom(...'Bearer Basic realm="a,b\\"=; scope\t/:x'), maxLength: 80 });
const component = fc.stringMatching(/^[a-z0-9]+([._-][a-z0-9]+)*$/, { maxLength: 12 });
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);

describe('any text from a server or a person', () => {
  it('no parser throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), headerText), (text) => {
        parseChallenges(text);
        parseImage(text);
        parseReference(text);
        readTokenAccess(text);
        readManifest({ body: Buffer.from(text), contentType: text });
      }),
    );
  });

  it('no JSON makes readManifest throw', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('manifests', 'config', 'layers'), (json, key) => {
        readManifest({ body: Buffer.from(json), contentType: '' });
        readManifest({ body: Buffer.from(`{"${key}":${json}}`), contentType: '' });
        readManifest({ body: Buffer.from(`{"${key}":[${json}]}`), contentType: '' });
      }),
    );
  });

  it('a quoted realm is read back unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), (realm) => {
        const quoted = realm.replace(/["\\]/g, '\\$&');
        expect(bearerChallenge(`Basic realm="x", Bearer service="s",realm="${quoted}"`)?.params['realm']).toBe(realm);
      }),
    );
  });

  it('an image that was read is written the same, and stays within its repository', () => {
    fc.assert(
      fc.property(
        fc.array(component, { minLength: 1, maxLength: 4 }),
        fc.option(component, { nil: undefined }),
        fc.option(digest, { nil: undefined }),
        (path, tag, hash) => {
          fc.pre(tag !== undefined || hash !== undefined);
          const text = `${path.join('/')}${tag === undefined ? '' : `:${tag}`}${hash === undefined ? '' : `@${hash}`}`;
          const parsed = parseImage(text);
          expect('value' in parsed && formatImage(parsed.value)).toBe(text);
        },
      ),
    );
  });

  it('what parses as an image cannot leave its place in a URL', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab/.:@%?#-_ \\'), maxLength: 30 }), (text) => {
        const parsed = parseImage(text);
        if ('problem' in parsed) return;
        const path = `/v2/p/${parsed.value.repository}/manifests/${parsed.value.tag}`;
        expect(new URL(path, 'http://h').pathname).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
});
