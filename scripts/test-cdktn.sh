#!/usr/bin/env bash
# Proves the move from CDKTF, which is archived, to its fork CDK Terrain (docs/guides/deploy.md): a copy of this package
# with the two lines changed is installed and built, and the suite of the stacks, golden files and all, passes there.
set -euo pipefail
cd "$(dirname "$0")/.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
# Files that Git tracks or would track: no state, no secrets. A deleted file that is not committed yet is not an error.
git ls-files -coz --exclude-standard | { xargs -0 ls -d 2>/dev/null || true; } | tar -cf - -T - | tar -xf - -C "$copy"
cd "$copy"

npm pkg set 'dependencies.cdktf=npm:cdktn@0.24.0' 'dependencies.constructs=10.7.2'
npm install --ignore-scripts
test "$(node -p "require('cdktf/package.json').name")" = cdktn
npm run --silent build
npx jest test/unit/stacks test/unit/rules

# The output is compared with the schemas of the providers, if Terraform or OpenTofu and a mirror are installed. If there is
# a Docker as well, it is applied, planned again and destroyed with stand-in images. Skipped tests are reported.
npx jest --runInBand test/integration/terraform/validate test/integration/terraform/local-docker
