#!/usr/bin/env bash
# Neovim 0.11 or newer, set up in an empty home exactly as editors/README.md says, as a client of `agentflow lsp`.
# $1 is the Neovim to use; AGENTFLOW is the program.
set -euo pipefail
nvim=$1
here=$(cd "$(dirname "$0")" && pwd)
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT

# The block of this language in the README's part about Neovim.
block() { awk -v begin="\`\`\`$1" '/^## /{part = $2} part != "Neovim"{next} /^```$/{inside = 0} inside; $0 == begin{inside = 1}' "$here/../README.md"; }

mkdir -p "$home/bin" "$home/.config/nvim" "$home/project"
ln -s "$(realpath "$AGENTFLOW")" "$home/bin/agentflow"
cp "$here/slip.agentflow" "$home/project/"
touch "$home/project/agentflow.toml"
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME
export HOME=$home PATH=$home/bin:$PATH
block lua > "$home/.config/nvim/init.lua"
block sh > "$home/set-up.sh"
(cd "$here/../.." && bash -euo pipefail "$home/set-up.sh")
cd "$home/project"
timeout 60 "$nvim" --headless slip.agentflow -c "luafile $here/neovim-readme.lua"
