import { pulledThroughItself } from '../../../../src/app/up/steps';

const NAMES = ['harbor.corp.test', 'mirror.corp.test'];
const FRONT = [8080, 8443];

describe('pulledThroughItself', () => {
  it.each<[string, readonly number[] | undefined, number]>([
    ['harbor.corp.test/hub/goharbor/core:v2', FRONT, 1],
    ['mirror.corp.test/goharbor/core:v2', undefined, 1],
    ['harbor.corp.test:8443/hub/goharbor/core:v2', FRONT, 1],
    ['harbor.corp.test:443/hub/goharbor/core:v2', FRONT, 1],
    // A registry of its own beside Harbor.
    ['harbor.corp.test:5000/goharbor/core:v2', FRONT, 0],
    ['harbor.corp.test:5000/goharbor/core:v2', undefined, 1],
    ['registry.corp.test/goharbor/core:v2', FRONT, 0],
    ['goharbor/core:v2', FRONT, 0],
  ])('%s with a front on %j: %i', (image, ports, found) => {
    expect(pulledThroughItself([image], NAMES, ports).map(({ rule }) => rule)).toEqual(
      Array(found).fill('pulled-through-itself'),
    );
  });
});
