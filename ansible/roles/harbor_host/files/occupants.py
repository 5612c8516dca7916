#!/usr/bin/env python3
"""Finds what already uses the data or the ports of a Harbor on this host. Changes nothing.

Prints one JSON object a line, and nothing where the host is free:
  {"kind": "container", "name": ..., "image": ..., "state": ..., "project": ..., "why": [...]}
  {"kind": "database", "directory": ..., "pid": ..., "why": ...}
  {"kind": "unread", "what": ..., "why": ...}      it could not be looked at
Containers with a label io.breakwater.* are ours and are never listed. Exit code 1: Docker did not say what it runs.

Ansible's preflight and `breakwater up` run this same file; `up` sends it to Python by standard input.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys

OURS = "io.breakwater."
HARBOR_IMAGE = re.compile(
    r"(^|/)goharbor/|(^|/)(harbor-(core|db|portal|jobservice|registryctl|exporter|log|trivy-adapter)"
    r"|(registry|redis|valkey|nginx|trivy-adapter|chartmuseum|notary-server|notary-signer)-photon)(:|@|$)"
)
CONTAINER_ID = re.compile(r"[0-9a-f]{64}")


class DockerSilent(Exception):
    """Docker is installed, but does not list its containers."""


def run(command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
    except FileNotFoundError:
        return None
    except subprocess.TimeoutExpired:
        raise DockerSilent(f"{' '.join(command[:2])} did not end within 60 s") from None
    return done.returncode, done.stdout.decode("utf8", "replace"), done.stderr.decode("utf8", "replace").strip()


def containers(docker):
    """All containers, running or stopped. None without Docker."""
    for _ in range(3):
        listed = run([docker, "ps", "--all", "--quiet", "--no-trunc"])
        if listed is None:
            return []
        code, out, err = listed
        if code != 0:
            raise DockerSilent(err or f"docker ps ended with {code}")
        ids = out.split()
        if not ids:
            return []
        code, out, err = run([docker, "inspect", "--type", "container", *ids])
        if code == 0:
            return json.loads(out)
        # One was removed in the meantime: list them again.
        if "no such" not in err.lower():
            raise DockerSilent(err or f"docker inspect ended with {code}")
    raise DockerSilent("its list of containers kept changing")


def is_ours(container):
    return any(name.startswith(OURS) for name in (container["Config"].get("Labels") or {}))


def lies_below(path, top):
    """Also by a symbolic link or by another mount of the same directory."""
    path, top = os.path.realpath(path), os.path.realpath(top)
    while True:
        if path == top:
            return True
        try:
            if os.path.samefile(path, top):
                return True
        except OSError:
            pass
        parent = os.path.dirname(path)
        if parent == path:
            return False
        path = parent


def device_of(docker, volume):
    """The directory that a named volume is a bind mount of."""
    code, out, _ = run([docker, "volume", "inspect", volume])
    if code != 0:
        return None
    options = (json.loads(out)[0].get("Options") or {}) if out else {}
    return options.get("device") if "bind" in options.get("o", "") else None


def mounted(container, data_volume, docker):
    """Mounts of the data that a container may write to. Read-only mounts, as of a backup, do no harm."""
    for mount in container.get("Mounts") or []:
        if mount.get("RW") is False:
            continue
        source = mount.get("Source") or ""
        if mount.get("Type") == "volume":
            source = device_of(docker, mount.get("Name", "")) or source
        if source.startswith("/") and lies_below(source, data_volume):
            yield f"mounts {source}"


def published(container, ports):
    """A stopped container counts if Docker starts it at boot."""
    host = container["HostConfig"]
    if not container["State"].get("Running") and (host.get("RestartPolicy") or {}).get("Name") != "always":
        return
    live = (container.get("NetworkSettings") or {}).get("Ports") or {}
    for bindings in [*live.values(), *(host.get("PortBindings") or {}).values()]:
        for binding in bindings or []:
            if (binding.get("HostPort") or "").isdigit() and int(binding["HostPort"]) in ports:
                yield f"publishes port {binding['HostPort']}"


def judged(container, options):
    image = container["Config"].get("Image") or ""
    why = [*(["runs a Harbor image"] if HARBOR_IMAGE.search(image) else [])]
    why += [*mounted(container, options.data_volume, options.docker), *published(container, options.ports)]
    labels = container["Config"].get("Labels") or {}
    return {
        "kind": "container",
        "name": container["Name"].lstrip("/"),
        "image": image,
        "state": container["State"].get("Status") or "unknown",
        "project": labels.get("com.docker.compose.project.working_dir") or labels.get("com.docker.compose.project") or "",
        "why": list(dict.fromkeys(why)),
    }


def stat_of(path):
    try:
        found = os.stat(path)
        return found.st_dev, found.st_ino
    except OSError:
        return None


def processes_in(directory):
    """Processes with this working directory: PostgreSQL changes into its data, and /proc also shows containers."""
    wanted = stat_of(directory)
    for entry in glob.glob("/proc/[0-9]*"):
        if wanted is not None and stat_of(f"{entry}/cwd") == wanted:
            yield int(os.path.basename(entry))


def named_in(pid_file):
    """The process that the file names, if its user owns the file: process ids are reused."""
    try:
        with open(pid_file, encoding="utf8", errors="replace") as handle:
            pid = int(handle.readline().strip())
        if pid > 1 and os.stat(f"/proc/{pid}").st_uid == os.stat(pid_file).st_uid:
            yield pid
    except (OSError, ValueError):
        return


def container_of(pid):
    try:
        with open(f"/proc/{pid}/cgroup", encoding="utf8") as handle:
            return CONTAINER_ID.findall(handle.read())
    except OSError:
        return []


def databases(options, known):
    """A PostgreSQL that uses the data outside Docker's containers, which are listed separately."""
    top = os.path.join(options.data_volume, "database")
    if os.path.isdir(top) and not os.access(top, os.R_OK | os.X_OK):
        yield {"kind": "unread", "what": top, "why": "it needs root"}
        return
    places = [path for path in [top, *glob.glob(f"{top}/*")] if os.path.isdir(path)]
    for directory in places:
        pid_file = os.path.join(directory, "postmaster.pid")
        if not os.path.lexists(pid_file):
            continue
        pids = dict.fromkeys([*named_in(pid_file), *processes_in(directory)])
        for pid in [pid for pid in pids if not known.intersection(container_of(pid))][:1]:
            yield {"kind": "database", "directory": directory, "pid": pid, "why": "its postmaster.pid is live"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-volume", required=True)
    parser.add_argument("--ports", default="", help="separated by commas")
    parser.add_argument("--docker", default="docker")
    options = parser.parse_args()
    options.ports = {int(port) for port in options.ports.split(",") if port}
    try:
        everything = containers(options.docker)
        found = [judged(one, options) for one in everything if not is_ours(one)]
    except DockerSilent as silent:
        sys.exit(f"Docker does not say which containers run here: {silent}")
    found = sorted((one for one in found if one["why"]), key=lambda one: one["name"])
    known = {one["Id"] for one in everything}
    for one in [*found, *databases(options, known)]:
        print(json.dumps(one))


if __name__ == "__main__":
    main()
