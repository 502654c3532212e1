#!/usr/bin/env bash
# A real peel chain, followed from its start to where its coins rest: the case
# ships as facts, so it needs no node, no key and no network. Everything lands in
# the folder demo.
set -euo pipefail
cd "$(dirname "$0")/.."

clew=bin/clew
case=cases/peel-2019/case.yaml
page=demo/peel-2019.html
mkdir -p demo

say() { printf '\n%s\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

say "1. A stretch of bitcoin's chain as facts: 203 transactions of January 2019. Who has the blocks can compare them."
run head -n 12 cases/peel-2019/peel.facts

say "2. Follow what left the first of them, by eight policies. Not a unit may be lost: each column sums to the start."
run $clew trace --case $case

say "3. The same as a page to hand on."
run $clew trace --case $case --format html -o $page

say "4. The answer again, from the same input: the same digest, so anybody can check it."
digest() { $clew trace --case $case --json | grep -o '"result_digest":"[^"]*"'; }
digest
[ "$(digest)" = "$(digest)" ]

say "The page is $page: open it in a browser. With real data it is one line:"
echo "  $clew trace bitcoin:TXID --esplora URL"
