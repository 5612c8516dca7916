import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, type Persona } from './persona';

/** go-containerregistry (crane, ko, kaniko). */
export const crane: Persona = {
  name: 'crane',
  userAgent: 'crane/0.20.6 go-containerregistry/0.20.6',
  accept: [DOCKER_MANIFEST, DOCKER_LIST, OCI_INDEX, OCI_MANIFEST],
  pings: true,
  byTag: 'GET',
  byDigest: 'same',
  token: 'GET',
};
