#!/usr/bin/env python3
"""Compares this host with the requirements of an environment. Changes nothing.

Prints one JSON object a line for each thing that would stop the deployment, and nothing where the host is fit:
  {"rule": ..., "message": ..., "hint": ...}
`--needs` is JSON: {"architecture": "amd64", "memory_mib": 4480, "volumes": [{"name": "data", "path": "/data",
"free": "20GiB"}, {"name": "docker", "path": ""}]}; Docker says where docker is. What is not in it is not checked; `free`
has a default, and 0 turns the check off.

Ansible's preflight and `breakwater up` run this same file, so that both refuse the same hosts in the same words.
"""
import argparse
import glob
import json
import os
import re
import shutil
import subprocess

DEFAULT_FREE = {"data": "5GiB", "docker": "4GiB"}
UNITS_MIB = {"MiB": 1, "GiB": 1024, "TiB": 1024 * 1024}
# Distributions on which the roles are tested. Others are refused.
SUPPORTED = {"debian": ("12", "13"), "ubuntu": ("22.04", "24.04")}
RED_HAT = {"rhel", "centos", "rocky", "almalinux", "fedora", "ol"}
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}
# The docker provider and Traefik need API 1.40 or later; 20.10 is the oldest tested version.
OLDEST_DOCKER = (20, 10)
# File systems that are mounted without an entry in /etc/fstab.
SELF_MOUNTING = {"zfs", "overlay", "tmpfs", "9p", "virtiofs"}
NETWORK_FILESYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.glusterfs"}
UNIT_DIRECTORIES = ("/etc/systemd/system", "/run/systemd/generator", "/usr/lib/systemd/system", "/lib/systemd/system")


def problem(rule, message, hint):
    return {"rule": rule, "message": message, "hint": hint}


def mebibytes(text):
    return 0 if text == "0" else int(text[:-3]) * UNITS_MIB[text[-3:]]


def size_text(mib):
    return f"{mib / 1024:.1f} GiB" if mib >= 1024 else f"{mib} MiB"


def read(path):
    try:
        with open(path, encoding="utf8", errors="replace") as handle:
            return handle.read()
    except OSError:
        return ""


def run(command):
    """Its output; None if it does not exist, fails or hangs."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf8", "replace").strip() if done.returncode == 0 else None


def os_release(text):
    found = dict(re.findall(r'^([A-Z_]+)="?([^"\n]*)"?$', text, re.MULTILINE))
    return found.get("ID", ""), found.get("VERSION_ID", ""), found.get("PRETTY_NAME") or found.get("ID", "this system")


def check_distribution(text, selinux):
    """RHEL and its derivatives have no Docker package, and SELinux denies containers access to their mounts."""
    name, version, pretty = os_release(text)
    known = ", ".join(f"{one.capitalize()} {' and '.join(versions)}" for one, versions in SUPPORTED.items())
    hint = f"use {known}; on a Kubernetes cluster, deploy the chart (cluster: in the environment)"
    if name in RED_HAT:
        why = "it has no Docker package, and SELinux denies containers access to mounts without a label"
        return [problem("distribution", f"{pretty} is not supported: {why}", hint)]
    if version not in SUPPORTED.get(name, ()):
        return [problem("distribution", f"{pretty} is not supported: the roles are not tested on it", hint)]
    if selinux == "1":
        return [
            problem(
                "selinux",
                "SELinux is enforcing: it denies containers the files that are mounted without a label",
                "set it to permissive (setenforce 0, and SELINUX=permissive in /etc/selinux/config), or use another host",
            )
        ]
    return []


def check_architecture(machine, wanted):
    found = ARCHITECTURES.get(machine, machine)
    if not wanted or found == wanted:
        return []
    message = f"this host is {found}, and the pinned images are {wanted}"
    return [problem("architecture", message, f"use a host with {wanted}: Harbor publishes no images for {found}")]


# The containers do not all reach their limits at once, and a machine with 4 GiB has less than 4 GiB for programs.
MEMORY_SHARE = 0.8


def check_memory(meminfo, wanted_mib):
    total = re.search(r"^MemTotal:\s+(\d+) kB", meminfo, re.MULTILINE)
    total_mib = int(total.group(1)) // 1024 if total else None
    if not wanted_mib or total_mib is None or total_mib >= wanted_mib * MEMORY_SHARE:
        return []
    message = f"{size_text(total_mib)} of memory; the limits of the containers add up to {size_text(wanted_mib)}"
    return [problem("memory", message, "use a larger machine, or lower harbor.limits (core and postgresql have 1 GiB each)")]


def is_snap(binary, root):
    return "/snap/" in os.path.realpath(binary or "") or "/snap/" in (binary or "") or root.startswith("/var/snap/")


def check_docker(binary, root, version):
    """If Docker is missing, the role installs it."""
    if is_snap(binary, root):
        message = f"Docker is the snap ({binary or root}): it can mount nothing outside of /home, and updates itself"
        hint = "remove it (snap remove docker; its containers are lost), the role docker_host installs Docker's package"
        return [problem("docker-snap", message, hint)]
    numbers = tuple(int(part) for part in re.findall(r"\d+", version or "")[:2])
    if numbers and numbers < OLDEST_DOCKER:
        return [problem("docker-version", f"Docker {version} is too old: 20.10 is the oldest that is tested", "upgrade it")]
    return []


def existing(path):
    """The directory itself, or its closest existing parent."""
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def free_mib(path):
    return shutil.disk_usage(existing(path)).free // (1024 * 1024)


def check_space(volumes):
    """Volumes on one file system share its free space."""
    shared = {}
    for volume in volumes:
        shared.setdefault(os.stat(existing(volume["path"])).st_dev, []).append(volume)
    problems = []
    for together in shared.values():
        needed, free = sum(one["free_mib"] for one in together), free_mib(together[0]["path"])
        if free >= needed:
            continue
        paths = " and ".join(dict.fromkeys(one["path"] for one in together))
        message = f"{size_text(free)} free for {paths}, and {size_text(needed)} are required"
        names = " and ".join(f"host.free.{one['name']}" for one in together)
        problems.append(problem("disk-space", message, f"free some space, use a larger disk, or lower {names}"))
    return problems


def mounts(mountinfo):
    """(mount point, type) of every mount, deepest first; octal escapes as the kernel writes them."""
    found = []
    for line in mountinfo.splitlines():
        fields, _, rest = line.partition(" - ")
        target = re.sub(r"\\(\d{3})", lambda match: chr(int(match.group(1), 8)), fields.split()[4])
        found.append((target, rest.split()[0]))
    return sorted(found, key=lambda one: -len(one[0]))


def mount_of(path, found):
    for target, kind in found:
        if path == target or path.startswith(target.rstrip("/") + "/"):
            return target, kind
    return "/", ""


def is_in_fstab(target, fstab):
    entries = [line.split() for line in fstab.splitlines() if not line.lstrip().startswith("#")]
    return any(len(entry) > 1 and entry[1].rstrip("/") == target.rstrip("/") for entry in entries)


def has_unit(target):
    wanted = re.compile(rf"^Where={re.escape(target)}/?$", re.MULTILINE)
    return any(wanted.search(read(unit)) for folder in UNIT_DIRECTORIES for unit in glob.glob(f"{folder}/*.mount"))


def check_mounts(paths, found, fstab, is_unit=has_unit):
    """A disk that is not mounted at boot is an empty directory, in which PostgreSQL creates a new database."""
    own = {path: mount_of(os.path.realpath(path), found) for path in paths}
    problems = []
    for target, kind in sorted({mount for mount in own.values() if mount[0] != "/"}):
        below = " and ".join(path for path, mount in own.items() if mount[0] == target)
        if kind in NETWORK_FILESYSTEMS and any(path.endswith("/database") for path, mount in own.items() if mount[0] == target):
            message = f"{below} is on {kind} ({target}): PostgreSQL can lose data on a network file system"
            problems.append(problem("network-filesystem", message, "use a local disk, or harbor.database"))
        if kind not in SELF_MOUNTING and not is_in_fstab(target, fstab) and not is_unit(target):
            message = f"{below} is on a disk that is mounted at {target} by hand: after a boot the directory would be empty"
            problems.append(problem("mount-not-kept", message, f"add {target} to /etc/fstab, then run systemctl daemon-reload"))
    return problems


def parts_of(data_volume):
    inner = [os.path.join(data_volume, name) for name in ("database", "registry", "redis", "job_logs")]
    return [data_volume, *[path for path in inner if os.path.isdir(path)]]


def judge(needs, docker):
    root = run([docker, "info", "--format", "{{.DockerRootDir}}"]) or "/var/lib/docker"
    volumes = [
        {
            "name": one["name"],
            "path": one["path"] or root,
            "free_mib": mebibytes(one.get("free") or DEFAULT_FREE[one["name"]]),
        }
        for one in needs.get("volumes", [])
    ]
    data = [part for one in volumes if one["name"] == "data" for part in parts_of(one["path"])]
    return [
        *check_distribution(read("/etc/os-release"), read("/sys/fs/selinux/enforce").strip()),
        *check_architecture(os.uname().machine, needs.get("architecture")),
        *check_memory(read("/proc/meminfo"), int(needs.get("memory_mib") or 0)),
        *check_docker(shutil.which(docker), root, run([docker, "version", "--format", "{{.Server.Version}}"])),
        *check_space([one for one in volumes if one["free_mib"] > 0]),
        # Without systemd, disks are mounted by other programs.
        *(check_mounts(data, mounts(read("/proc/self/mountinfo")), read("/etc/fstab")) if has_systemd() else []),
    ]


def has_systemd():
    return os.path.isdir("/run/systemd/system")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--needs", required=True, type=json.loads)
    parser.add_argument("--docker", default="docker")
    options = parser.parse_args()
    for one in judge(options.needs, options.docker):
        print(json.dumps(one))


if __name__ == "__main__":
    main()
