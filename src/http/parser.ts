/* oxlint-disable typescript/no-require-imports -- a part that undici's types do not name; its version is pinned */
import { setFlagsFromString } from 'node:v8';

declare const WebAssembly: { readonly Module: new (bytes: Uint8Array) => object };

/** Major versions of Node whose V8 has these flags. An unknown flag would be an error message. */
const KNOWN = ['20', '22', '24'];
/** Compile everything once, at once, and never optimize it. */
const FLAGS = ['liftoff-only', 'no-wasm-tier-up', 'no-wasm-dynamic-tiering', 'no-wasm-lazy-compilation'];
const DEFAULTS = ['no-liftoff-only', 'wasm-tier-up', 'wasm-dynamic-tiering', 'wasm-lazy-compilation'];

/**
 * The program in which undici parses responses. V8 would optimize it after a few of them, which takes 40 MiB and 0.1 to
 * 0.3 s CPU, and is not earned back: bodies only pass through. V8 compiles the same bytes once as long as this exists, so
 * undici gets it. The flags are changed for this moment only.
 */
export const parser = KNOWN.includes(process.versions.node.split('.')[0]!) ? compiledOnce() : undefined;

function compiledOnce(): object {
  set(FLAGS);
  try {
    return new WebAssembly.Module(require('undici/lib/llhttp/llhttp_simd-wasm.js') as Uint8Array);
  } finally {
    set(DEFAULTS);
  }
}

function set(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(`--${flag}`);
}
