#!/usr/bin/env bash
# Installs what the browser tests need and is not there: Chromium and node from
# the system's packages (as root, where apt-get is), the library that drives the
# browser from its lock file.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
if [ ${#missing[@]} -gt 0 ]; then
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		echo "browser.sh: error: ${missing[*]} not installed; install it with your system's package manager" >&2
		exit 1
	fi
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
cd integration/browser
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent
