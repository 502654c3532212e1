#!/usr/bin/env bash
# Builds the console (serve/web/app) into serve/web/app/dist. Installs node and npm
# from the system's packages if they are missing (as root, where apt-get is), the
# libraries only when the lock file changed, and builds only when a source did.
set -euo pipefail
cd "$(dirname "$0")/.."

# Vite and Vitest are held at versions that run on this and newer.
oldest=18
node_major() { node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

missing=()
[ "$(node_major)" -ge "$oldest" ] || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
if [ ${#missing[@]} -gt 0 ]; then
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		echo "web.sh: error: the console needs node $oldest or newer and npm; install ${missing[*]} with your system's package manager" >&2
		exit 1
	fi
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if [ "$(node_major)" -lt "$oldest" ]; then
	echo "web.sh: error: node $(node --version) is too old for the console; it needs $oldest or newer" >&2
	exit 1
fi

cd serve/web/app
# npm writes the inner lock file when it is done, so a broken install is done again.
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --loglevel error --no-audit --no-fund

# By content and not by time: a checkout gives old files new times.
sources() {
	find src public index.html package-lock.json tsconfig.json vite.config.ts -type f | LC_ALL=C sort |
		xargs sha256sum | sha256sum | cut -d ' ' -f 1
}
now=$(sources)
if [ -f dist/index.html ] && [ "$(cat .built 2>/dev/null)" = "$now" ]; then
	exit 0
fi
rm -f .built
npm run --silent check
npm run --silent build -- --logLevel warn
echo "$now" >.built
