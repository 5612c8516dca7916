# A backup in one read-only window, read again; and what it refuses to call one.
# shellcheck shell=bash disable=SC2154,SC2034

double=$root/run/docker-double
docker() { chroot "$root" /usr/local/bin/docker-double "$@"; }
sql() { chroot --userspec=999:999 "$root" psql -h /tmp -U postgres -qAt "$@"; }

# Harbor runs: a database with a project in it, a blob, and an API that knows this administrator.
[[ -s $work/prepared.json ]] || changes some 'a host' host
echo 'admin:Adm 1\"n $HOME' >"$double/api-user"
docker run --detach --volume="/opt/harbor/prepared/postgresql/$(digest postgresql)/password:/run/breakwater/password" \
  --volume=/data/database:/var/lib/postgresql/data goharbor/harbor-db >/dev/null 2>&1 || fail 'no database'
sql -d registry -c "create table project (name text); insert into project values ('proxy.docker.io')"
# In the dump it is what Harbor makes of it in the window.
sql -d registry -c "create table properties (k text, v text); insert into properties values ('read_only', 'true')"
blob=$(printf 'a layer' | sha256sum | cut -c1-64)
blobs=$root/data/registry/docker/registry/v2/blobs/sha256
mkdir -p "$blobs/${blob:0:2}/$blob"
printf 'a layer' >"$blobs/${blob:0:2}/$blob/data"
chown -R 10000:10000 "$root/data/registry"
echo '{}' >"$root/etc/harbor/acme/acme.json"
chown 65532:65532 "$root/etc/harbor/acme/acme.json"
key=$(cat "$root/data/secret/keys/secretkey")

manifest=$work/backups/latest.json
backup=(backup -e "harbor_backup_manifest=$manifest")
play "${backup[@]}" --check >"$work/out" 2>&1 || fail '--check of a backup'
ok '--check of a backup'
# As an upgrade has it: the next version is declared already, and the data is of the one that runs.
changes some 'a backup' "${backup[@]}" -e '{"harbor":{"version":"v2.15.2","hostname":"registry.harbor.test"}}' --diff -vvv
grep -qF -e 'n $HOME' "$work/out" && fail 'a secret in what Ansible prints of a backup'
ok '-vvv --diff prints no secret'
equal "$(node -p "const b = require('$manifest'); [b.verified, b.harborVersion, ...b.parts.map((p) => p.name)].join()")" \
  'true,v2.15.0,database.dump,registry.tar,secret.tar,acme.tar' 'its manifest, with the version that runs'
equal "$(xargs <"$double/read-only-log")" 'true false' 'Harbor was read-only meanwhile, and is no more'
equal "$(stat -c '%a %u' "$root/var/backups/harbor/latest/secret.tar")" '600 0' 'nobody else reads it'
# The backup itself, and the manifest that comes back.
changes 2 'installing again changes nothing, and one more is taken' "${backup[@]}"
if command -v systemd-analyze >/dev/null; then
  # The host has no systemd, and so none of its own targets.
  equal "$(systemd-analyze verify --root="$root" /etc/systemd/system/harbor-backup{,-window}.service \
    /etc/systemd/system/harbor-backup.timer 2>&1 | grep harbor-backup | grep -v 'sysinit.target not found' || true)" '' \
    'systemd has nothing to say of its units'
fi

damage=$blobs/${blob:0:2}/$blob/data
printf 'a lawyer' >"$damage"
play "${backup[@]}" >"$work/out" 2>&1 && fail 'a rotten blob was backed up'
grep -q 'does not have the digest in its name' "$work/out" || fail 'a rotten blob: other words'
ok 'a rotten blob is no backup'
equal "$(xargs <"$double/read-only")" 'false' 'and Harbor takes pushes again'
printf 'a layer' >"$damage"

HARBOR_ADMIN_PASSWORD='wrong password' play "${backup[@]}" >"$work/out" 2>&1 && fail 'a wrong password went unnoticed'
ok 'a wrong password is no backup'
play "${backup[@]}" >"$work/out" 2>&1 || fail 'a backup after that'
docker stop harbor-postgresql
cp -r "$(readlink -f "$root/var/backups/harbor")/$(readlink "$root/var/backups/harbor/latest")" "$work/backup"
