#!/usr/bin/env bash
# The console with a real peel chain in it, on this machine only: the case ships
# as facts, so it needs no node, no key and no network once it is built. Beside it
# a made-up chain to look around in. Everything lands in the folder demo.
# DEMO_LISTEN names another address; DEMO_ONCE=1 ends when the trace is there.
set -euo pipefail
cd "$(dirname "$0")/.."

clew=bin/clew
case=cases/peel-2019/case.yaml
db=demo/clew.db
ledger=demo/ledger
listen=${DEMO_LISTEN:-127.0.0.1:8420}
mkdir -p demo

say() { printf '\n%s\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

if ! make --no-print-directory -s web; then
	say "The console could not be built (it needs Node 18 and, the first time, a network); the API is served without it."
	make --no-print-directory -s build
fi

say "1. A real peel chain of January 2019, followed by eight policies. Not a unit may be lost: each column sums to the start."
run $clew trace --case $case
$clew trace --case $case --format html -o demo/peel-2019.html

if [ ! -e $ledger ]; then
	say "2. A made-up chain of 20,000 transactions, to look around in."
	go run ./bench/chaingen -tx 20000 -seed 1 -network regtest -out demo/chain >/dev/null
	run $clew ingest bitcoin --blocks demo/chain/blocks --no-pow --first-height 0 --network regtest --ledger $ledger
fi
if [ ! -e $db ]; then
	say "3. The case goes into the console's database, to be traced when the server starts."
	run $clew case import $case --db $db --trace
fi

say "4. The server. The same answer as a page that stands alone: demo/peel-2019.html. Ctrl-C ends it."
serve=($clew serve --ledger $ledger --db $db --listen "$listen")
printf '$ %s\n' "${serve[*]}"
[ -n "${DEMO_ONCE:-}" ] || exec "${serve[@]}"

"${serve[@]}" &
server=$!
trap 'kill $server 2>/dev/null; wait $server || true' EXIT
key=$($clew user key demo --db $db)
for _ in $(seq 100); do
	if curl -sf -H "Authorization: Bearer $key" "http://$listen/v1/traces" | grep -q '"status":"done"'; then
		say "The trace is there."
		exit 0
	fi
	sleep 0.2
done
echo "demo.sh: error: the trace is not there after 20 seconds" >&2
exit 1
