import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  DOCKER_SIGNED,
  DOCKER_V1,
  OCI_INDEX,
  OCI_MANIFEST,
  type Persona,
} from './persona';

/** podman, CRI-O, skopeo: containers/image 4.3 and 1.9 on the wire. It never sends HEAD, not even for a second pull. */
export const podman: Persona = {
  name: 'podman',
  userAgent: 'containers/5.36.2 (github.com/containers/image)',
  accept: [OCI_MANIFEST, DOCKER_MANIFEST, DOCKER_SIGNED, DOCKER_V1, DOCKER_LIST, OCI_INDEX],
  pings: true,
  byTag: 'GET',
  byDigest: 'same',
  token: 'GET',
  headers: { 'docker-distribution-api-version': 'registry/2.0' },
};
