#!/usr/bin/env bash
# Proves what adding a check, a rule, a client, a format of the inventory, a source for import and a command takes: in a
# copy of the repository each is added with exactly the files that docs/architecture.md names; no other test may fail.
# It also proves that a check without a test is an error. Kinds have their own script: test-new-kind.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

git ls-files -co --exclude-standard -z | xargs -0 cp --parents -t "$copy"
cd "$copy"
ln -s "$here/node_modules" node_modules
git init -q && git add -A && git -c user.name=x -c user.email=x@example.com commit -qm before

add() { cp "$here/test/new-parts/$1.txt" "$2"; }
add check.ts src/conformance/checks/t99-motto.ts
sed -i -e "1a import { check as t99 } from './t99-motto';" -e 's/^  t6,$/&\n  t99,/' src/conformance/checks/index.ts
if node_modules/.bin/jest test/architecture.test.ts -t 'has the id of every file in a test' >untested.log 2>&1; then
  echo 'a check that no test names was accepted' >&2
  exit 1
fi
grep -q '"t99"' untested.log || { cat untested.log >&2; exit 1; }
rm untested.log
add check.test.ts test/unit/conformance/checks/t99.test.ts

add rule.ts src/rules/hp888-motto.ts
sed -i -e "0,/^import { hp001/s//import { hp888 } from '.\/hp888-motto';\n&/" -e 's/^];$/  hp888,\n];/' src/rules/catalogue.ts
add client.ts src/clients/motto.ts
sed -i -e "1a import { motto } from './motto';" -e 's/^  skopeo,$/&\n  motto,/' src/clients/index.ts
add extractor.ts src/inventory/extract/motto.ts
sed -i -e "1i import { motto } from './motto';" -e 's/^  nomad,$/&\n  motto,/' src/inventory/extract/index.ts
add reader.ts src/import/motto.ts
sed -i -e "0,/^import { operator/s//import { motto } from '.\/motto';\n&/" -e 's/^  operator,$/&\n  motto,/' src/import/index.ts
add reader.test.ts test/unit/import/motto.test.ts
add command.ts src/cli/commands/motto.ts
sed -i "s/^  \['validate', .*/&\n  ['motto', 'print a motto'],/" src/cli/commands/index.ts

npm run --silent docs
UPDATE_GOLDEN=1 node_modules/.bin/jest test/golden/clients.test.ts -t motto >/dev/null 2>&1
git status --porcelain -uall -- ':!node_modules' ':!dist' | cut -c4- | sort
node node_modules/typescript/bin/tsc -p test/tsconfig.json
node_modules/.bin/jest test/architecture.test.ts test/reference.test.ts test/examples.test.ts test/golden/clients.test.ts \
  test/unit/conformance/{catalogue,checks/t99}.test.ts test/unit/rules test/unit/clients test/unit/inventory/{scan,corpus}.test.ts test/unit/import
