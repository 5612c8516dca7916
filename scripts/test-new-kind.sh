#!/usr/bin/env bash
# Proves what adding a kind takes: in a copy of the repository an imaginary kind is added, with exactly the files that
# CONTRIBUTING.md names, and the suites that iterate over the kinds must stay green.
# With test files as arguments, only those run.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

git ls-files -co --exclude-standard -z | xargs -0 cp --parents -t "$copy"
cd "$copy"
ln -s "$here/node_modules" node_modules
git init -q && git add -A && git -c user.name=x -c user.email=x@example.com commit -qm before

add() { cp "$here/test/new-kind/$1.txt" "$2"; }
add motto.ts src/kinds/motto.ts
add mottos.ts src/sandbox/routes/mottos.ts
add motto.kit.ts test/kinds/motto.kit.ts
add motto.test.ts test/kinds/motto.test.ts
sed -i -e "1i import { motto } from './motto';" -e 's/^  label,$/&\n  motto,/' src/kinds/index.ts
sed -i -e "1i import { register as mottos } from './mottos';" -e 's/^  labels,$/&\n  mottos,/' src/sandbox/routes/index.ts
npm run --silent docs

expected='docs/reference/calls.md
docs/reference/index.md
docs/reference/motto.md
schemas/declaration.schema.json
src/kinds/index.ts
src/kinds/motto.ts
src/sandbox/routes/index.ts
src/sandbox/routes/mottos.ts
test/kinds/motto.kit.ts
test/kinds/motto.test.ts'
touched=$(git status --porcelain -uall -- ':!node_modules' | cut -c4- | sort)
diff <(echo "$expected") <(echo "$touched")

# Only suites that iterate over the kinds or the routes can notice a new one; nothing else is run.
if (($# == 0)); then
  set -- test/architecture.test.ts test/reference.test.ts test/kinds test/property/all-kinds.test.ts \
    test/unit/declaration/{schema,expand,checks} test/unit/declaration/{policies,guide,schedules,odd-values,places-of-items}.test.ts \
    test/unit/declaration/what-validate-can-see.test.ts test/unit/export \
    test/unit/import/{places-of-items,unknown-values,harbor-configuration}.test.ts test/unit/harbor/access.test.ts \
    test/integration/{drift,ignored-writes,ownership,schema,export,access}.test.ts test/call-budget/bulk.test.ts
fi
export BULK="${BULK:-20}"
node node_modules/typescript/bin/tsc -p test/tsconfig.json
node_modules/.bin/jest "$@"
