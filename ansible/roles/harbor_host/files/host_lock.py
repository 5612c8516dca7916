#!/usr/bin/env python3
"""Lets one deployment at a time work on this host, whichever checkout or machine it comes from.

`--hold=RUN` takes the lock and prints one JSON line: {"state": "held", "before": HOLDER} or {"state": "busy", "holder":
HOLDER}. It keeps the lock while lines arrive on standard input. The line `end` ends it; so do the end of the input and
two minutes of silence, because the run was killed or cannot reach this host any more. Then the next run gets the holder
as `before`. `--ask=RUN` prints the same `busy` line if another run holds the lock, and nothing otherwise.

`breakwater up` holds it, and Ansible's preflight asks.
"""
import argparse
import fcntl
import json
import os
import select
import stat
import sys
import time

# Any user can create files there. The first that exists is used, so that all runs use the same one.
DIRECTORIES = ("/run/lock", "/var/tmp", "/tmp")
NAME = "breakwater-up.json"
SILENCE_SECONDS = 120
# A question holds the lock for a moment.
TRIES = 20


def directory():
    for path in DIRECTORIES:
        try:
            mode = os.stat(path).st_mode
        except OSError:
            continue
        if mode & stat.S_ISVTX and mode & stat.S_IWOTH:
            return path
    raise OSError("no directory for the lock: " + ", ".join(DIRECTORIES))


def opened(path):
    """For reading and writing by every user. O_CREAT on another user's file there is not permitted."""
    while True:
        try:
            return os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            pass
        try:
            made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            os.fchmod(made, 0o666)
            return made
        except FileExistsError:
            continue


def locked(handle):
    for _ in range(TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(0.05)
    return False


def holder_in(handle):
    try:
        told = json.loads(os.pread(handle, 4096, 0).decode("utf8"))
        return told if isinstance(told, dict) else None
    except ValueError:
        return None


def write(handle, text):
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode("utf8"), 0)


def say(state, **more):
    print(json.dumps({"state": state, **more}), flush=True)


def hold(handle, holder):
    if not locked(handle):
        say("busy", holder=holder_in(handle))
        return
    before = holder_in(handle)
    write(handle, json.dumps(holder))
    say("held", before=before)
    while select.select([0], [], [], SILENCE_SECONDS)[0]:
        lines = os.read(0, 4096)
        if b"end" in lines:
            write(handle, "")
        if not lines or b"end" in lines:
            return


def ask(handle, run):
    if locked(handle):
        return
    holder = holder_in(handle)
    if not holder or holder.get("run") != run:
        say("busy", holder=holder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hold")
    parser.add_argument("--ask")
    parser.add_argument("--who", default="")
    parser.add_argument("--environment", default="")
    given = parser.parse_args()
    handle = opened(os.path.join(directory(), NAME))
    if given.hold is None:
        ask(handle, given.ask)
        return
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    hold(handle, {"run": given.hold, "who": given.who, "environment": given.environment, "since": since, "pid": os.getpid()})


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(str(error))
