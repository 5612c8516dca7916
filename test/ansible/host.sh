# A host to be: a chroot of Debian packages with its own sshd, its own processes and no systemd. Sourced by converge.sh.
# shellcheck shell=bash

readonly SUITE=bookworm
readonly PACKAGES=python3,python3-apt,iproute2,openssh-server,ca-certificates,sudo,curl,passwd,postgresql-15

# The packages take minutes, so they are kept.
base_tar() {
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/breakwater
  local tar
  tar=$cache/$SUITE-$(sha256sum <<<"$PACKAGES" | cut -c1-12).tar
  if [[ ! -s $tar ]]; then
    mkdir -p "$cache"
    mmdebstrap --quiet --variant=minbase --include="$PACKAGES" "$SUITE" "$tar.new" >&2
    mv "$tar.new" "$tar"
  fi
  echo "$tar"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# start_host DIRECTORY PORT: unpacks a host into DIRECTORY/root and starts its sshd.
start_host() {
  local directory=$1 port=$2 root=$1/root
  mkdir -p "$root"
  tar -xf "$(base_tar)" -C "$root"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  echo '127.0.0.1 registry.harbor.test' >>"$root/etc/hosts"
  chroot "$root" apt-get update -qq
  chroot "$root" useradd --create-home --shell /bin/bash deploy
  # PostgreSQL refuses to run as a uid without a name.
  chroot "$root" useradd --system --uid 999 --no-create-home database-double
  # Nothing that is installed starts.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 0755 "$root/usr/sbin/policy-rc.d"
  echo 'deploy ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/deploy"
  ssh-keygen -q -t ed25519 -N '' -f "$directory/key"
  install -d -m 0700 "$root/home/deploy/.ssh" "$root/run/sshd"
  cp "$directory/key.pub" "$root/home/deploy/.ssh/authorized_keys"
  chroot "$root" chown -R deploy:deploy /home/deploy/.ssh
  install -m 0755 "$(dirname "${BASH_SOURCE[0]}")/docker-double" "$root/usr/local/bin/docker-double"
  # Its own mounts and processes: all of it is gone with the first of them.
  unshare --mount --pid --fork --kill-child \
    sh -c 'mount -t proc proc "$1/proc" && exec chroot "$1" /usr/sbin/sshd -D -e -p "$2" -o ListenAddress=127.0.0.1' \
    sh "$root" "$port" >"$directory/sshd.log" 2>&1 &
  host_pid=$!
}
