#!/bin/sh
# Every night: checks for drift and pulls through every project. Problems are reported in one issue, which is updated while
# they last and closed when they end.
set -eu

drift=0
proof=0
npx --no -- breakwater drift --format markdown >drift.md || drift=$?
npx --no -- breakwater conform --report out --no-color >conform.txt || proof=$?
cat conform.txt
if [ "$drift" = 0 ] && [ "$proof" = 0 ]; then
  exec node ci/post.mjs close breakwater-nightly
fi
{
  echo "drift ended with exit code $drift, conform with $proof."
  echo
  cat drift.md
  printf '\n```\n'
  cat conform.txt
  printf '```\n'
} >report.md
node ci/post.mjs issue breakwater-nightly report.md 'Harbor is not as declared, or does not serve'
test "$proof" = 0 || exit "$proof"
exit "$drift"
