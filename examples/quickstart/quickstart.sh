#!/usr/bin/env bash
# Asks a Clew server for a trace, follows it to its end, says where the coins
# lie, and saves the exits as CSV. Needs curl 7.71 or newer, and jq.
#
#   CLEW_KEY=$(clew user key quickstart --scope read,write) ./quickstart.sh bitcoin TXID:VOUT exits.csv
set -euo pipefail
if [ $# -ne 3 ] || [ -z "${CLEW_KEY:-}" ]; then
	echo "usage: CLEW_KEY=... quickstart.sh CHAIN TXID:VOUT FILE.csv" >&2
	exit 2
fi
url=${CLEW_URL:-http://127.0.0.1:8420}
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# The key comes from a pipe: on a command line every user of the machine sees it.
request() { curl --silent --show-error --header @<(printf 'Authorization: Bearer %s\n' "$CLEW_KEY") "$@"; }

# Sends a request to a path and leaves the answer in $answer. curl tries again
# after lost connections, 429 and 5xx, and waits as Retry-After says. All
# requests here may be sent again: they read, or carry an Idempotency-Key.
ask() {
	local path=$1 status
	shift
	while :; do
		status=$(request --retry 8 --retry-all-errors --output "$answer" --write-out '%{http_code}' "$@" "$url$path")
		[ "$status" -ge 400 ] || return 0
		# A request with this key is being answered: its answer comes.
		[ "$(jq -r .code "$answer" 2>/dev/null)" = pending ] || break
		sleep 1
	done
	# An error is problem+json (RFC 9457); one of a proxy may be anything.
	jq -r '"error: \(.detail) (\(.status) \(.code), request \(.request_id))"' "$answer" >&2 2>/dev/null || echo "error: $status" >&2
	exit 1
}

# Tells events until the trace has ended. A stream that breaks goes on behind
# the last event that came; what counts is the status of the trace.
follow() {
	local id=$1 last='' line
	while :; do
		while IFS= read -r line; do
			case $line in
			"id: "*) last=${line#id: } ;;
			"data: "*) echo "  ${line#data: }" >&2 ;;
			esac
		done < <(request --no-buffer --header "Last-Event-ID: $last" "$url/v1/traces/$id/events")
		ask "/v1/traces/$id"
		status=$(jq -r .status "$answer")
		[ "$status" = queued ] || [ "$status" = running ] || return 0
		sleep 1
	done
}

ask /v1/chains
jq -r '.items[] | select(.tip) | "chain \(.alias) block \(.tip.height)"' "$answer"

# The key makes one trace of it, however often it is sent.
once=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
question=$(jq -n --arg chain "$1" --arg start "$2" '{chain: $chain, starts: [$start]}')
ask /v1/traces --header 'Content-Type: application/json' --header "Idempotency-Key: $once" --data "$question"
id=$(jq -r .id "$answer")

follow "$id"
if [ "$status" != done ]; then
	jq -r '"error: \(.error.detail // "the trace is " + .status)"' "$answer" >&2
	exit 1
fi

# Amounts are integers in base units, as text: as numbers jq would round them.
ask "/v1/traces/$id/result"
jq -r '"theft \(.theft)",
	(.policies as $all | .input.params.policies[] as $p | $all[$p] | (.absorbers[]? | "\($p) \(.kind) \(.amount)"), "\($p) sum \(.sum)"),
	"result \(.result_digest)"' "$answer"

ask "/v1/traces/$id/export?format=csv"
cp "$answer" "$3"
