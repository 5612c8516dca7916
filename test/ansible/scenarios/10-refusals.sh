# Bad input is found before anything changes.
# shellcheck shell=bash disable=SC2154

refuses 'is not a DNS name' 'a hostname that is no name' host -e '{"harbor":{"version":"v2.15.0","hostname":"harbor"}}'
refuses 'is a sample name' 'a sample hostname' host -e '{"harbor":{"version":"v2.15.0","hostname":"reg.mydomain.com"}}'
refuses 'has no address in DNS' 'a name without an address' \
  host -e '{"harbor":{"version":"v2.15.0","hostname":"nobody.harbor.invalid"}}'
refuses 'the name of an example' 'the address of an example' host -e '{"host":{"address":"harbor-vm.example.com"}}'
refuses 'is a sample' 'the sample environment' host -e sample=true
refuses 'was not reached by ssh as deploy' 'a host that does not answer' \
  host -e "{\"host\":{\"address\":\"127.0.0.1\",\"port\":$(free_port)}}" -e connect_timeout_seconds=3
refuses 'is pinned. Add it to stacks/images.yaml' 'a release without a pin' \
  host -e '{"harbor":{"version":"v2.99.0","hostname":"registry.harbor.test"}}'
for storage in '"gcs":{"bucket":"b"}' '"azure":{"accountname":"abc","container":"def"}'; do
  refuses 'is not supported on a host: storage_service' "the storage $storage" host \
    -e "{\"harbor\":{\"version\":\"v2.15.0\",\"hostname\":\"registry.harbor.test\",\"storage\":{$storage}}}"
done
HARBOR_ADMIN_PASSWORD='' refuses 'Is HARBOR_ADMIN_PASSWORD exported' 'no admin password' host
HARBOR_DATABASE_PASSWORD='pass word 1' refuses 'Harbor cannot log in' 'a database password with a space' host
refuses 'neither on the host nor among harbor_host_edge_files' 'an edge whose file is nowhere' \
  host -e '{"harbor_host_edge_files":[]}'

refuses 'is not on this machine' 'an edge whose file is not here' \
  host -e '{"harbor_host_edge_files":[{"src":"secrets/acme.env","dest":"/etc/harbor/acme.env"}]}'

chmod 0644 "$work/host/key"
refuses 'may be read by others (mode 0644)' 'a key that others may read' host
chmod 0600 "$work/host/key"

# As up does from another checkout.
mkfifo "$work/alive"
cp ansible/roles/harbor_host/files/host_lock.py "$root/tmp/host_lock.py"
chroot --userspec=deploy "$root" python3 /tmp/host_lock.py --hold=1 --who=alice@laptop --environment=prod \
  <"$work/alive" >"$work/held" &
exec 8>"$work/alive"
for _ in $(seq 100); do grep -q held "$work/held" && break; sleep 0.1; done
refuses 'Another breakwater up works on this host: alice@laptop, environment prod, since 2' 'a host on which up works' host
BREAKWATER_RUN=1 play preflight >"$work/out" 2>&1 || fail "up's own playbook on the host that it has locked"
ok "up's own playbook runs on the host that it has locked"
echo end >&8
exec 8>&-
rm "$root/tmp/host_lock.py"

taken=$(free_port)
chroot "$root" python3 -m http.server --bind 127.0.0.1 "$taken" >/dev/null 2>&1 &
listener=$!
for _ in $(seq 100); do ss -Hltn "sport = :$taken" | grep -q . && break; sleep 0.1; done
refuses "Port $taken is in use by something other than Docker" 'a port in use' host -e "{\"harbor_host_ports\":[$taken]}"
kill "$listener"

mkdir -p "$root/run/docker-double"
node -e "
  const one = (name, image, source, labels = {}, ports = {}) => ({
    Id: name.padEnd(64, '0').replace(/[^0-9a-f]/g, 'a'), Name: '/' + name, State: { Status: 'running', Running: true },
    Config: { Image: image, Labels: labels }, HostConfig: { RestartPolicy: { Name: 'always' }, PortBindings: ports },
    Mounts: source ? [{ Type: 'bind', Source: source, RW: true }] : [],
  });
  console.log(JSON.stringify([
    one('harbor-db', 'goharbor/harbor-db:v2.12.2', '/data/database', { 'com.docker.compose.project': 'harbor' }),
    one('nginx', 'corp.test/front:1', '', {}, { '8443/tcp': [{ HostIp: '', HostPort: '443' }] }),
    one('harbor-core', 'goharbor/harbor-core:v2.15.2', '/data/registry', { 'io.breakwater.spec': 'a' }),
    one('wiki', 'corp.test/wiki:1', '/srv/data'),
  ]));" >"$root/run/docker-double/containers"
refuses 'container harbor-db (goharbor/harbor-db:v2.12.2, running, of harbor): runs a Harbor image, mounts /data/database; container nginx (corp.test/front:1, running): publishes port 443;' \
  'a Harbor from docker-compose' host -e '{"harbor_host_ports":[443]}'
rm "$root/run/docker-double/containers"

install -d -o 1234 "$root/data/registry"
refuses 'must belong to uid 10000' 'a data directory of somebody else' host
rm -r "$root/data"
