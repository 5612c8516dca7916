import { compact } from '../../compact';
import { ROTATED_LOG, type ContainerSpec, type LogSpec } from '../container-spec';
import type { HarborPins, ImagePin } from '../images';
import { launchEntrypoint } from '../launch';
import type { HarborEnvironment } from './harbor-schema';
import type { Service } from './service';
import { ENV_FILE, harborServices, type Digests } from './services';

/** A service and the container that runs it. */
export interface HarborContainer {
  readonly service: Service;
  readonly container: ContainerSpec;
}

/** @param pins for the declared version, one for each running service */
export function harborContainers(harbor: HarborEnvironment, digests: Digests, pins: HarborPins): HarborContainer[] {
  return harborServices(harbor, digests).map((service) => ({
    service,
    container: containerOf(harbor, service, digests, pins[service.id]),
  }));
}

function containerOf(
  harbor: HarborEnvironment,
  { id, networks: _networks, dependsOn: _dependsOn, readsEnvFile, ...service }: Service,
  digests: Digests,
  pin: ImagePin | undefined,
): ContainerSpec {
  if (!pin) throw new TypeError(`no image is pinned for ${id}`);
  const prepared = digests[id];
  return compact({
    name: `harbor-${id}`,
    image: pin.image,
    ...(readsEnvFile && withEnvFile(pin)),
    ...service,
    prepared,
    log: logOf(harbor, id),
  });
}

/** Setting an entrypoint drops the image's own one and its CMD: both are repeated from the pin. */
function withEnvFile({ entrypoint = [], command = [] }: ImagePin): Pick<ContainerSpec, 'entrypoint' | 'command'> {
  const launch = launchEntrypoint({ envFile: ENV_FILE, directory: '/', files: new Map() });
  return compact({ entrypoint: [...launch, ...entrypoint], command: command.length > 0 ? command : undefined });
}

function logOf({ log_container }: HarborEnvironment, id: string): LogSpec {
  if (!log_container || id === 'log') return ROTATED_LOG;
  return { driver: 'syslog', options: { 'syslog-address': 'tcp://127.0.0.1:1514', tag: id } };
}
