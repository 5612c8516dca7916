import type { EdgeEnvironment } from './edge';
import type { HarborEnvironment } from './harbor/harbor-schema';
import type { HostEnvironment } from './host-schema';

/** What is deployed where: one file of stacks/environments, one Harbor. Keys as in the file. */
export interface Environment {
  /** Of its file, without the extension. */
  readonly name: string;
  readonly harbor: HarborEnvironment;
  readonly host?: HostEnvironment;
  readonly edge?: EdgeEnvironment;
  /** For tests and for reading: it is synthesised and never deployed, so that its names may be samples. */
  readonly sample?: true;
}
