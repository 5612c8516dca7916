#!/usr/bin/python
"""Copies the output of Harbor's prepare into immutable directories."""

from __future__ import annotations

DOCUMENTATION = r"""
module: harbor_prepared
short_description: Copy each Harbor service's files into a directory named by their keyed digest
description:
  - Harbor's registry reads C(passwd) again at once, so files that containers mount must not be the ones that prepare
    writes. Each service gets C(dest/SERVICE/DIGEST), renamed into place whole.
  - The digest is HMAC-SHA256 with a random key, because one file holds a single short password that a plain hash would
    let anyone guess who sees it as a label.
  - Directories that are neither current nor mounted by any container are removed.
options:
  roots: {description: Directories that C(from) begins with, by name., type: dict, required: true}
  dest: {description: Directory to create them in., type: path, required: true}
  key_file: {description: The random key; created if missing., type: path, required: true}
  services: {description: For each service its uid and files., type: dict, required: true}
  in_use: {description: Paths that containers mount., type: list, elements: str, default: []}
author: Breakwater
"""
EXAMPLES = r"""
- name: Copy the portal's file
  harbor_prepared:
    roots: {config: /opt/harbor/prepare/config}
    dest: /opt/harbor/prepared
    key_file: /etc/harbor/prepared.key
    services: {portal: {uid: 10000, files: [{from: config/portal/nginx.conf, to: nginx.conf}]}}
"""
RETURN = r"""
services: {description: The digest of each service., returned: success, type: dict}
created: {description: Created directories., returned: success, type: list}
removed: {description: Removed directories., returned: success, type: list}
"""

import hashlib
import hmac
import os
import secrets
import shutil
import tempfile

SECRET_NAMES = {"env", "key", "password", "private_key.pem"}
DIRECTORY_MODE = 0o755


class PrepareError(Exception):
    """The output of prepare lacks something that a service needs."""


def sorted_no_proxy(content):
    """prepare joins a Python set into NO_PROXY: each run has another order with the same meaning."""
    return b"".join(sort_value(line) for line in content.splitlines(keepends=True))


def sort_value(line):
    name, equals, value = line.partition(b"=")
    if name.upper() != b"NO_PROXY":
        return line
    end = b"\n" if value.endswith(b"\n") else b""
    return name + equals + b",".join(sorted(value.rstrip(b"\n").split(b","))) + end


def value_of(content, wanted, path):
    """The value of one variable in an env file, without the line break."""
    for line in content.splitlines():
        name, equals, value = line.partition(b"=")
        if equals and name == wanted.encode():
            return value
    raise PrepareError(f"{path}: no {wanted} in it")


def expand(source, target):
    """One (path, name) for each file. A directory means all its files."""
    if not os.path.isdir(source):
        return [(source, target)]
    found = []
    for folder, _, names in os.walk(source):
        inner = os.path.relpath(folder, source)
        found += [(os.path.join(folder, n), os.path.normpath(os.path.join(target, inner, n))) for n in names]
    return found


def read_file(path, name, entry):
    with open(path, "rb") as handle:
        content = handle.read()
    if "value" in entry:
        return value_of(content, entry["value"], path)
    return sorted_no_proxy(content) if name == "env" else content


def read_service(roots, files):
    """Content by name. Optional files may be missing."""
    contents = {}
    for entry in files:
        root, _, rest = entry["from"].partition("/")
        source = os.path.join(roots[root], rest)
        if entry.get("optional") and not os.path.exists(source):
            continue
        for path, name in expand(source, entry["to"]):
            contents[name] = read_file(path, name, entry)
    return contents


def mode_of(name):
    return 0o400 if name in SECRET_NAMES else 0o440


def digest_of(key, uid, contents):
    """Digest of `name NUL mode NUL uid:gid NUL sha256 LF` of each file, so that owners and modes count, too."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for name in sorted(contents):
        content = hashlib.sha256(contents[name]).hexdigest()
        mac.update(f"{name}\0{mode_of(name):04o}\0{uid}:{uid}\0{content}\n".encode())
    return mac.hexdigest()


def read_key(path, check_mode):
    if os.path.exists(path):
        with open(path, "rb") as handle:
            return handle.read()
    key = secrets.token_bytes(32)
    if not check_mode:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(key)
    return key


def own(path, uid, mode):
    os.chmod(path, mode)
    os.chown(path, uid, uid)


def write_service(parent, digest, uid, contents):
    """Atomic: a crash leaves a .new- directory, which the next run removes."""
    os.makedirs(parent, mode=DIRECTORY_MODE, exist_ok=True)
    staging = tempfile.mkdtemp(prefix=".new-", dir=parent)
    # It is mounted even if it is empty.
    os.makedirs(os.path.join(staging, "trust"))
    for name, content in contents.items():
        path = os.path.join(staging, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as handle:
            handle.write(content)
        own(path, uid, mode_of(name))
    for folder, _, _ in os.walk(staging):
        own(folder, uid, DIRECTORY_MODE)
    # Its name is the digest of its content: a power failure must not leave empty files in it.
    os.sync()
    os.rename(staging, os.path.join(parent, digest))


def is_used(path, in_use):
    return any(used == path or used.startswith(path + "/") for used in in_use)


def subdirectories(path):
    return sorted(entry.name for entry in os.scandir(path) if entry.is_dir()) if os.path.isdir(path) else []


def unused(dest, digests, in_use):
    """A container without its directory can never start again, so stopped containers count, too."""
    every = [(service, name) for service in subdirectories(dest) for name in subdirectories(os.path.join(dest, service))]
    stale = [os.path.join(dest, service, name) for service, name in every if digests.get(service) != name]
    return [path for path in stale if not is_used(path, in_use)]


def converge(params, check_mode):
    services, dest = params["services"], params["dest"]
    contents = {name: read_service(params["roots"], spec["files"]) for name, spec in services.items()}
    key = read_key(params["key_file"], check_mode)
    digests = {name: digest_of(key, int(services[name]["uid"]), files) for name, files in contents.items()}
    created = [name for name in sorted(digests) if not os.path.isdir(os.path.join(dest, name, digests[name]))]
    removed = unused(dest, digests, params["in_use"])
    if not check_mode:
        for name in created:
            write_service(os.path.join(dest, name), digests[name], int(services[name]["uid"]), contents[name])
        for path in removed:
            shutil.rmtree(path)
    return {"changed": bool(created or removed), "services": digests, "created": created, "removed": removed}


def main():
    from ansible.module_utils.basic import AnsibleModule  # pylint: disable=import-outside-toplevel

    module = AnsibleModule(
        argument_spec={
            "roots": {"type": "dict", "required": True},
            "dest": {"type": "path", "required": True},
            "key_file": {"type": "path", "required": True, "no_log": False},
            "services": {"type": "dict", "required": True},
            "in_use": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    try:
        result = converge(module.params, module.check_mode)
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}. Did prepare finish?")
    except PrepareError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
