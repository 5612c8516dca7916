#!/usr/bin/env python3
"""Backs up one Harbor: its database, its blobs and its secrets, in one read-only window; then reads all of it again.

Usage: harbor-backup [--config /etc/harbor/backup.json]

The configuration names where things are; the password for Harbor's API is in a curl configuration file of its own
(/etc/harbor/backup.curl, `user = "admin:..."`), and reaches curl by its standard input. Exit: 0 with a verified backup,
1 with none; a backup that was begun and not verified stays behind with the suffix .partial until the next run.
"""

import argparse
import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile

BLOB = re.compile(r"/blobs/sha256/[0-9a-f]{2}/([0-9a-f]{64})/data$")
CHUNK_BYTES = 1024 * 1024
API = "http://127.0.0.1:8080/api/v2.0/configurations"


class BackupError(Exception):
    """Why there is no backup that could be relied on."""


def run(argv, **options):
    """Runs a program; its own last words are the error."""
    done = subprocess.run(argv, stderr=subprocess.PIPE, check=False, **options)
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it says nothing"]
        raise BackupError(f"{' '.join(argv[:4])} ... failed with {done.returncode}: {words[0]}")
    return done.stdout


# Harbor's API, asked from inside: nothing has to be published, and no certificate has to hold.


def ask_harbor(config, *options):
    with open(config["curlConfig"], encoding="utf8") as handle:
        lines = [handle.read(), "silent", "show-error", "fail", "max-time = 30", f'url = "{API}"', *options]
    argv = [config["docker"], "exec", "-i", config["coreContainer"], "curl", "--config", "-"]
    return run(argv, input="\n".join(lines).encode(), stdout=subprocess.PIPE)


def is_read_only(config):
    return json.loads(ask_harbor(config))["read_only"]["value"] is True


def set_read_only(config, value):
    body = json.dumps({"read_only": value}).replace('"', '\\"')
    ask_harbor(config, 'request = "PUT"', 'header = "Content-Type: application/json"', f'data = "{body}"')
    # PUT of configurations answers 200 to what it does not do.
    if is_read_only(config) is not value:
        raise BackupError(f"Harbor took read_only={value} with a 200 and did not do it")


@contextlib.contextmanager
def read_only_window(config):
    """Nobody pushes and no collection of garbage deletes while database and blobs are copied.

    The mark says that it was us, for a run that was killed: whoever else made Harbor read-only finds it so again.
    """
    mark = os.path.join(config["directory"], ".read-only")
    if is_read_only(config) and not os.path.exists(mark):
        yield
        return
    with open(mark, "w", encoding="utf8"):
        set_read_only(config, True)
    try:
        yield
    finally:
        set_read_only(config, False)
        os.unlink(mark)


# What is copied.


def dump_database(config, path):
    argv = [config["docker"], "exec", config["databaseContainer"], "pg_dump", "-U", "postgres", "-Fc", "registry"]
    with open(path, "wb") as handle:
        run(argv, stdout=handle)


def pack(parent, name, path):
    """Uncompressed: blobs are compressed already. Owners by number: no name is known on another host."""
    run(["tar", "--numeric-owner", "--xattrs", "-C", parent, "-cf", path, name])


def write_parts(config, directory):
    if config["database"]:
        dump_database(config, os.path.join(directory, "database.dump"))
    for name, parent in config["directories"].items():
        if os.path.isdir(os.path.join(parent, name)):
            pack(parent, name, os.path.join(directory, f"{name}.tar"))


# What was copied is read again.


def digest_of(handle):
    digest = hashlib.sha256()
    while chunk := handle.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def verify_database(config, path):
    argv = [config["docker"], "exec", "-i", config["databaseContainer"], "pg_restore", "--list"]
    with open(path, "rb") as handle:
        listed = run(argv, stdin=handle, stdout=subprocess.PIPE).decode(errors="replace")
    if "TABLE DATA" not in listed:
        raise BackupError("the dump of the database holds no table")


def verify_registry(_, path):
    """Every blob is what its name says: a disk that rots is found here, and not by who restores."""
    with tarfile.open(path, "r|") as archive:
        for member in archive:
            named = BLOB.search(member.name)
            if named and digest_of(archive.extractfile(member)) != named.group(1):
                raise BackupError(f"{member.name} does not have the digest that it is named by")


def verify_secret(_, path):
    with tarfile.open(path, "r|") as archive:
        sizes = {member.name: member.size for member in archive}
    if sizes.get("secret/keys/secretkey") != 16:
        raise BackupError("secret/keys/secretkey is missing or has not 16 characters")


def verify_archive(_, path):
    with tarfile.open(path, "r|") as archive:
        for _member in archive:
            pass


VERIFY = {
    "database.dump": verify_database,
    "registry.tar": verify_registry,
    "secret.tar": verify_secret,
    "acme.tar": verify_archive,
}


def describe(directory, name):
    path = os.path.join(directory, name)
    with open(path, "rb") as handle:
        return {"name": name, "sizeBytes": os.path.getsize(path), "sha256": digest_of(handle)}


def manifest_of(config, directory, taken_at):
    names = [name for name in VERIFY if os.path.exists(os.path.join(directory, name))]
    if "secret.tar" not in names:
        raise BackupError(f"there is no secret below {config['directories']['secret']}")
    for name in names:
        VERIFY[name](config, os.path.join(directory, name))
    return {
        "schemaVersion": 1,
        "takenAt": taken_at,
        "harborVersion": config["harborVersion"],
        "hostname": config["hostname"],
        "parts": [describe(directory, name) for name in names],
        "verified": True,
    }


# Where it is kept.


def publish(directory, partial, manifest):
    final = partial[: -len(".partial")]
    with open(os.path.join(partial, "backup.json"), "w", encoding="utf8") as handle:
        json.dump(manifest, handle, indent=2)
        handle.write("\n")
    os.rename(partial, final)
    link = os.path.join(directory, "latest")
    os.symlink(os.path.basename(final), link + ".new")
    os.replace(link + ".new", link)
    return final


def prune(directory, keep, suffix=""):
    pattern = re.compile(r"\d{8}T\d{6}Z" + re.escape(suffix))
    names = sorted(name for name in os.listdir(directory) if pattern.fullmatch(name))
    for name in names[: max(0, len(names) - keep)]:
        shutil.rmtree(os.path.join(directory, name))


def copy_elsewhere(config, final):
    """restic keeps every version of it, encrypted, on another machine; and reads a part of it again."""
    if not config.get("restic"):
        return
    environment = {**os.environ, **config["restic"]}
    run(["restic", "backup", "--quiet", "--tag", "harbor", "--host", config["hostname"], final], env=environment)
    run(["restic", "check", "--quiet", "--read-data-subset=1%"], env=environment, stdout=subprocess.DEVNULL)


def back_up(config, now):
    directory = config["directory"]
    prune(directory, 0, ".partial")
    partial = os.path.join(directory, now.strftime("%Y%m%dT%H%M%SZ.partial"))
    os.mkdir(partial, 0o700)
    with read_only_window(config):
        write_parts(config, partial)
    manifest = manifest_of(config, partial, now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    final = publish(directory, partial, manifest)
    prune(directory, int(config["keep"]))
    copy_elsewhere(config, final)
    return final


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", default="/etc/harbor/backup.json")
    with open(parser.parse_args().config, encoding="utf8") as handle:
        config = json.load(handle)
    os.umask(0o077)
    for number in (signal.SIGTERM, signal.SIGHUP):
        # As an exception, so that the read-only window is closed.
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    with open(os.path.join(config["directory"], ".lock"), "w", encoding="utf8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            print(back_up(config, datetime.datetime.now(datetime.timezone.utc)))
        except BlockingIOError:
            sys.exit("harbor-backup: another backup is running")
        except (BackupError, OSError) as error:
            sys.exit(f"harbor-backup: {error}")


if __name__ == "__main__":
    main()
