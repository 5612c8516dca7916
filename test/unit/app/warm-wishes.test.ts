import { wishOf } from '../../../src/app/warm/wishes';
import type { Cache } from '../../../src/inventory';

const cache: Cache = {
  host: 'harbor.test',
  projects: [{ name: 'hub', upstream: 'docker.io' }, { name: 'corp', elsewhere: true }, { name: 'own' }],
  mirrors: [{ domain: 'mirror.test', project: 'hub', serves: 'docker.io' }],
};

it.each([
  ['nginx:1', { project: 'hub', image: 'library/nginx:1', uses: 1 }],
  ['Mirror.test/library/nginx:1', { project: 'hub', image: 'library/nginx:1', uses: 1 }],
  ['HARBOR.test/hub/library/nginx:1', { project: 'hub', image: 'library/nginx:1', uses: 1 }],
  // Its registry is managed elsewhere: it is a proxy cache of an upstream that is not known here.
  ['harbor.test/corp/app/web:1', { project: 'corp', image: 'app/web:1', uses: 1 }],
  [
    'harbor.test/own/app:1',
    { name: 'harbor.test/own/app:1', why: expect.stringContaining('own is not a proxy cache') },
  ],
])('%s', (name, expected) => expect(wishOf(name, cache)).toEqual(expected));
