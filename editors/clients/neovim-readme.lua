-- What a person has who set Neovim up as editors/README.md says; run by neovim-readme.sh.

local function main()
  assert(vim.bo.filetype == 'agentflow', 'the file type is ' .. vim.bo.filetype)
  assert(vim.bo.commentstring == '// %s' and vim.bo.shiftwidth == 2, 'the options of the buffer are not set')
  assert(vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()], 'nothing is highlighted')
  vim.treesitter.get_parser(0):parse(true) -- As the first redraw does, which a headless one does not have.
  local captures = vim.tbl_map(function(it) return it.capture end, vim.treesitter.get_captures_at_pos(0, 0, 0))
  assert(vim.tbl_contains(captures, 'keyword'), '`agent` is ' .. vim.inspect(captures))
  assert(vim.wait(10000, function() return #vim.diagnostic.get(0) > 0 end, 50), 'no diagnostic came')
  local diagnostic = vim.diagnostic.get(0)[1]
  assert(diagnostic.code == 'AF0302' and diagnostic.lnum == 5, vim.inspect(diagnostic))
  assert(vim.fn.foldlevel(2) == 1, 'the body of the agent does not fold')

  local client = vim.lsp.get_clients({ bufnr = 0, name = 'agentflow' })[1]
  assert(vim.fs.basename(client.root_dir) == 'project', 'the root is ' .. tostring(client.root_dir))
  local function ask(method, params)
    local answer = assert(client:request_sync(method, params, 5000, 0), method .. ' was not answered')
    assert(not answer.err, vim.inspect(answer.err))
    return answer.result
  end
  vim.api.nvim_win_set_cursor(0, { 1, 7 })
  local hover = ask('textDocument/hover', vim.lsp.util.make_position_params(0, client.offset_encoding))
  assert(hover.contents.value:find('agent writer'), vim.inspect(hover))
  vim.lsp.buf.rename('author')
  local renamed = function() return vim.fn.getline(1):find('agent author') end
  assert(vim.wait(5000, renamed, 50), 'the agent is not renamed: ' .. vim.fn.getline(1))
  return ('Neovim %s shows %s: %s'):format(tostring(vim.version()), diagnostic.code, diagnostic.message:gsub('\n.*', ''))
end

local ok, message = pcall(main)
io.stdout:write((ok and 'ok: ' or 'FAILED: ') .. tostring(message) .. '\n')
vim.cmd(ok and 'qall!' or 'cquit')
