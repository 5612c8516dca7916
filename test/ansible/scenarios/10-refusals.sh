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
HARBOR_ADMIN_PASSWORD='' refuses 'Is HARBOR_ADMIN_PASSWORD exported' 'no admin password' host
HARBOR_DATABASE_PASSWORD='pass word 1' refuses 'Harbor cannot log in' 'a database password with a space' host
refuses 'neither on the host nor among harbor_host_edge_files' 'an edge whose file is nowhere' \
  host -e '{"harbor_host_edge_files":[]}'

refuses 'is not on this machine' 'an edge whose file is not here' \
  host -e '{"harbor_host_edge_files":[{"src":"secrets/acme.env","dest":"/etc/harbor/acme.env"}]}'

chmod 0644 "$work/host/key"
refuses 'may be read by others (mode 0644)' 'a key that others may read' host
chmod 0600 "$work/host/key"

taken=$(free_port)
chroot "$root" python3 -m http.server --bind 127.0.0.1 "$taken" >/dev/null 2>&1 &
listener=$!
for _ in $(seq 100); do ss -Hltn "sport = :$taken" | grep -q . && break; sleep 0.1; done
refuses "Port $taken is in use by something other than Docker" 'a port in use' host -e "{\"harbor_host_ports\":[$taken]}"
kill "$listener"

install -d -o 1234 "$root/data/registry"
refuses 'is no directory of uid 10000' 'a data directory of somebody else' host
rm -r "$root/data"

printf 'Package: docker-ce\nStatus: install ok installed\nMaintainer: a <a@harbor.test>\nArchitecture: all\nVersion: 5\nDescription: a double\n\n' \
  >>"$root/var/lib/dpkg/status"
refuses 'docker-ce from Docker'"'"'s own repository cannot be there beside docker.io' 'a Docker that apt would remove' host
sed -i '/^Package: docker-ce$/,/^$/d' "$root/var/lib/dpkg/status"
