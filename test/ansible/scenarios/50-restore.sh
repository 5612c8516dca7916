# The backup comes back on a host that has no data, with another hostname; what was encrypted can be read again.
# shellcheck shell=bash disable=SC2154

[[ -d $work/backup ]] || fail '50 needs 40'
kill -KILL "$host_pid"
wait "$host_pid" 2>/dev/null || true
port=$(free_port)
start_host "$work/other" "$port"
root=$work/other/root
double=$root/run/docker-double
sed -i "s/^host:.*/host: { address: 127.0.0.1, user: deploy, port: $port, identity_file: ${work//\//\\/}\/other\/key }/" \
  "$work/environment.yaml"
source_directory=$root/srv/backup

refuses 'There is no /srv/backup/backup.json' 'no backup' restore -e harbor_restore_source=/srv/backup
cp -r "$work/backup" "$source_directory"
refuses 'Restore with the release that wrote it' 'a backup of another release' restore \
  -e harbor_restore_source=/srv/backup -e harbor_restore_version=v2.14.0
echo x >>"$source_directory/secret.tar"
refuses 'is not the file that was verified' 'a backup that was changed' restore -e harbor_restore_source=/srv/backup
cp "$work/backup/secret.tar" "$source_directory/secret.tar"
install -d -o 10000 -g 10000 "$root/data/registry/docker"
chown 10000:10000 "$root/data/registry"
refuses 'Nothing is ever overwritten by a restore' 'a host that has data' restore -e harbor_restore_source=/srv/backup
rm -r "$root/data"

install -d "$double"
echo yes >"$double/fail"
play restore -e harbor_restore_source=/srv/backup --diff -vvv >"$work/out" 2>&1 && fail 'a failed prepare went unnoticed'
grep -qF -e 'n $HOME' -e 'dbp$w=1' -e "$key" "$work/out" && fail 'a secret in what Ansible prints of a restore'
ok '-vvv --diff prints no secret, also where prepare fails'
rm "$double/fail"
install -d -o 999 -g 999 -m 0700 "$root/data/database"
install -o 999 -g 999 /dev/null "$root/data/database/half"
install -d -o 999 -g 999 "$root/data/redis"
install -o 999 -g 999 /dev/null "$root/data/redis/dump.rdb"
refuses 'Nothing is ever overwritten by a restore' 'one that was interrupted, when Harbor ran since' \
  restore -e harbor_restore_source=/srv/backup
rm "$root/data/redis/dump.rdb"
changes some 'a restore that was interrupted goes on' restore -e harbor_restore_source=/srv/backup
equal "$(cat "$root/data/secret/keys/secretkey")" "$key" 'the secretkey is the old one'
equal "$(cat "$root/opt/harbor/prepared/core/$(digest core)/key")" "$key" 'and core gets it'
equal "$(stat -c '%u' "$root/data/registry/docker/registry/v2/blobs/sha256/${blob:0:2}/$blob/data")" 10000 'blobs and their owner'
equal "$(stat -c '%a %u' "$root/etc/harbor/acme/acme.json")" '644 65532' "Traefik's certificates"
changes 0 'a second time changes nothing' restore -e harbor_restore_source=/srv/backup
chroot "$root" /usr/local/bin/docker-double run --detach --volume=/data/database:/var/lib/postgresql/data \
  --volume=/dev/null:/run/breakwater/password goharbor/harbor-db >/dev/null 2>&1
equal "$(sql -d registry -c 'select name from project')" proxy.docker.io "the database's rows"
equal "$(sql -d registry -c 'select v from properties')" false 'and Harbor takes writes again'
chroot "$root" /usr/local/bin/docker-double stop harbor-postgresql

mkdir "$root/data/before"
mv "$root"/data/{database,redis,registry,secret} "$root/data/before"
refuses 'every stored registry credential would be lost' 'to prepare again what was moved away' host
changes some 'the same backup again, once its data was moved away' restore -e harbor_restore_source=/srv/backup
equal "$(cat "$root/data/secret/keys/secretkey")" "$key" 'with the same secretkey'
