#!/usr/bin/env python3
"""Examines a Harbor of docker-compose on this host. Changes nothing, and prints one JSON object without secrets.

`--source` is the directory of its harbor.yml; without it, that of the compose project whose containers run Harbor's images.
`--data-volume` is what harbor.yml names. What cannot be read is null: the playbook refuses it with the reason.
"""
import argparse
import glob
import json
import os
import re
import shutil
import subprocess

COMPOSE = "com.docker.compose.project"
OURS = "io.breakwater."
HARBOR_IMAGE = re.compile(r"(^|/)goharbor/|(^|/)(harbor-(core|db|portal|jobservice|registryctl|exporter|log)|registry-photon)[:@]")
IMAGE_LINE = re.compile(r"^\s*image:\s*['\"]?([^'\"\s#]+)", re.MULTILINE)
PARTS = ("", "database", "registry", "redis", "secret", "job_logs", "chart_storage", "notary-db")
MIB = 1024 * 1024


def run(command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf8", "replace") if done.returncode == 0 else None


def read(path):
    try:
        with open(path, encoding="utf8", errors="replace") as handle:
            return handle.read()
    except OSError:
        return None


def containers(docker):
    ids = (run([docker, "ps", "--all", "--quiet", "--no-trunc"]) or "").split()
    return json.loads(run([docker, "inspect", "--type", "container", *ids]) or "[]") if ids else []


def described(container):
    labels = container["Config"].get("Labels") or {}
    return {
        "name": container["Name"].lstrip("/"),
        "image": container["Config"].get("Image") or "",
        "running": bool(container["State"].get("Running")),
        "directory": labels.get(f"{COMPOSE}.working_dir", ""),
        "project": labels.get(COMPOSE, ""),
        "service": labels.get(f"{COMPOSE}.service", ""),
        "ours": any(key.startswith(OURS) for key in labels),
    }


def find_source(found):
    """The directory from which compose created the containers of a Harbor."""
    for one in found:
        if one["directory"] and not one["ours"] and HARBOR_IMAGE.search(one["image"]):
            return one["directory"]
    return "/opt/harbor"


def is_of(container, source):
    """docker-compose 1.x sets no label with the directory: its project has the name of the directory."""
    if container["ours"]:
        return False
    if container["directory"]:
        return os.path.realpath(container["directory"]) == os.path.realpath(source)
    return bool(container["project"]) and container["project"] == re.sub(r"[^a-z0-9_-]", "", os.path.basename(source).lower())


def compose_command(docker):
    """The command that can start it again."""
    if run([docker, "compose", "version"]) is not None:
        return [docker, "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


def versions(text):
    """The versions of Harbor's images in docker-compose.yml."""
    images = [image for image in IMAGE_LINE.findall(text or "") if HARBOR_IMAGE.search(image)]
    return sorted({image.rsplit(":", 1)[1].split("@")[0] for image in images if ":" in image.rsplit("/", 1)[-1]})


def size_mib(path):
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_blocks * 512
            except OSError:
                pass
    return total // MIB + 1 if os.path.isdir(path) else 0


def part_of(data_volume, name):
    path = os.path.join(data_volume, name).rstrip("/")
    if not os.path.lexists(path):
        return None
    return {
        "name": name,
        "path": path,
        "link": os.readlink(path) if os.path.islink(path) else "",
        "own_disk": os.path.isdir(path) and os.stat(path).st_dev != os.stat(data_volume).st_dev,
        "mib": size_mib(path) if name else 0,
        "empty": os.path.isdir(path) and not os.listdir(path),
    }


def existing(path):
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def room(paths):
    """Free MiB and the file system of each path, or of its closest existing parent."""
    found = {path: existing(path) for path in paths}
    return {path: {"mib": shutil.disk_usage(at).free // MIB, "device": os.stat(at).st_dev} for path, at in found.items()}


def units(source):
    """Units of systemd that start it at boot."""
    names = []
    for path in sorted(glob.glob("/etc/systemd/system/*.service") + glob.glob("/lib/systemd/system/*.service")):
        text = read(path) or ""
        if source in text and re.search(r"compose|install\.sh", text):
            names.append(os.path.basename(path))
    return list(dict.fromkeys(names))


def database_of(data_volume):
    """Major versions of PostgreSQL that have a directory; `old` is from before Harbor 2.0."""
    top = os.path.join(data_volume, "database")
    found = [name[2:] for name in sorted(os.listdir(top)) if re.fullmatch(r"pg\d+", name)] if os.path.isdir(top) else []
    return {"majors": found, "old": os.path.isfile(os.path.join(top, "PG_VERSION"))}


def look(options):
    found = [described(one) for one in containers(options.docker)]
    source = os.path.normpath(options.source or find_source(found))
    facts = {"source": source, "harbor_yml": os.path.isfile(os.path.join(source, "harbor.yml"))}
    if not options.data_volume:
        return facts
    data = options.data_volume
    key = read(os.path.join(data, "secret", "keys", "secretkey"))
    compose = read(os.path.join(source, "docker-compose.yml"))
    return {
        **facts,
        "compose_yml": compose is not None,
        "versions": versions(compose),
        "compose": compose_command(options.docker),
        "containers": [one for one in found if is_of(one, source)],
        "ours": [one["name"] for one in found if one["ours"]],
        "units": units(source),
        "secretkey": None if key is None else len(key),
        "database": database_of(data),
        "parts": [part for part in (part_of(data, name) for name in PARTS) if part],
        "room": room([data, *options.room]),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", default="")
    parser.add_argument("--data-volume", default="")
    parser.add_argument("--room", action="append", default=[])
    parser.add_argument("--docker", default="docker")
    print(json.dumps(look(parser.parse_args())))


if __name__ == "__main__":
    main()
