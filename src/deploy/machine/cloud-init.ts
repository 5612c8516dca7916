import { stringify } from 'yaml';

/** Nothing in it may be secret: user data can be read on the machine by every process. */
export interface CloudInitInputs {
  /** The user for Terraform's docker provider and for Ansible. */
  readonly user: string;
  readonly sshKeys: readonly string[];
  /** Where the data disk is mounted: `/data`. */
  readonly dataVolume: string;
}

/** The label by which the disk is found on every machine that it is attached to. */
export const DATA_LABEL = 'harbor-data';

/**
 * User data for the first boot of a new machine: enough for Ansible to take over, without secrets, because every
 * process on the machine can read it. A change does not replace a machine.
 */
export function cloudInit({ user, sshKeys, dataVolume }: CloudInitInputs): string {
  const document = {
    users: [
      {
        name: user,
        groups: ['docker', 'sudo'],
        shell: '/bin/bash',
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        lock_passwd: true,
        ssh_authorized_keys: [...sshKeys],
      },
    ],
    disable_root: true,
    ssh_pwauth: false,
    package_update: true,
    // Debian's and Ubuntu's own package: Harbor needs no compose plugin here, so no other repository has to be trusted.
    packages: ['docker.io', 'python3', 'python3-apt', 'unattended-upgrades', 'e2fsprogs'],
    write_files: [
      {
        path: '/etc/ssh/sshd_config.d/50-breakwater.conf',
        // The docker provider opens one connection per resource, all at once: 10:30:100 drops some of them.
        content: 'MaxStartups 50:30:100\nPasswordAuthentication no\nPermitRootLogin no\n',
      },
      {
        path: '/etc/apt/apt.conf.d/51-breakwater',
        content: 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
      },
      {
        path: '/etc/systemd/system/docker.service.d/50-breakwater.conf',
        // Containers that start before their disk is mounted would find an empty directory and create a new database.
        content: `[Unit]\nRequiresMountsFor=${dataVolume}\n`,
      },
      { path: MOUNT_SCRIPT_PATH, permissions: '0755', content: mountScript(dataVolume) },
    ],
    runcmd: [['systemctl', 'reload-or-restart', 'ssh'], [MOUNT_SCRIPT_PATH]],
  };
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}

const MOUNT_SCRIPT_PATH = '/usr/local/sbin/mount-harbor-data';

/**
 * Mounts the data disk by its label. A disk is formatted only if it is completely empty: attaching a disk with Harbor's
 * data to a new machine is what the separate disk is for. It is attached after the machine was created, so the script
 * waits for it.
 */
function mountScript(dataVolume: string): string {
  return `#!/bin/sh
set -eu
label=${DATA_LABEL} target='${dataVolume}'
find_labelled() { blkid -L "$label" || true; }
# Disks without a partition, a filesystem or a mount.
find_empty() {
  lsblk -dnpo NAME,TYPE | while read -r name type; do
    [ "$type" = disk ] || continue
    [ "$(lsblk -no NAME "$name" | wc -l)" -eq 1 ] || continue
    if blkid -p "$name" >/dev/null 2>&1; then continue; else [ $? -eq 2 ] || continue; fi
    echo "$name"
  done
}
tries=0
while [ -z "$(find_labelled)" ] && [ -z "$(find_empty)" ]; do
  tries=$((tries + 1))
  [ "$tries" -le 150 ] || { echo "$0: no data disk after five minutes" >&2; exit 1; }
  sleep 2
done
if [ -z "$(find_labelled)" ]; then
  [ "$(find_empty | wc -l)" -eq 1 ] || { echo "$0: several empty disks: label one $label" >&2; exit 1; }
  mkfs.ext4 -q -L "$label" "$(find_empty)"
fi
mkdir -p "$target"
grep -q "^LABEL=$label " /etc/fstab || echo "LABEL=$label $target ext4 defaults,nofail,x-systemd.device-timeout=300 0 2" >>/etc/fstab
systemctl daemon-reload
mountpoint -q "$target" || mount "$target"
`;
}
