#!/usr/bin/env bash
# The roles against hosts of Debian's and Ubuntu's packages, over ssh, as a user with sudo: what they refuse, what they
# make, that a second run changes nothing, and that a backup comes back on another host. Harbor's images are replaced by a
# double. SUITES="bookworm trixie jammy noble" names the distributions; arguments are numbers of scenarios.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/../.."

skip() {
  echo "test:ansible: skipped: $1"
  exit 0
}
((EUID == 0)) || skip 'a chroot needs root'
for program in mmdebstrap ansible-playbook ssh-keygen node unshare; do
  command -v "$program" >/dev/null || skip "$program is not installed"
done

if [[ -z ${SUITE:-} ]]; then
  for suite in ${SUITES:-bookworm trixie noble}; do
    SUITE=$suite test/ansible/converge.sh "$@"
  done
  exit 0
fi

# shellcheck source=test/ansible/host.sh
source test/ansible/host.sh
why=$(cannot_make_host)
[[ -z $why ]] || skip "$SUITE: $why"
echo "## $SUITE"
work=$(mktemp -d)
host_pid=
stop() {
  [[ -z $host_pid ]] || kill -KILL "$host_pid" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap stop EXIT

port=$(free_port)
start_host "$work/host" "$port"
root=$work/host/root

cat >"$work/environment.yaml" <<YAML
harbor: { version: v2.15.0, hostname: registry.harbor.test }
host: { address: 127.0.0.1, user: deploy, port: $port, identity_file: $work/host/key }
edge: { certificate: { acme: { email: a@harbor.test, dns_provider: route53, credentials_file: /etc/harbor/acme.env } } }
YAML
echo 'AWS_REGION=eu-central-1' >"$work/acme.env"
cat >"$work/settings.yaml" <<YAML
breakwater_environment: converge
harbor_host_docker_command: docker-double
harbor_host_ports: [$(free_port)]
harbor_host_prepared_json: $work/prepared.json
harbor_host_edge_files: [{ src: $work/acme.env, dest: /etc/harbor/acme.env }]
docker_host_manage_service: false
YAML
export ANSIBLE_CONFIG=ansible/ansible.cfg ANSIBLE_HOST_KEY_CHECKING=false ANSIBLE_NOCOLOR=1
export HARBOR_ADMIN_PASSWORD='Adm 1"n $HOME' HARBOR_DATABASE_PASSWORD='dbp$w=1"#2'

play() {
  local playbook=$1
  shift
  ansible-playbook "ansible/playbooks/$playbook.yml" -e "@$work/environment.yaml" -e "@$work/settings.yaml" "$@"
}

fail() {
  echo "test:ansible: not ok: $1"
  [[ ! -s $work/out ]] || tail -60 "$work/out"
  exit 1
}
ok() { echo "ok: $1"; }

# Files of the host that a run could have changed, with owner, mode and content. A PostgreSQL that runs writes its own.
snapshot() {
  local running=()
  [[ ! -e $root/tmp/.s.PGSQL.5432 ]] || running=(-path 'data/database/*' -prune -o)
  (cd "$root" && find etc opt data usr/local var/backups -xdev "${running[@]}" \( -type f -printf '%p %U %m ' -exec sha256sum {} \; \
    -o -printf '%p %U %m\n' \) 2>/dev/null || true) | sort | sha256sum
}

# changes NUMBER|some LABEL PLAYBOOK ...: how many tasks of the run changed something.
changes() {
  local wanted=$1 label=$2 changed
  shift 2
  play "$@" >"$work/out" 2>&1 || fail "$label"
  changed=$(sed -n 's/^127\.0\.0\.1 .*changed=\([0-9]*\).*/\1/p' "$work/out")
  if [[ $wanted == some ]]; then ((changed > 0)) || fail "$label: nothing changed"; else
    ((changed == wanted)) || fail "$label: $changed changes instead of $wanted"
  fi
  ok "$label"
}

# refuses WORDS LABEL PLAYBOOK ...: the run fails with these words, and has changed nothing.
refuses() {
  local words=$1 label=$2 before after
  shift 2
  before=$(snapshot)
  if play "$@" >"$work/out" 2>&1; then fail "$label: it was accepted"; fi
  # Ansible folds and escapes what it prints.
  tr -s ' \n' ' ' <"$work/out" | grep -qF -- "$words" || fail "$label: not in these words: $words"
  after=$(snapshot)
  [[ $before == "$after" ]] || fail "$label: something was changed"
  ok "refuses $label"
}

equal() {
  [[ $1 == "$2" ]] || fail "$3: $1 instead of $2"
  ok "$3"
}

digest() { node -p "require('$work/prepared.json').services['$1']"; }
digests() { node -p "Object.entries(require('$work/prepared.json').services).map((e) => e.join('=')).join('\n')"; }

for number in "$@"; do
  compgen -G "test/ansible/scenarios/$number-*.sh" >/dev/null || fail "there is no scenario $number"
done
# Those that are named by their number; all of them otherwise.
for part in test/ansible/scenarios/*.sh; do
  (($# == 0)) || [[ " $* " == *" $(basename "$part" | cut -c1-2) "* ]] || continue
  echo "# $(basename "$part" .sh)"
  # shellcheck source=/dev/null
  source "$part"
done
echo "test:ansible: $SUITE: ok"
