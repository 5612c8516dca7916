import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The package's version. This file runs from src/cli (tests) and dist/src/cli (built). */
export const version = readVersion();

function readVersion(): string {
  for (const up of ['../..', '../../..']) {
    try {
      const manifest = JSON.parse(readFileSync(join(__dirname, up, 'package.json'), 'utf8')) as { version?: string };
      if (manifest.version) return manifest.version;
    } catch {
      // not at this level
    }
  }
  return '0.0.0';
}
