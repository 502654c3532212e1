#!/usr/bin/env bash
# A tour of the ledger, without a node and without a key: makes a chain, takes
# it in, checks it and looks at it. Everything lands in the folder tour, and a
# second run adds nothing to it.
set -euo pipefail
cd "$(dirname "$0")/.."

clew=bin/clew
txs=200000
ledger=tour/ledger

say() { printf '\n%s\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }
# The value of a number in the generator's own account of the chain.
truth() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" tour/chain/meta.json; }

say "1. A chain of $txs transactions, made up from seed 1, in the files that Bitcoin Core writes."
generate=(go run ./bench/chaingen -tx "$txs" -seed 1 -out tour/chain)
printf '$ %s\n' "${generate[*]}"
"${generate[@]}" >/dev/null
echo "   The generator made $(truth tx) transactions, $(truth outputs) outputs and $(truth inputs_non_coinbase) spends in $(truth blocks) blocks."

say "2. Take it in. Made-up blocks carry no proof of work, and the first one is block 0."
run $clew ingest bitcoin --blocks tour/chain/blocks --no-pow --first-height 0 --ledger $ledger

say "3. Once more: blocks that are there are known, nothing is added."
run $clew ingest bitcoin --blocks tour/chain/blocks --no-pow --first-height 0 --ledger $ledger

say "4. Check it: every index entry, spender, list, head and merkle root is computed again."
run $clew ledger check --ledger $ledger

say "5. What it holds. The counts are the generator's; each block's coinbase adds one input."
run $clew ledger show --ledger $ledger

# An early transaction, so that much comes after it. The generator's list holds
# 32 bytes for each, in the order of the chain; a txid is written reversed.
early=5000
txid=$(od -An -v -tx1 -j $((32 * early)) -N 32 tour/chain/txids.bin |
	awk '{ for (i = 1; i <= NF; i++) s = $i s } END { print s }')

say "6. One transaction: what it spends, what it pays, and who spent that."
run $clew tx "bitcoin:$txid" --ledger $ledger

json=$($clew tx "bitcoin:$txid" --ledger $ledger --json)
address=$(grep -oE '"address":"[^"]+"' <<<"$json" | tail -n 1 | cut -d '"' -f 4)
height=$(grep -oE '"height":[0-9]+' <<<"$json" | head -n 1 | cut -d ':' -f 2)

say "7. The address it paid last: all it was ever paid ..."
run $clew address "bitcoin:$address" --ledger $ledger

say "8. ... and how it stood as of that transaction's block. Nothing was stored for this: the same ledger is read as of then."
run $clew address "bitcoin:$address" --ledger $ledger --as-of "$height"

say "The ledger stays in $ledger: look around with '$clew --help', or 'make clean' to remove it."
