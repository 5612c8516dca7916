#!/usr/bin/env bash
# Runs Harbor's database image without Docker: its own entrypoint of one release, with the PostgreSQL programs of this
# machine, as its user, in mount, PID and network namespaces of its own.
# Usage: database-container.sh SCRIPTS DATA LOCALE PROGRAMS OLD-PROGRAMS OLD NEW, with
#   SCRIPTS        make/photon/db of Harbor's sources
#   DATA           what is mounted at /var/lib/postgresql/data
#   LOCALE         directory of the locale en_US.utf8, which the image has
#   PROGRAMS       bin directory of PostgreSQL NEW, at /usr/bin
#   OLD-PROGRAMS   bin directory of PostgreSQL OLD, at /usr/pgsql/OLD/bin
# PASSWORD_FILE names the file with PostgreSQL's password.
set -euo pipefail
if [[ ${1:-} != --inside ]]; then
  exec unshare --mount --pid --net --fork --kill-child --propagation private -- bash "$0" --inside "$@"
fi
shift
scripts=$1 data=$2 locale=$3 programs=$4 old_programs=$5 old=$6 new=$7
root=$(mktemp -d)
mount -t tmpfs -o mode=755 none "$root"
cd "$root"
mkdir -p usr/bin "usr/pgsql/$old" etc proc dev tmp run/postgresql var/lib/postgresql/data host docker-entrypoint-initdb.d
chmod 1777 tmp
chown 999:999 run/postgresql
mount --rbind / host
for link in bin sbin lib lib64; do ln -s "usr/$link" "$link"; done
ln -s ../run var/run
for folder in /usr/*; do [[ $folder == */bin || -e .$folder ]] || ln -s "/host$folder" ".$folder"; done
ln -s /host/usr/lib64 usr/lib64 2>/dev/null || true
(cd / && printf '/host%s\0' /usr/bin/*) | xargs -0 ln -s -t usr/bin
(cd / && printf '/host%s\0' "$programs"/*) | xargs -0 ln -sf -t usr/bin
[[ $old_programs == - ]] || ln -s "/host$old_programs" "usr/pgsql/$old/bin"
printf 'root:x:0:0::/:/bin/sh\npostgres:x:999:999::/tmp:/bin/sh\n' >etc/passwd
printf 'root:x:0:\npostgres:x:999:\n' >etc/group
printf '127.0.0.1 localhost\n' >etc/hosts
cp "$scripts"/{docker-entrypoint,initdb,upgrade}.sh .
cp "$scripts"/initial-registry.sql docker-entrypoint-initdb.d/
chmod 755 ./*.sh
ip link set lo up
mount --bind "$data" var/lib/postgresql/data
mount -t proc proc proc
mount --rbind /dev dev
# The image's samples name this directory of the socket; programs of other makers have another one.
arguments=
[[ $new -lt 16 ]] || arguments='--set unix_socket_directories=/run/postgresql'
password=${PASSWORD_FILE:+POSTGRES_PASSWORD_FILE=/host$PASSWORD_FILE}
environment=(PATH=/usr/bin:/usr/sbin PGDATA=/var/lib/postgresql/data PGHOST=/run/postgresql "LOCPATH=/host$locale"
  "${password:-POSTGRES_PASSWORD=secret}" POSTGRES_MAX_CONNECTIONS=50 "POSTGRES_INITDB_ARGS=$arguments")
exec chroot . /usr/bin/env -i "${environment[@]}" /usr/bin/setpriv --reuid=999 --regid=999 --clear-groups --no-new-privs \
  /usr/bin/bash -c 'cd / && exec /docker-entrypoint.sh "$@"' entrypoint "$old" "$new"
