export type { FixtureMode } from './answer';
export type { FixtureBlob, FixtureImage, ImageOptions, IndexOptions } from './image';
export { image, index } from './image';
export type { FixtureImageName } from './images';
export { FIXTURE_IMAGE_NAMES, fixtureImage, isFixtureImageName } from './images';
export type { FixtureAction, FixtureUpstream, FixtureUpstreamOptions } from './upstream';
export { startFixtureUpstream } from './upstream';
