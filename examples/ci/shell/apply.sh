#!/bin/sh
# After the merge: applies the reviewed plan.json and nothing else. Exit code 3: the policies or Harbor changed
# in the meantime, and outdated changes were not applied. `ci/apply.sh now` plans again and applies it without a review.
set -eu

plan=plan.json
if [ "${1:-}" = now ]; then plan=; elif [ ! -f "$plan" ]; then
  echo "there is no reviewed plan for this commit; run ci/apply.sh now to apply what is declared" >&2
  exit 1
fi
status=0
npx --no -- breakwater apply $plan --yes --no-color >apply.txt || status=$?
cat apply.txt
node ci/post.mjs summary breakwater-apply apply.txt
exit "$status"
