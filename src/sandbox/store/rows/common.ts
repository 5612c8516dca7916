/** Unix milliseconds; 0 stands for Go's zero time, which Harbor shows as `0001-01-01T00:00:00.000Z`. */
export type Time = number;

/** Both are set on creation. Not every change of a row sets `updateTime`, because Harbor does not either. */
export interface Timed {
  readonly creationTime: Time;
  readonly updateTime: Time;
}
