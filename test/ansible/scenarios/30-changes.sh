# What a changed harbor.yml, a failed prepare and a hand on the host lead to.
# shellcheck shell=bash disable=SC2154

[[ -s $work/prepared.json ]] || changes some 'a host' host
first=$(digests)
double=$root/run/docker-double
settings='{"harbor_host_settings":{"log":{"level":"debug"}}}'

# A container has today's files of the registry mounted; nobody has those of core.
mounted=/opt/harbor/prepared/registry/$(digest registry)
echo "/data/registry,$mounted/registry,$mounted/trust" >"$double/mounts"
unmounted=/opt/harbor/prepared/core/$(digest core)
changes some 'a changed harbor.yml is prepared' host -e "$settings"
replaced=$({ diff <(echo "$first") <(digests) || true; } | sed -n 's/^> \([a-z-]*\)=.*/\1/p' | sort | xargs)
equal "$replaced" 'core jobservice registry registryctl' 'exactly these have new files'
[[ -d $root$mounted && ! -e $root$unmounted ]] || fail 'the wrong directories were removed'
ok 'a directory that a container mounts is kept, another is not'
changes 0 'and again nothing' host -e "$settings"

echo yes >"$double/fail"
play host >"$work/out" 2>&1 && fail 'a failed prepare went unnoticed'
[[ ! -e $root/opt/harbor/prepare/input ]] || fail 'a failed prepare leaves its copy of harbor.yml'
ok 'a failed prepare leaves no copy of harbor.yml'
rm "$double/fail"
changes some 'what failed is prepared again, even when harbor.yml is the old one' host -e "$settings"

echo '# a note' >>"$root/etc/harbor/harbor.yml"
refuses 'was edited on the host' 'a harbor.yml edited by hand' host -e "$settings"
changes some 'until it is said to be of no use' host -e "$settings" -e harbor_host_discard_edits=true

mv "$root/data/secret/keys/secretkey" "$root/data/kept"
refuses 'every stored registry credential would be lost' 'a host without its secretkey' host -e "$settings"
mv "$root/data/kept" "$root/data/secret/keys/secretkey"
changes 0 'with it, nothing changes' host -e "$settings"
