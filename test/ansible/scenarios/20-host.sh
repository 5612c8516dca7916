# An empty host converges, and then nothing changes any more.
# shellcheck shell=bash disable=SC2154

before=$(snapshot)
play host --check >"$work/out" 2>&1 || fail '--check on an empty host'
equal "$(snapshot)" "$before" '--check on an empty host changes nothing'
mkdir "$root/etc/docker"
echo '{"data-root": "/srv/docker", "log-driver": "local"}' >"$root/etc/docker/daemon.json"
changes some 'an empty host converges' host
equal "$(node -p "const d = require('$root/etc/docker/daemon.json'); [d['data-root'], d['log-driver']].join()")" \
  '/srv/docker,json-file' "settings of Docker's that are somebody else's stay"
made=$(digests)
changes 0 'the second run changes nothing' host
changes 0 '--check changes nothing, and says so' host --check
equal "$(digests)" "$made" 'the digests are the same'

node -e "
  const { loadPrepared } = require('./dist/src/deploy/prepared.js');
  loadPrepared('$work/prepared.json').then(({ diagnostics }) => {
    if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  });" || fail 'the stacks do not read prepared.json'
ok 'the stacks read prepared.json'

prepared=$root/opt/harbor/prepared
modes() { stat -c '%a %u:%g' "$prepared/$1/$(digest "$1")/$2"; }
equal "$(modes core env)" '400 10000:10000' "core's env"
equal "$(modes core key)" '400 10000:10000' "core's key"
equal "$(modes core trust)" '755 10000:10000' "core's trust, although it is empty"
equal "$(modes registry registry/passwd)" '440 10000:10000' "registry's passwd"
equal "$(modes registry registry/root.crt)" '440 10000:10000' "registry's root.crt, inside of what is mounted"
equal "$(modes postgresql password)" '400 999:999' "PostgreSQL's password"
equal "$(cat "$prepared/postgresql/$(digest postgresql)/password")" "$HARBOR_DATABASE_PASSWORD" 'the password as it was given'
equal "$(stat -c '%a %u' "$root/etc/harbor/harbor.yml")" '600 0' 'harbor.yml'
equal "$(stat -c '%a %u' "$root/etc/harbor/prepared.key")" '600 0' 'the key of the digests'
equal "$(stat -c '%a %u' "$root/etc/harbor/acme.env")" '400 65532' "the DNS provider's credentials"
equal "$(stat -c '%a %u' "$root/data/database")" '700 999' "the database's directory"
[[ ! -e $root/opt/harbor/prepare/input ]] || fail "prepare's copy of harbor.yml is left"
ok "prepare's copy of harbor.yml is gone"
