import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, type Persona } from './persona';

/** containerd 1.6 on the wire, and dockerd with the containerd store. */
export const containerd: Persona = {
  name: 'containerd',
  userAgent: 'containerd/1.7.29',
  accept: [DOCKER_MANIFEST, DOCKER_LIST, OCI_MANIFEST, OCI_INDEX, '*/*'],
  pings: false,
  byTag: 'HEAD',
  byDigest: 'own type',
  token: 'POST',
};
