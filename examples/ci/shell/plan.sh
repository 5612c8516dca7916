#!/bin/sh
# For a pull request: plans as a read-only robot, and shows the plan as one comment. Writes plan.json, which
# ci/apply.sh applies after the merge. Needs HARBOR_PLAN_SECRET; BASE_REF is the target branch, such as origin/main.
set -eu

status=0
npx --no -- breakwater plan --overlay ci/plan.yaml --read-only --no-prove ${BASE_REF:+--base-ref "$BASE_REF"} \
  --out plan.json --format markdown >comment.md || status=$?
# A plan that the guard refuses (6) is shown, too.
test ! -s comment.md || node ci/post.mjs comment breakwater-plan comment.md
exit "$status"
