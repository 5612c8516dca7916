# A Harbor of docker-compose is taken over: what is refused before anything stops, a rehearsal, every step, and the way back.
# shellcheck shell=bash disable=SC2154

kill -KILL "$host_pid" 2>/dev/null || true
wait "$host_pid" 2>/dev/null || true
port=$(free_port)
start_host "$work/compose" "$port"
root=$work/compose/root
double=$root/run/docker-double
sed -i "s/^host:.*/host: { address: 127.0.0.1, user: deploy, port: $port, identity_file: ${work//\//\\/}\/compose\/key }/" \
  "$work/environment.yaml"
docker() { chroot "$root" /usr/local/bin/docker-double "$@"; }
sql() { chroot --userspec=999:999 "$root" psql -h /tmp -U postgres -qAt "$@"; }

# Its files as the installer of 2.14 leaves them.
compose_installation() {
  install -d "$root/opt/harbor/common/config"
  # Its script has the name of the directory that prepare of the role would write to.
  printf '#!/bin/bash\n' | tee "$root/opt/harbor/prepare" >"$root/opt/harbor/install.sh"
  cat >"$root/opt/harbor/harbor.yml" <<YAML
hostname: registry.harbor.test
http: { port: 80 }
https: { port: 443, certificate: /data/cert/server.crt, private_key: /data/cert/server.key }
harbor_admin_password: Harbor12345
database: { password: 'dbp\$w=1"#2', max_idle_conns: 100, max_open_conns: 900, conn_max_lifetime: 5m, conn_max_idle_time: 0 }
data_volume: /data
trivy: { ignore_unfixed: false, skip_update: false, insecure: false, timeout: 5m0s }
jobservice: { max_job_workers: 10, job_loggers: [STD_OUTPUT, FILE], logger_sweeper_duration: 1 }
notification: { webhook_job_max_retry: 3, webhook_job_http_client_timeout: 3 }
log: { level: info, local: { rotate_count: 50, rotate_size: 200M, location: /var/log/harbor } }
_version: 2.14.0
proxy: { http_proxy: , https_proxy: , no_proxy: , components: [core, jobservice, trivy] }
upload_purging: { enabled: true, age: 168h, interval: 24h, dryrun: false }
cache: { enabled: false, expire_hours: 24 }
YAML
  printf 'services:\n' >"$root/opt/harbor/docker-compose.yml"
  for image in harbor-log registry-photon harbor-registryctl harbor-db harbor-core harbor-portal harbor-jobservice nginx-photon; do
    printf '  %s:\n    image: goharbor/%s:v2.14.2\n' "$image" "$image" >>"$root/opt/harbor/docker-compose.yml"
  done
  install -d -o 10000 -g 10000 "$root/data/registry" "$root/data/job_logs" "$root/data/secret/keys"
  printf 0123456789abcdef >"$root/data/secret/keys/secretkey"
  chown 10000:10000 "$root/data/secret/keys/secretkey"
  install -d -o 999 -g 999 "$root/data/redis"
  install -d -m 0700 -o 999 -g 999 "$root/data/database"
  mkdir -p "$double"
  printf v2.14.2 >"$double/version"
  echo 'admin:Adm 1\"n $HOME' >"$double/api-user"
  echo "$HARBOR_DATABASE_PASSWORD" >"$double/database-password"
  install -m 0444 "$double/database-password" "$root/run/password"
  docker run --detach --volume=/run/password:/run/breakwater/password --volume=/data/database:/var/lib/postgresql/data \
    goharbor/harbor-db >/dev/null 2>&1 || fail 'no database'
  sql -d registry -c "create table project (name text); insert into project values ('library')"
  node -e "
    const one = (name, image, source) => ({
      Id: name.padEnd(64, '0').replace(/[^0-9a-f]/g, 'a'), Name: '/' + name, State: { Status: 'running', Running: true },
      Config: { Image: 'goharbor/' + image + ':v2.14.2', Labels: { 'com.docker.compose.project': 'harbor',
        'com.docker.compose.project.working_dir': '/opt/harbor', 'com.docker.compose.service': name.replace('harbor-', '') } },
      HostConfig: { RestartPolicy: { Name: 'always' }, PortBindings: {} },
      Mounts: source ? [{ Type: 'bind', Source: source, RW: true }] : [],
    });
    console.log(JSON.stringify([one('harbor-core', 'harbor-core', '/data'), one('harbor-db', 'harbor-db', '/data/database'),
      one('registry', 'registry-photon', '/data/registry')]));" >"$double/containers"
}
compose_installation

# Breakwater's own command: the containers of the new release, which migrate the database.
cat >"$work/breakwater" <<SH
#!/usr/bin/env bash
if [[ " \$* " == *' --dry-run '* ]]; then
  [[ ! -e $work/gate ]] || cat "$work/gate" >&2
  [[ ! -e $work/gate ]] || exit 6
  exit 0
fi
[[ \$HARBOR_ADMIN_PASSWORD == 'Adm 1"n \$HOME' ]] || { echo 'another password' >&2; exit 1; }
echo "\$*" >>"$work/breakwater.calls"
case \$1 in
  export) mkdir -p "$work/policies" ;;
  up)
    [[ ! -e $work/breakwater-fails ]] || { echo 'harbor-core is not healthy' >&2; exit 1; }
    echo '[{"Id":"$(printf 'b%.0s' {1..64})","Name":"/harbor-core","State":{"Running":true,"Status":"running"},"Config":{"Image":"goharbor/harbor-core:v2.15.0","Labels":{"io.breakwater.spec":"a"}},"HostConfig":{},"Mounts":[]}]' >"$double/containers"
    chroot "$root" /usr/local/bin/docker-double run --detach --volume=/data/database:/var/lib/postgresql/data \
      --volume=/dev/null:/run/breakwater/password goharbor/harbor-db >/dev/null 2>&1
    chroot --userspec=999:999 "$root" psql -h /tmp -U postgres -qAt -d registry -c "insert into project values ('migrated')"
    ;;
esac
SH
chmod 0755 "$work/breakwater"
adopt=(adopt -e "{\"harbor_adopt_breakwater\":[\"$work/breakwater\"],\"harbor_adopt_policies\":\"$work/policies\"}"
  -e harbor_adopt_manage_service=false -e "harbor_backup_manifest=$work/adopted/latest.json")
back=(adopt-back "${adopt[@]:1}" -e harbor_adopt_retries=1)
yml=$root/opt/harbor/harbor.yml

# doubts WORDS LABEL SED-SCRIPT ...: a harbor.yml that is changed by sed is refused with these words.
doubts() {
  local words=$1 label=$2 script=$3
  shift 3
  cp "$yml" "$work/harbor.yml"
  sed -i "$script" "$yml"
  refuses "$words" "$label" "${adopt[@]}" "$@"
  cp "$work/harbor.yml" "$yml"
}
doubts '[http-only] it serves plain HTTP' 'plain HTTP, and a level of the log that would change, both at once' \
  '/^https:/d; s/level: info/level: debug/'
grep -q 'log.level (debug there, info here)' "$work/out" || fail 'not every reason at once'
doubts 'harbor.yml cannot be used: line' 'a harbor.yml that does not parse' 's/^http:.*/http: { port: 80/'
doubts '[external-redis]' 'an external Redis' '$aexternal_redis: { host: "redis:6379" }'
doubts '[other-password] HARBOR_DATABASE_PASSWORD is not the database password' 'another database password' 's/dbp/xbp/'
refuses '[other-hostname] it is registry.harbor.test' 'another hostname' "${adopt[@]}" \
  -e '{"harbor":{"version":"v2.15.0","hostname":"other.harbor.test"}}'
refuses 'There is no /srv/harbor/harbor.yml' 'a directory that holds none' "${adopt[@]}" -e harbor_adopt_source=/srv/harbor
HARBOR_ADMIN_PASSWORD='wrong password' refuses 'could not log in with HARBOR_ADMIN_PASSWORD' "another administrator's password" \
  "${adopt[@]}"
echo other >"$double/database-password"
refuses 'is not the one that its PostgreSQL has' 'a password that the database does not take' "${adopt[@]}"
echo "$HARBOR_DATABASE_PASSWORD" >"$double/database-password"
refuses 'There is no /etc/harbor/adoption.json' 'to go back from nothing' "${back[@]}"

before=$(snapshot)
play "${adopt[@]}" --check >"$work/out" 2>&1 || fail 'a rehearsal'
equal "$(snapshot)" "$before" 'a rehearsal changes nothing'
grep -q 'changed=0' "$work/out" || fail 'a rehearsal that claims a change'
for words in 'The outage begins' 'Copy database and redis' 'the new release migrates the database' 'To go back'; do
  tr -s ' \n' ' ' <"$work/out" | grep -qF "$words" || fail "a rehearsal does not say: $words"
done
ok 'a rehearsal says every step'
equal "$(docker ps --quiet | wc -l)" 3 'and docker-compose runs'

printf 'error[PLAN_REFUSED]: nothing was changed\n  hint: [foreign-containers] 3 containers\n  hint: [faulty-release] v2.15.0 is not deployed\n' \
  >"$work/gate"
play "${adopt[@]}" >"$work/out" 2>&1 && fail 'a release that up would refuse went unnoticed'
tr -s ' \n' ' ' <"$work/out" | grep -qF '[faulty-release] v2.15.0 is not deployed' || fail 'a gate of up: other words'
equal "$(docker ps --quiet | wc -l)" 3 'what up would refuse is refused before anything stops'
sed -i '/faulty/d' "$work/gate"

echo yes >"$double/compose-fail"
play "${adopt[@]}" >"$work/out" 2>&1 && fail 'compose that fails went unnoticed'
tr -s ' \n' ' ' <"$work/out" | grep -qF 'To go back to docker-compose: ansible-playbook ansible/playbooks/adopt-back.yml' || fail 'no way back is named'
rm "$double/compose-fail"
ok 'a step that fails names the way back'
equal "$(node -p "const b = require('$work/adopted/latest.json'); [b.verified, b.harborVersion].join()")" 'true,v2.14.2' \
  'the backup was taken before'
changes some 'back from there' "${back[@]}"
equal "$(docker ps --quiet | wc -l)" 3 'docker-compose runs on'

touch "$work/breakwater-fails"
play "${adopt[@]}" --diff -vvv >"$work/out" 2>&1 && fail 'a deployment that fails went unnoticed'
grep -qF -e 'n $HOME' -e 'dbp$w=1' "$work/out" && fail 'a secret in what Ansible prints'
ok '-vvv --diff prints no secret'
equal "$(node -p "JSON.parse(require('fs').readFileSync('$root/etc/harbor/adoption.json')).step")" deploying 'it knows how far it came'
rm "$work/breakwater-fails"
changes some 'it goes on where it stopped' "${adopt[@]}"
equal "$(cat "$root/opt/harbor/prepared/core/$(digest core)/key")" 0123456789abcdef 'core has the same secretkey'
equal "$(cat "$root/opt/harbor/prepared/postgresql/$(digest postgresql)/password")" "$HARBOR_DATABASE_PASSWORD" 'and the same password'
equal "$(cut -d' ' -f1 "$work/breakwater.calls" | xargs)" 'export up up drift' 'exported once, deployed, and compared'
grep -q -- '--running-version=v2.14.2' "$work/breakwater.calls" || fail 'up is not told what the data was written by'
equal "$(sql -d registry -c 'select name from project order by 1' | xargs)" 'library migrated' 'the rows are there'
changes 0 'a second run changes nothing' "${adopt[@]}"

refuses 'are lost. If that is right: -e harbor_adopt_lose=true' 'to lose what was written since' "${back[@]}"
changes some 'back to docker-compose' "${back[@]}" -e harbor_adopt_lose=true
equal "$(sql -d registry -c 'select name from project' | xargs)" library 'with the database of before'
equal "$(docker ps --quiet | wc -l)" 3 'and its containers'
equal "$(cat "$root/opt/harbor/prepare")" '#!/bin/bash' 'and the script of its installer'
docker compose down
