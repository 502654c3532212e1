#!/usr/bin/env bash
# Runs each fuzz target for $FUZZTIME (30s unless said otherwise), one after the
# other: "go test -fuzz" takes one target of one package at a time. Arguments,
# if any, are regular expressions; only targets that match one are run.
# Shrinking an input that is merely new could take a whole run (8 executions in
# 46 s), so it gets ten tries.
set -euo pipefail
cd "$(dirname "$0")/.."

fuzztime=${FUZZTIME:-30s}
wanted=$(IFS='|'; echo "$*")

targets=$(grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sed 's/:func / /' | sort)
while read -r file target; do
	[[ "$target" =~ $wanted ]] || continue
	echo "== ${file%/*} $target for $fuzztime"
	go test -run '^$' -fuzz "^$target\$" -fuzztime "$fuzztime" -fuzzminimizetime 10x "${file%/*}" </dev/null
done <<<"$targets"
