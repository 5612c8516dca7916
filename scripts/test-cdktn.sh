#!/usr/bin/env bash
# Proves the move from CDKTF, which is archived, to its fork CDK Terrain (docs/guides/deploy.md): a copy of this package
# with the two lines changed is installed and built, and the suite of the stacks, golden files and all, passes there.
set -euo pipefail
cd "$(dirname "$0")/.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
# What Git knows or would: no state, no secret. A file that is deleted and not committed yet is no failure.
git ls-files -coz --exclude-standard | { xargs -0 ls -d 2>/dev/null || true; } | tar -cf - -T - | tar -xf - -C "$copy"
cd "$copy"

npm pkg set 'dependencies.cdktf=npm:cdktn@0.24.0' 'dependencies.constructs=10.7.2'
npm install --ignore-scripts
test "$(node -p "require('cdktf/package.json').name")" = cdktn
npm run --silent build
npx jest test/unit/stacks test/unit/rules

# What it synthesises is compared with the providers' own schemas, where Terraform or OpenTofu and a mirror are there.
npx jest test/integration/terraform/validate
