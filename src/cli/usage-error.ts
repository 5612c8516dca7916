import { BreakwaterError } from '../errors';

/** The command line, or what it points at, asks for something that cannot be done. */
export class UsageError extends BreakwaterError {
  readonly code = 'USAGE';
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
