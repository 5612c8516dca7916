# A client is refused, trusts, follows a change of authority, and forgets. A server that demands a certificate tells.
# shellcheck shell=bash disable=SC2154

pki=$work/pki
mkdir -p "$pki"
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -days "${2:-2}" \
    -addext keyUsage=critical,keyCertSign -keyout "$pki/$1.key" -out "$pki/$1.crt" 2>/dev/null
}
# signed NAME AUTHORITY
signed() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$pki/$1.key" 2>/dev/null |
    openssl x509 -req -CA "$pki/$2.crt" -CAkey "$pki/$2.key" -days 2 -out "$pki/$1.crt" \
      -extfile <(echo 'subjectAltName=DNS:registry.harbor.test') 2>/dev/null
}
authority old
authority new
signed server new
signed client new

registry_port=$(free_port)
cat >"$work/registry-double.py" <<'PY'
"""A double of Harbor's front: demands a client certificate, and answers /v2/ as one does who wants a login."""
import http.server
import ssl
import sys


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401 if self.path == "/v2/" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()


port, pki = int(sys.argv[1]), sys.argv[2]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{pki}/server.crt", f"{pki}/server.key")
context.load_verify_locations(f"{pki}/new.crt")
context.verify_mode = ssl.CERT_REQUIRED
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
PY
python3 "$work/registry-double.py" "$registry_port" "$pki" 2>/dev/null &
registry_pid=$!
trap 'kill "$registry_pid" 2>/dev/null || true; stop' EXIT
for _ in $(seq 100); do ss -Hltn "sport = :$registry_port" | grep -q . && break; sleep 0.1; done

registry=registry.harbor.test:$registry_port
mkdir -p "$work/inventory"
cat >"$work/inventory/clients.yml" <<YAML
clients:
  hosts:
    127.0.0.1: { ansible_user: deploy, ansible_port: $port, ansible_ssh_private_key_file: $work/host/key }
YAML
printf '[[registry]]\nlocation = "docker.io"\n' >"$work/registries.conf"
# client AUTHORITIES PAIR STORES [FILES]: the settings of a run.
client() {
  local pair=
  [[ -z $2 ]] || pair="\"trust_client_certificate_file\":\"$pki/$2.crt\",\"trust_client_key_file\":\"$pki/$2.key\","
  printf '{"trust_client_registries":["%s"],"trust_client_ca_files":[%s],%s"trust_client_stores":[%s],"trust_client_files":[%s]}' \
    "$registry" "$(for name in $1; do printf '"%s/%s.crt"\n' "$pki" "$name"; done | paste -sd,)" "$pair" \
    "$(for name in $3; do printf '"%s"\n' "$name"; done | paste -sd,)" "${4:-}"
}
every='docker containers containerd system'
given="{\"src\":\"$work/registries.conf\",\"dest\":\"/etc/containers/registries.conf.d/harbor.conf\"}"
# Without a localhost of its own Ansible would take 127.0.0.1, the client, for the control machine.
trust() { echo "trust-clients -i ansible/inventory/localhost.yml -i $work/inventory/clients.yml"; }

# shellcheck disable=SC2046
{
  refuses 'with a host in it. Add -i INVENTORY' 'a run without a client' trust-clients
  refuses 'or it is the name of an example' 'a registry of an example' \
    $(trust) -e '{"trust_client_registries":["harbor.example.com"]}'
  refuses 'is not a readable file' 'an authority that is not there' $(trust) -e "$(client gone client "$every")"
  cat "$pki/new.crt" "$pki/new.key" >"$pki/both.crt"
  refuses 'has a private key in it' 'an authority with its key' $(trust) -e "$(client both client "$every")"
  cat "$pki/new.crt" "$pki/old.crt" >"$pki/bundle.crt"
  refuses 'is not exactly one PEM certificate' 'two authorities in a file' $(trust) -e "$(client bundle client "$every")"
  cp "$pki/server.key" "$pki/half.key" && cp "$pki/client.crt" "$pki/half.crt"
  refuses 'is not the key of' 'a key of another certificate' $(trust) -e "$(client new half "$every")"
  refuses 'certificate_file is missing' 'a key without its certificate' \
    $(trust) -e "$(client new '' "$every")" -e "trust_client_key_file=$pki/client.key"
  openssl x509 -in "$pki/old.crt" -signkey "$pki/old.key" -days -1 -out "$pki/over.crt" 2>/dev/null ||
    openssl req -x509 -key "$pki/old.key" -subj /CN=over -not_before 20200101000000Z -not_after 20200102000000Z \
      -out "$pki/over.crt" 2>/dev/null
  refuses 'has expired' 'an authority that is over' $(trust) -e "$(client over client "$every")"

  settings=$(client 'old new' client "$every" "$given")
  before=$(snapshot)
  play $(trust) -e "$settings" --check >"$work/out" 2>&1 || fail '--check of an empty client'
  equal "$(snapshot)" "$before" '--check changes nothing on a client'
  changes some 'a client trusts, and the server accepts its certificate' $(trust) -e "$settings"
  changes 0 'the second run changes nothing' $(trust) -e "$settings"
  changes 0 '--check changes nothing, and says so' $(trust) -e "$settings" --check
}
for folder in docker containers containerd; do
  at=$root/etc/$folder/certs.d/$registry
  equal "$(stat -c '%a %U' "$at/ca.crt" "$at/client.cert" "$at/client.key" | xargs)" '644 root 644 root 400 root' \
    "what $folder reads"
  equal "$(grep -c BEGIN "$at/ca.crt")" 2 "both authorities for $folder"
done
grep -qF 'client = [["client.cert", "client.key"]]' "$root/etc/containerd/certs.d/$registry/hosts.toml" ||
  fail 'containerd is not told of the pair'
cmp -s "$work/registries.conf" "$root/etc/containers/registries.conf.d/harbor.conf" || fail 'the file that was given'
ok 'the file that was given is placed'

# A tool that knows the system's store only, with a certificate of its own.
asks() {
  # curl would take what follows a colon for the passphrase.
  local at=/etc/docker/certs.d/${registry/:/\\:}
  chroot "$root" curl -s -o /dev/null -w '%{http_code}' "https://$registry/v2/" \
    --cert "$at/client.cert" --key "/etc/docker/certs.d/$registry/client.key"
}
equal "$(asks)" 401 "the system's store has the authority"

# shellcheck disable=SC2046
{
  play $(trust) -e "$(client old client docker)" >"$work/out" 2>&1 && fail 'a wrong authority went unnoticed'
  grep -q 'does not respond to this client' "$work/out" || fail 'a wrong authority is not named'
  ok 'a wrong authority is noticed at once, although nobody pulled'
  equal "$(asks || true)" 000 "what is no longer named is out of the system's store"
  changes some 'a certificate that is no longer given is taken away, both halves' \
    $(trust) -e "$(client new '' docker)" -e trust_client_verify=false
}
equal "$(ls "$root/etc/docker/certs.d/$registry")" ca.crt 'only the authority is left'

# What clients render wrote for one client, by its own list.
mkdir -p "$work/client-policies"
cat >"$work/client-policies/clients.yaml" <<YAML
harbor: { url: "https://$registry", ca_file: $pki/new.crt }
registries: { hub: { type: docker-hub, url: https://hub.docker.com } }
projects: { proxy.docker.io: { registry: hub, public: true } }
clients: { builders: { client: podman, profile: strict } }
YAML
node dist/src/cli/main.js clients render --policies "$work/client-policies" --out "$work/rendered" >"$work/out" 2>&1 ||
  fail 'clients render'
rendered() { echo "$(trust) -e trust_client_verify=false -e trust_client_rendered=$work/rendered -e trust_client_rendered_client=$1"; }
# shellcheck disable=SC2046
{
  refuses 'has no files to install' 'a client that was not rendered' $(rendered nodes) -e "$(client new '' docker)"
  changes some 'a client gets what was rendered for it' $(rendered builders) -e "$(client new '' docker)"
  changes 0 'the second run with rendered files changes nothing' $(rendered builders) -e "$(client new '' docker)"
}
at=etc/containers/registries.conf.d/50-breakwater.conf
cmp -s "$work/rendered/builders/$at" "$root/$at" || fail 'the rendered file'
equal "$(stat -c '%a %U' "$root/$at")" '644 root' 'what was rendered for podman'
kill "$registry_pid"
