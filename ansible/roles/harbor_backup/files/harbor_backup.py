#!/usr/bin/env python3
"""Backs up one Harbor: its database, its blobs and its secrets, in one read-only window; then verifies all of it.

Usage: harbor-backup [--config /etc/harbor/backup.json] [--end-window]

The configuration names where things are; the password for Harbor's API is in a curl configuration file of its own
(/etc/harbor/backup.curl, `user = "admin:..."`), and reaches curl by its standard input. Exit: 0 with a verified backup,
1 with none, or with one that restic did not take elsewhere. --end-window takes back the read-only mode that a killed run
left behind, and does nothing where there is none.
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
import time

BLOB = re.compile(r"/blobs/sha256/[0-9a-f]{2}/([0-9a-f]{64})/data$")
CHUNK_BYTES = 1024 * 1024
API = "http://127.0.0.1:8080/api/v2.0"
STOPPED_BY = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
# Core needs half a minute to restart.
CLOSE_AGAIN_SECONDS = (1, 2, 4, 8, 16, 32)
# Unfinished uploads: they are still being written, and nothing refers to them.
UNFINISHED = "_uploads"
GIB = 1024**3


class BackupError(Exception):
    """Why there is no reliable backup."""


def run(argv, accepted=(0,), **options):
    """Runs a program; the end of its stderr is the error."""
    done = subprocess.run(argv, stderr=subprocess.PIPE, check=False, **options)
    if done.returncode not in accepted:
        words = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it says nothing"]
        raise BackupError(f"{' '.join(argv[:4])} ... failed with {done.returncode}: {words[0]}")
    return done.stdout


# Harbor's API, called inside its container: no published port and no certificate is needed.


def ask_harbor(config, path, *options):
    with open(config["curlConfig"], encoding="utf8") as handle:
        lines = [handle.read(), "silent", "show-error", "fail", "max-time = 30", f'url = "{API}/{path}"', *options]
    argv = [config["docker"], "exec", "-i", config["coreContainer"], "curl", "--config", "-"]
    return run(argv, input="\n".join(lines).encode(), stdout=subprocess.PIPE)


def running_version(config):
    """The version that wrote the data. The declared one may be newer: a backup is taken before an upgrade."""
    told = json.loads(ask_harbor(config, "systeminfo")).get("harbor_version", "")
    version = re.match(r"v\d+\.\d+\.\d+", told)
    if not version:
        raise BackupError(f"Harbor reports the version {told!r}, which is not a release")
    return version.group()


def is_read_only(config):
    return json.loads(ask_harbor(config, "configurations"))["read_only"]["value"] is True


def set_read_only(config, value):
    body = json.dumps({"read_only": value}).replace('"', '\\"')
    ask_harbor(config, "configurations", 'request = "PUT"', 'header = "Content-Type: application/json"', f'data = "{body}"')
    # PUT of configurations returns 200 even if it changes nothing.
    if is_read_only(config) is not value:
        raise BackupError(f"Harbor returned 200 for read_only={value}, but did not change it")


def mark_of(config):
    """Records that this program made Harbor read-only, in case it is killed: a read-only mode set by others stays."""
    return os.path.join(config["directory"], ".read-only")


@contextlib.contextmanager
def read_only_window(config):
    """Prevents pushes and deletions through the API while database and blobs are copied."""
    mark = mark_of(config)
    if is_read_only(config) and not os.path.exists(mark):
        yield
        return
    with open(mark, "w", encoding="utf8"):
        pass
    try:
        set_read_only(config, True)
        yield
    finally:
        end_window(config)


def end_window(config):
    """Retries: Harbor may be restarting, and a Harbor that stays read-only caches nothing."""
    for pause_seconds in (*CLOSE_AGAIN_SECONDS, None):
        try:
            set_read_only(config, False)
            os.unlink(mark_of(config))
            return
        except BackupError as error:
            if pause_seconds is None:
                raise BackupError(f"Harbor is still read-only, run harbor-backup --end-window: {error}") from error
            time.sleep(pause_seconds)


# Copying.


def dump_database(config, path):
    argv = [config["docker"], "exec", config["databaseContainer"], "pg_dump", "-U", "postgres", "-Fc", "registry"]
    with open(path, "wb") as handle:
        run(argv, stdout=handle)


def pack(parent, name, path):
    """Uncompressed: blobs are compressed already. Owners by number: another host may not have the names.

    tar's 1 is a file that changed or went away meanwhile: a scheduled collection of garbage does not ask the API. What
    was read of blobs is compared with their names afterwards.
    """
    options = ["--numeric-owner", "--xattrs", "--force-local", f"--exclude={UNFINISHED}"]
    run(["tar", *options, "-C", parent, "-cf", path, name], accepted=(0, 1))


def directories_of(config):
    """Name and parent of each directory that exists."""
    return [(name, parent) for name, parent in config["directories"].items() if os.path.isdir(os.path.join(parent, name))]


def write_parts(config, directory):
    if config["database"]:
        dump_database(config, os.path.join(directory, "database.dump"))
    for name, parent in directories_of(config):
        pack(parent, name, os.path.join(directory, f"{name}.tar"))


def size_of(path):
    total = 0
    for folder, folders, names in os.walk(path):
        folders[:] = [inner for inner in folders if inner != UNFINISHED]
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += os.lstat(os.path.join(folder, name)).st_size
    return total


def check_room(config):
    """A full disk would stop not only the backup but also PostgreSQL, if it uses the same disk."""
    needed = sum(size_of(os.path.join(parent, name)) for name, parent in directories_of(config))
    free = shutil.disk_usage(config["directory"]).free
    if needed > free:
        raise BackupError(
            f"{config['directory']} has {free / GIB:.1f} GiB free; one more backup needs {needed / GIB:.1f} GiB and the dump"
            " of the database: use a larger disk, or lower harbor_backup_keep"
        )


# Verifying the copies.


def digest_of(handle):
    digest = hashlib.sha256()
    while chunk := handle.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def read_dump(config, path, *options):
    argv = [config["docker"], "exec", "-i", config["databaseContainer"], "pg_restore", *options]
    with open(path, "rb") as handle:
        return run(argv, stdin=handle, stdout=subprocess.PIPE).decode(errors="replace")


def verify_database(config, path):
    """The list is at the beginning of a dump, so every row is read to verify that the dump is complete."""
    listed = read_dump(config, path, "--list")
    read_dump(config, path, "--file=/dev/null")
    if "TABLE DATA" not in listed:
        raise BackupError("the dump of the database contains no tables")


def verify_registry(_, path):
    """Every blob has the digest in its name: a failing disk is found now, and not at the restore."""
    with tarfile.open(path, "r|") as archive:
        for member in archive:
            named = BLOB.search(member.name)
            if named and digest_of(archive.extractfile(member)) != named.group(1):
                raise BackupError(f"{member.name} does not have the digest in its name")


def verify_secret(_, path):
    with tarfile.open(path, "r|") as archive:
        sizes = {member.name: member.size for member in archive}
    if sizes.get("secret/keys/secretkey") != 16:
        raise BackupError("secret/keys/secretkey is missing or does not have 16 characters")


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


def manifest_of(config, directory, version, taken_at):
    names = [name for name in VERIFY if os.path.exists(os.path.join(directory, name))]
    if "secret.tar" not in names:
        raise BackupError(f"there are no secrets below {config['directories']['secret']}")
    for name in names:
        VERIFY[name](config, os.path.join(directory, name))
    return {
        "schemaVersion": 1,
        "takenAt": taken_at,
        "harborVersion": version,
        "hostname": config["hostname"],
        "parts": [describe(directory, name) for name in names],
        "verified": True,
    }


# Storing.


def publish(directory, partial, manifest):
    final = partial[: -len(".partial")]
    with open(os.path.join(partial, "backup.json"), "w", encoding="utf8") as handle:
        json.dump(manifest, handle, indent=2)
        handle.write("\n")
    # A verified backup must survive a power failure.
    os.sync()
    os.rename(partial, final)
    link = os.path.join(directory, "latest")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(link + ".new")
    os.symlink(os.path.basename(final), link + ".new")
    os.replace(link + ".new", link)
    return final


def prune(directory, keep, suffix=""):
    pattern = re.compile(r"\d{8}T\d{6}Z" + re.escape(suffix))
    names = sorted(name for name in os.listdir(directory) if pattern.fullmatch(name))
    for name in names[: max(0, len(names) - keep)]:
        shutil.rmtree(os.path.join(directory, name))


def copy_elsewhere(config, final):
    """restic stores every version, encrypted, on another machine, and verifies a part of it."""
    if not config.get("restic"):
        return
    environment = {**os.environ, **config["restic"]}
    # Removes locks of killed runs; locks of running ones stay.
    run(["restic", "unlock", "--quiet"], env=environment, stdout=subprocess.DEVNULL)
    run(["restic", "backup", "--quiet", "--tag", "harbor", "--host", config["hostname"], final], env=environment)
    run(["restic", "check", "--quiet", "--read-data-subset=1%"], env=environment, stdout=subprocess.DEVNULL)


def back_up(config, now):
    directory = config["directory"]
    prune(directory, 0, ".partial")
    version = running_version(config)
    check_room(config)
    partial = os.path.join(directory, now.strftime("%Y%m%dT%H%M%SZ.partial"))
    os.mkdir(partial, 0o700)
    try:
        with read_only_window(config):
            write_parts(config, partial)
        manifest = manifest_of(config, partial, version, now.strftime("%Y-%m-%dT%H:%M:%SZ"))
        final = publish(directory, partial, manifest)
    finally:
        # It is unusable and uses disk space.
        shutil.rmtree(partial, ignore_errors=True)
    prune(directory, int(config["keep"]))
    copy_elsewhere(config, final)
    return final


def work(config, only_end_window):
    if not only_end_window:
        print(back_up(config, datetime.datetime.now(datetime.timezone.utc)))
    elif os.path.exists(mark_of(config)):
        end_window(config)
        print("Harbor is writable again")


def stop(received, _):
    """Raises an exception, so that the read-only window is closed; a second signal does not prevent this."""
    for number in STOPPED_BY:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + received)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", default="/etc/harbor/backup.json")
    parser.add_argument("--end-window", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.config, encoding="utf8") as handle:
        config = json.load(handle)
    os.umask(0o077)
    for number in STOPPED_BY:
        signal.signal(number, stop)
    with open(os.path.join(config["directory"], ".lock"), "w", encoding="utf8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            work(config, arguments.end_window)
        except BlockingIOError:
            sys.exit("harbor-backup: another backup is running")
        except (BackupError, OSError, ValueError, tarfile.TarError) as error:
            sys.exit(f"harbor-backup: {error}")


if __name__ == "__main__":
    main()
