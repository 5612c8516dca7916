// Written by `npm run provider-types` from the schema of kreuzwerker/docker 4.6.0; not by hand.
import type { Reference } from '../src/deployment';

type Text = string | Reference;

export const DOCKER_SOURCE = 'kreuzwerker/docker';
export const DOCKER_VERSION = '4.6.0';

export type DockerProviderRegistryAuth = {
  readonly address: Text;
  readonly auth_disabled?: boolean;
  readonly config_file?: Text;
  readonly config_file_content?: Text;
  readonly password?: Text;
  readonly username?: Text;
};

export type DockerProvider = {
  readonly ca_material?: Text;
  readonly cert_material?: Text;
  readonly cert_path?: Text;
  readonly context?: Text;
  readonly disable_docker_daemon_check?: boolean;
  readonly host?: Text;
  readonly key_material?: Text;
  readonly registry_auth?: readonly DockerProviderRegistryAuth[];
  readonly ssh_opts?: readonly Text[];
};

export type DockerContainerCapabilities = {
  readonly add?: readonly Text[];
  readonly drop?: readonly Text[];
};

export type DockerContainerDeviceReadBps = {
  readonly path: Text;
  readonly rate: number;
};

export type DockerContainerDeviceReadIops = {
  readonly path: Text;
  readonly rate: number;
};

export type DockerContainerDeviceRequests = {
  readonly capabilities?: readonly Text[];
  readonly count?: number;
  readonly device_ids?: readonly Text[];
  readonly driver?: Text;
  readonly options?: { readonly [name: string]: Text };
};

export type DockerContainerDeviceWriteBps = {
  readonly path: Text;
  readonly rate: number;
};

export type DockerContainerDeviceWriteIops = {
  readonly path: Text;
  readonly rate: number;
};

export type DockerContainerDevices = {
  readonly container_path?: Text;
  readonly host_path: Text;
  readonly permissions?: Text;
};

export type DockerContainerHealthcheck = {
  readonly interval?: Text;
  readonly retries?: number;
  readonly start_interval?: Text;
  readonly start_period?: Text;
  readonly test?: readonly Text[];
  readonly timeout?: Text;
};

export type DockerContainerHost = {
  readonly host: Text;
  readonly ip: Text;
};

export type DockerContainerLabels = {
  readonly label: Text;
  readonly value: Text;
};

export type DockerContainerMountsBindOptions = {
  readonly propagation?: Text;
};

export type DockerContainerMountsTmpfsOptions = {
  readonly mode?: number;
  readonly size_bytes?: number;
};

export type DockerContainerMountsVolumeOptionsLabels = {
  readonly label: Text;
  readonly value: Text;
};

export type DockerContainerMountsVolumeOptions = {
  readonly driver_name?: Text;
  readonly driver_options?: { readonly [name: string]: Text };
  readonly labels?: readonly DockerContainerMountsVolumeOptionsLabels[];
  readonly no_copy?: boolean;
  readonly subpath?: Text;
};

export type DockerContainerMounts = {
  readonly bind_options?: DockerContainerMountsBindOptions;
  readonly read_only?: boolean;
  readonly source?: Text;
  readonly target: Text;
  readonly tmpfs_options?: DockerContainerMountsTmpfsOptions;
  readonly type: Text;
  readonly volume_options?: DockerContainerMountsVolumeOptions;
};

export type DockerContainerNetworksAdvanced = {
  readonly aliases?: readonly Text[];
  readonly driver_opts?: readonly Text[];
  readonly gw_priority?: number;
  readonly ipv4_address?: Text;
  readonly ipv6_address?: Text;
  readonly link_local_ips?: readonly Text[];
  readonly mac_address?: Text;
  readonly name: Text;
};

export type DockerContainerPorts = {
  readonly external?: number;
  readonly internal: number;
  readonly ip?: Text;
  readonly protocol?: Text;
};

export type DockerContainerTimeouts = {
  readonly create?: Text;
  readonly delete?: Text;
  readonly update?: Text;
};

export type DockerContainerUlimit = {
  readonly hard: number;
  readonly name: Text;
  readonly soft: number;
};

export type DockerContainerUpload = {
  readonly content?: Text;
  readonly content_base64?: Text;
  readonly executable?: boolean;
  readonly file: Text;
  readonly group?: Text;
  readonly owner?: Text;
  readonly permissions?: Text;
  readonly source?: Text;
  readonly source_hash?: Text;
};

export type DockerContainerVolumes = {
  readonly container_path?: Text;
  readonly from_container?: Text;
  readonly host_path?: Text;
  readonly read_only?: boolean;
  readonly selinux_relabel?: Text;
  readonly volume_name?: Text;
};

export type DockerContainer = {
  readonly attach?: boolean;
  readonly capabilities?: DockerContainerCapabilities;
  readonly cgroup_parent?: Text;
  readonly cgroupns_mode?: Text;
  readonly command?: readonly Text[];
  readonly container_read_refresh_timeout_milliseconds?: number;
  readonly cpu_period?: number;
  readonly cpu_quota?: number;
  readonly cpu_set?: Text;
  readonly cpu_shares?: number;
  readonly cpus?: Text;
  readonly destroy_grace_seconds?: number;
  readonly device_cgroup_rules?: readonly Text[];
  readonly device_read_bps?: readonly DockerContainerDeviceReadBps[];
  readonly device_read_iops?: readonly DockerContainerDeviceReadIops[];
  readonly device_requests?: readonly DockerContainerDeviceRequests[];
  readonly device_write_bps?: readonly DockerContainerDeviceWriteBps[];
  readonly device_write_iops?: readonly DockerContainerDeviceWriteIops[];
  readonly devices?: readonly DockerContainerDevices[];
  readonly dns?: readonly Text[];
  readonly dns_opts?: readonly Text[];
  readonly dns_search?: readonly Text[];
  readonly domainname?: Text;
  readonly entrypoint?: readonly Text[];
  readonly env?: readonly Text[];
  readonly gpus?: Text;
  readonly group_add?: readonly Text[];
  readonly healthcheck?: DockerContainerHealthcheck;
  readonly host?: readonly DockerContainerHost[];
  readonly hostname?: Text;
  readonly id?: Text;
  readonly image: Text;
  readonly init?: boolean;
  readonly ipc_mode?: Text;
  readonly labels?: readonly DockerContainerLabels[];
  readonly log_driver?: Text;
  readonly log_opts?: { readonly [name: string]: Text };
  readonly logs?: boolean;
  readonly max_retry_count?: number;
  readonly memory?: number;
  readonly memory_reservation?: number;
  readonly memory_swap?: number;
  readonly mounts?: readonly DockerContainerMounts[];
  readonly must_run?: boolean;
  readonly name: Text;
  readonly network_mode?: Text;
  readonly networks_advanced?: readonly DockerContainerNetworksAdvanced[];
  readonly pid_mode?: Text;
  readonly platform?: Text;
  readonly ports?: readonly DockerContainerPorts[];
  readonly privileged?: boolean;
  readonly publish_all_ports?: boolean;
  readonly read_only?: boolean;
  readonly remove_volumes?: boolean;
  readonly restart?: Text;
  readonly rm?: boolean;
  readonly runtime?: Text;
  readonly security_opts?: readonly Text[];
  readonly shm_size?: number;
  readonly start?: boolean;
  readonly stdin_open?: boolean;
  readonly stop_signal?: Text;
  readonly stop_timeout?: number;
  readonly storage_opts?: { readonly [name: string]: Text };
  readonly sysctls?: { readonly [name: string]: Text };
  readonly timeouts?: DockerContainerTimeouts;
  readonly tmpfs?: { readonly [name: string]: Text };
  readonly tty?: boolean;
  readonly ulimit?: readonly DockerContainerUlimit[];
  readonly upload?: readonly DockerContainerUpload[];
  readonly user?: Text;
  readonly userns_mode?: Text;
  readonly volumes?: readonly DockerContainerVolumes[];
  readonly wait?: boolean;
  readonly wait_timeout?: number;
  readonly working_dir?: Text;
};

export type DockerImageBuildAuthConfig = {
  readonly auth?: Text;
  readonly email?: Text;
  readonly host_name: Text;
  readonly identity_token?: Text;
  readonly password?: Text;
  readonly registry_token?: Text;
  readonly server_address?: Text;
  readonly user_name?: Text;
};

export type DockerImageBuildSecrets = {
  readonly env?: Text;
  readonly id: Text;
  readonly src?: Text;
};

export type DockerImageBuildUlimit = {
  readonly hard: number;
  readonly name: Text;
  readonly soft: number;
};

export type DockerImageBuild = {
  readonly additional_contexts?: readonly Text[];
  readonly auth_config?: readonly DockerImageBuildAuthConfig[];
  readonly build_args?: { readonly [name: string]: Text };
  readonly build_id?: Text;
  readonly build_log_file?: Text;
  readonly builder?: Text;
  readonly cache_from?: readonly Text[];
  readonly cache_to?: readonly Text[];
  readonly cgroup_parent?: Text;
  readonly context: Text;
  readonly cpu_period?: number;
  readonly cpu_quota?: number;
  readonly cpu_set_cpus?: Text;
  readonly cpu_set_mems?: Text;
  readonly cpu_shares?: number;
  readonly dockerfile?: Text;
  readonly extra_hosts?: readonly Text[];
  readonly force_remove?: boolean;
  readonly isolation?: Text;
  readonly label?: { readonly [name: string]: Text };
  readonly labels?: { readonly [name: string]: Text };
  readonly memory?: number;
  readonly memory_swap?: number;
  readonly network_mode?: Text;
  readonly no_cache?: boolean;
  readonly platform?: Text;
  readonly provenance?: Text;
  readonly pull_parent?: boolean;
  readonly remote_context?: Text;
  readonly remove?: boolean;
  readonly sbom?: Text;
  readonly secrets?: readonly DockerImageBuildSecrets[];
  readonly security_opt?: readonly Text[];
  readonly session_id?: Text;
  readonly shm_size?: number;
  readonly squash?: boolean;
  readonly suppress_output?: boolean;
  readonly tag?: readonly Text[];
  readonly target?: Text;
  readonly ulimit?: readonly DockerImageBuildUlimit[];
  readonly use_legacy_builder?: boolean;
  readonly version?: Text;
};

export type DockerImageTimeouts = {
  readonly create?: Text;
  readonly delete?: Text;
  readonly update?: Text;
};

export type DockerImage = {
  readonly build?: DockerImageBuild;
  readonly force_remove?: boolean;
  readonly keep_locally?: boolean;
  readonly name: Text;
  readonly platform?: Text;
  readonly pull_triggers?: readonly Text[];
  readonly timeouts?: DockerImageTimeouts;
  readonly triggers?: { readonly [name: string]: Text };
};

export type DockerNetworkIpamConfig = {
  readonly aux_address?: { readonly [name: string]: Text };
  readonly gateway?: Text;
  readonly ip_range?: Text;
  readonly subnet?: Text;
};

export type DockerNetworkLabels = {
  readonly label: Text;
  readonly value: Text;
};

export type DockerNetwork = {
  readonly attachable?: boolean;
  readonly driver?: Text;
  readonly id?: Text;
  readonly ingress?: boolean;
  readonly internal?: boolean;
  readonly ipam_config?: readonly DockerNetworkIpamConfig[];
  readonly ipam_driver?: Text;
  readonly ipam_options?: { readonly [name: string]: Text };
  readonly ipv6?: boolean;
  readonly labels?: readonly DockerNetworkLabels[];
  readonly name: Text;
  readonly options?: { readonly [name: string]: Text };
};

export type DataDockerImage = {
  readonly id?: Text;
  readonly name: Text;
};

export type DataDockerNetwork = {
  readonly name: Text;
};
