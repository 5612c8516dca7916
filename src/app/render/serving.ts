import { plural } from '../../plural';
import type { Sandbox } from '../serve/sandbox';

/** @param data directory that keeps its state */
export function sandboxNote({ harborVersion, standIns }: Sandbox, data: string | undefined): string {
  const forgets = data === undefined ? ' and deletes all data' : '';
  const about = `a stand-in for Harbor ${harborVersion}, not a real one; log in as admin; Ctrl-C stops it${forgets}`;
  if (!standIns) return about;
  const { upstreams, images, environment, overlay } = standIns;
  return [
    about,
    `${plural(upstreams, 'upstream')} with ${plural(images, 'image')}; in another terminal:`,
    `  . ${environment}`,
    `  breakwater apply --overlay ${overlay}`,
    `  breakwater conform --overlay ${overlay}`,
  ].join('\n');
}

/** @param controlUrl absent: no command can make it misbehave */
export function canaryNote(controlUrl: string | undefined): string {
  return controlUrl === undefined
    ? 'never misbehaves, because its configuration has no control; stop it with Ctrl-C'
    : `commands on ${controlUrl} need the bearer token; stop it with Ctrl-C`;
}

/** @param auth how Harbor logs in to it */
export function scannerNote(auth: string | undefined): string {
  const login = auth === undefined ? 'needs no credential' : `needs ${auth} credentials`;
  return `reports declared findings and scans no image; ${login}; stop it with Ctrl-C`;
}
