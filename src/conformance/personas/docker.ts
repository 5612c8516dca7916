import { DOCKER_LIST, DOCKER_MANIFEST, DOCKER_SIGNED, OCI_INDEX, OCI_MANIFEST, type Persona } from './persona';

/** dockerd with a graph driver (20.10 on the wire). It sends the list in random order. */
export const docker: Persona = {
  name: 'docker',
  accept: [DOCKER_MANIFEST, DOCKER_LIST, OCI_INDEX, OCI_MANIFEST, DOCKER_SIGNED, 'application/json'],
  pings: true,
  byTag: 'HEAD',
  byDigest: 'same',
  token: 'GET',
};
