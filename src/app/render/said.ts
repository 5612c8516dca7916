import type { AppEvent } from '../events';

/** One line of output during a run. */
export type Said =
  /** `stage`: a new stage; `line`: a line worth keeping; `err`: a message; `out`: a result. */
  | { readonly to: 'stage' | 'line' | 'err' | 'out'; readonly text: string }
  /** How far the stage is. */
  | { readonly to: 'step'; readonly done: number; readonly total: number; readonly text: string };

/** How each event is shown. */
export type Words<Event extends AppEvent> = {
  readonly [Type in Event['type']]: (event: Extract<Event, { type: Type }>) => readonly Said[];
};

type Saying = (text: string) => readonly Said[];

/** Ends the progress of the stage before. */
export const stage: Saying = (text) => [{ to: 'stage', text }];
/** Stays on the terminal, above the progress. */
export const line: Saying = (text) => [{ to: 'line', text }];
/** For what must be seen, also with `--quiet`. */
export const err: Saying = (text) => [{ to: 'err', text }];
/** A result: it goes to stdout, so with JSON only one of them may be emitted. */
export const out: Saying = (text) => [{ to: 'out', text }];

/** Replaces the last `step` on a terminal; elsewhere only some are shown. */
export function step(done: number, total: number, text: string): readonly Said[] {
  return [{ to: 'step', done, total, text }];
}
