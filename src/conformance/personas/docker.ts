import { DOCKER_LIST, DOCKER_MANIFEST, DOCKER_SIGNED, OCI_INDEX, OCI_MANIFEST, type Persona } from './persona';

/** dockerd with a graph driver (20.10 on the wire). It sends the list in random order. */
export const docker: Persona = {
  name: 'docker',
  userAgent: 'docker/27.5.1 go/go1.22.11 os/linux arch/amd64',
  accept: [DOCKER_MANIFEST, DOCKER_LIST, OCI_INDEX, OCI_MANIFEST, DOCKER_SIGNED, 'application/json'],
  pings: true,
  byTag: 'HEAD',
  byDigest: 'same',
  token: 'GET',
};
