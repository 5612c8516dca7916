#!/usr/bin/env bash
# Rebuilds a Harbor from Git and a backup on a fresh host, and verifies that it is complete.
# Preparations, and the meaning of each check: docs/guides/restore-drill.md
set -euo pipefail

usage() {
  cat >&2 <<'END'
usage: scripts/restore-drill.sh --environment NAME --ssh USER@HOST --manifest FILE --known FILE
                                [--restore 'key=value …'] [-- POLICY-FLAGS]
  --environment  stacks/environments/NAME.yaml, of the fresh host
  --ssh          the fresh host, to cut Harbor off from its upstreams
  --manifest     what the backup wrote: backups/<environment>/latest.json
  --known        what `breakwater drill record` wrote before
  --restore      extra variables of ansible/playbooks/restore.yml, such as harbor_restore_source=/srv/backup
  POLICY-FLAGS   handed to breakwater: --policies DIR, --instance NAME, --overlay FILE
END
  exit 64
}

environment='' ssh_to='' manifest='' known='' restore=''
while (($#)); do
  case $1 in
    --environment | --ssh | --manifest | --known | --restore) (($# > 1)) || usage ;;&
    --environment) environment=$2 && shift 2 ;;
    --ssh) ssh_to=$2 && shift 2 ;;
    --manifest) manifest=$2 && shift 2 ;;
    --known) known=$2 && shift 2 ;;
    --restore) restore=$2 && shift 2 ;;
    --) shift && break ;;
    *) usage ;;
  esac
done
[[ $environment && $ssh_to && $manifest && $known ]] || usage
policy_flags=("$@")
[[ -r $manifest ]] || { echo "restore-drill: $manifest cannot be read" >&2; exit 66; }
[[ -r $known ]] || { echo "restore-drill: $known cannot be read: run breakwater drill record first" >&2; exit 66; }

command -v breakwater >/dev/null || breakwater() { npx --no-install breakwater "$@"; }
say() { printf '\n== %s\n' "$*" >&2; }
on_host() { ssh -o BatchMode=yes "$ssh_to" "$@"; }

# The only network with which core reaches an upstream. Clients and other services use other networks.
cut_off() { on_host docker network disconnect harbor-egress harbor-core; }
let_out() {
  on_host docker network connect harbor-egress harbor-core && return
  say "core is still cut off. On $ssh_to: docker network connect harbor-egress harbor-core"
  return 1
}

began=$SECONDS
export ANSIBLE_CONFIG=${ANSIBLE_CONFIG:-ansible/ansible.cfg}
version=$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).harborVersion' "$manifest")

say "1/5 the data of $version, before anything starts on it"
ansible-playbook ansible/playbooks/restore.yml -e "@stacks/environments/$environment.yaml" \
  -e "breakwater_environment=$environment" ${restore:+-e "$restore"}

say '2/5 everything around the data, from Git'
breakwater up --environment "$environment" --from images --to health --running-version "$version" --yes "${policy_flags[@]}"

say '3/5 the restored state matches the declaration: the plan is empty'
breakwater drift "${policy_flags[@]}"

say '4/5 encrypted credentials can be used: the secret key is the right one'
breakwater drill credentials "${policy_flags[@]}"

say '5/5 cached images are served without any upstream'
trap let_out EXIT
cut_off
breakwater drill pulls --known "$known" "${policy_flags[@]}"
trap - EXIT
let_out

say "restored and proven in $(((SECONDS - began) / 60)) min $(((SECONDS - began) % 60)) s"
