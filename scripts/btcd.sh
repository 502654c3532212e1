#!/usr/bin/env bash
# Installs btcd, the node that the integration tests follow, into bin, unless it
# is there in this version. It is under the ISC licence, and no part of clew.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v0.26.2
if [ -x bin/btcd ] && [ "$(go version -m bin/btcd | awk '$1 == "mod" { print $3 }')" = "$version" ]; then
	exit 0
fi
GOBIN=$PWD/bin go install "github.com/btcsuite/btcd@$version"
