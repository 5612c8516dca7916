# A host to be: a chroot of a distribution's packages with its own sshd, its own processes and no systemd. Sourced by
# converge.sh, which sets SUITE to bookworm, trixie, jammy or noble.
# shellcheck shell=bash disable=SC2154,SC2034

readonly PACKAGES=python3,python3-apt,iproute2,openssh-server,ca-certificates,sudo,curl,passwd,postgresql
readonly UBUNTU_KEYS=/usr/share/keyrings/ubuntu-archive-keyring.gpg
readonly UBUNTU=${UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}

# Ubuntu's smallest set has no apt.
packages() { if is_ubuntu; then echo "$PACKAGES,apt"; else echo "$PACKAGES"; fi; }
is_ubuntu() { [[ $SUITE == jammy || $SUITE == noble ]]; }

# cannot_make_host: why there is no root of this suite here; nothing where there is one.
cannot_make_host() {
  is_ubuntu || return 0
  [[ -s $(base_tar_path) ]] && return 0
  if ! curl --silent --fail --head --max-time 10 --output /dev/null "$UBUNTU/dists/$SUITE/Release"; then
    echo "the mirror $UBUNTU does not answer for $SUITE (UBUNTU_MIRROR names another one)"
  elif ! [[ -s $UBUNTU_KEYS || ${UBUNTU_UNSIGNED:-} == yes ]]; then
    echo "there is no $UBUNTU_KEYS to verify the packages with (UBUNTU_UNSIGNED=yes takes them as they come)"
  fi
}

base_tar_path() {
  echo "${XDG_CACHE_HOME:-$HOME/.cache}/breakwater/$SUITE-$(sha256sum <<<"$(packages)" | cut -c1-12).tar"
}

# Read to its end, with the last of the packages in it. No grep -q: it would end tar by a signal.
is_whole() { [[ -s $1 ]] && tar -tf "$1" 2>/dev/null | grep 'usr/lib/postgresql/[0-9]*/bin/postgres$' >/dev/null; }

# The packages take minutes, so they are kept. What a failed run left is not: neither its file nor a broken one is used.
base_tar() {
  local tar how="[signed-by=$UBUNTU_KEYS]" sources=()
  [[ -s $UBUNTU_KEYS ]] || how='[trusted=yes]'
  tar=$(base_tar_path)
  if ! is_whole "$tar"; then
    mkdir -p "$(dirname "$tar")"
    rm -f "$tar" "$tar.new"
    ! is_ubuntu || sources=("deb $how $UBUNTU $SUITE main universe" "deb $how $UBUNTU $SUITE-updates main universe")
    if ! mmdebstrap --quiet --variant=minbase --format=tar --include="$(packages)" "$SUITE" "$tar.new" "${sources[@]}" >&2 ||
      ! is_whole "$tar.new"; then
      rm -f "$tar.new"
      echo "test:ansible: the root of $SUITE could not be made; nothing of it is kept" >&2
      return 1
    fi
    mv "$tar.new" "$tar"
  fi
  echo "$tar"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# start_host DIRECTORY PORT: unpacks a host into DIRECTORY/root and starts its sshd.
start_host() {
  local directory=$1 port=$2 root=$1/root base
  base=$(base_tar) || exit 1
  mkdir -p "$root"
  tar -xf "$base" -C "$root"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  echo '127.0.0.1 registry.harbor.test' >>"$root/etc/hosts"
  chroot "$root" apt-get update -qq
  chroot "$root" useradd --create-home --shell /bin/bash deploy
  # PostgreSQL refuses to run as a uid without a name.
  chroot "$root" getent passwd 999 >/dev/null || chroot "$root" useradd --system --uid 999 --no-create-home database-double
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
