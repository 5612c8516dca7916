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

export const stage: Saying = (text) => [{ to: 'stage', text }];
export const line: Saying = (text) => [{ to: 'line', text }];
export const err: Saying = (text) => [{ to: 'err', text }];
export const out: Saying = (text) => [{ to: 'out', text }];

export function step(done: number, total: number, text: string): readonly Said[] {
  return [{ to: 'step', done, total, text }];
}
