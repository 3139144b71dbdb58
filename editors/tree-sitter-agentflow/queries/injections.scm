((comment) @injection.content
  (#set! injection.language "comment"))

; What is said to a model is prose, most often with Markdown in it; the holes are left out.
((prompt (text (text_content) @injection.content))
  (#set! injection.language "markdown")
  (#set! injection.combined))
((role (text (text_content) @injection.content))
  (#set! injection.language "markdown")
  (#set! injection.combined))
((inline_prompt (text (text_content) @injection.content))
  (#set! injection.language "markdown")
  (#set! injection.combined))

((call
  function: (identifier) @_function
  arguments: (arguments (_) . (text (text_content) @injection.content)))
  (#any-of? @_function "matches" "find")
  (#set! injection.language "regex"))
