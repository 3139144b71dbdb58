-- A smoke test: Neovim as a client of `agentflow lsp`, and as a reader of the tree-sitter grammar.
-- nvim --headless -u NONE -c 'luafile neovim.lua', with AGENTFLOW (the program), SCRIPT, and RUNTIME (parser and queries).

local function finish(ok, message)
  io.stdout:write((ok and 'ok: ' or 'FAILED: ') .. message .. '\n')
  vim.cmd(ok and 'qall!' or 'cquit')
end

local function main()
  vim.opt.runtimepath:append(os.getenv('RUNTIME'))
  vim.g.do_filetype_lua = 1 -- Neovim 0.7 asks for it.
  vim.cmd('filetype on')
  vim.filetype.add({ extension = { agentflow = 'agentflow' } })
  vim.cmd('edit ' .. os.getenv('SCRIPT'))
  assert(vim.bo.filetype == 'agentflow', 'the file type is ' .. vim.bo.filetype)

  local root = vim.treesitter.get_parser(0, 'agentflow'):parse()[1]:root()
  assert(not root:has_error(), 'tree-sitter finds an error')
  local get = vim.treesitter.query and vim.treesitter.query.get or vim.treesitter.get_query
  for _, name in ipairs({ 'highlights', 'folds', 'locals', 'injections' }) do
    assert(get('agentflow', name), name .. '.scm is not read')
  end

  local config = { name = 'agentflow', cmd = { os.getenv('AGENTFLOW'), 'lsp' }, root_dir = vim.fn.getcwd() }
  local client
  if vim.lsp.start then
    client = vim.lsp.start(config)
  else
    client = vim.lsp.start_client(config)
    vim.lsp.buf_attach_client(0, client)
  end
  assert(client, 'the server does not start')
  local found = vim.wait(10000, function()
    return #vim.diagnostic.get(0) > 0
  end, 50)
  assert(found, 'no diagnostic came')
  local diagnostic = vim.diagnostic.get(0)[1]
  local code = diagnostic.code or vim.tbl_get(diagnostic, 'user_data', 'lsp', 'code')
  assert(code == 'AF0302', 'the first diagnostic is ' .. vim.inspect(diagnostic))
  assert(diagnostic.lnum == 5, 'it stands on line ' .. diagnostic.lnum)
  return 'Neovim shows ' .. code .. ': ' .. diagnostic.message
end

local ok, message = pcall(main)
finish(ok, tostring(message))
