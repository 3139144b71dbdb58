; Names first: where several patterns take one node, the later one wins.

(identifier) @variable
(type_identifier) @type
(property) @property
(builtin_type) @type.builtin
(text_type "text" @type.builtin)
(number_type ["int" "number"] @type.builtin)

; Signs, of which some mean more in their place below

["==" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" "%" "??" "=" "->" "|" "?"] @operator
["," "." ":"] @punctuation.delimiter
["(" ")" "[" "]" "{" "}"] @punctuation.bracket

; Declarations

(type_declaration name: (_) @type)
(variant (identifier) @constant)
(variant (type_identifier) @type)
(constant name: (identifier) @constant)
(agent name: (identifier) @function)
(rubric name: (identifier) @function)
(tool name: (identifier) @function)
(workflow name: (identifier) @function)
(import name: (type_identifier) @type)
(import alias: (type_identifier) @type)
(module_path (identifier) @module)
(parameter name: (identifier) @variable.parameter)
(effect resource: (identifier) @label)
(test title: (text) @string.special)
(use_declaration module: (text) @string.special.path)
(tools (identifier) @function)

; Bodies

(step name: (_) @variable)
(let name: (identifier) @variable)
(after (identifier) @variable)
(kinds (identifier) @constant)
(fails kind: (identifier) @constant)
(given_target (identifier) @function)
(annotation "@" @attribute name: (identifier) @attribute)
(annotation_arguments (identifier) @constant)

; Expressions

(call function: (identifier) @function.call)
(argument name: (property) @variable.parameter)
(record type: (type_identifier) @type)
(pattern (identifier) @constant)
(pattern (type_identifier) @type)
(grade) @constant.builtin
(floor (type_identifier) @constant.builtin)
[(true) (false)] @boolean
(none) @constant.builtin
((identifier) @variable.builtin
  (#any-of? @variable.builtin "previous" "earlier" "round" "index" "result" "today" "now"))
((call function: (identifier) @function.builtin)
  (#any-of? @function.builtin
    "abs" "agreement" "batches" "calls" "chunks" "clamp" "contains" "count" "cut" "date" "days_between" "ends_with"
    "find" "first" "flatten" "join" "last" "length" "lines" "lower" "majority" "matches" "max" "mean" "min"
    "most_common" "parse" "present" "range" "replace" "reverse" "round" "sort" "split" "starts_with" "sum" "take"
    "to_json" "trim" "unique" "upper" "words"))
[(number) (range) (duration) (money)] @number
(sample) @keyword

; Texts

(text ["\"" "\"\"\""] @string)
(text_content) @string
(escape) @string.escape
(hole ["${" "}"] @punctuation.special)
(template_for ["${" "}"] @punctuation.special)
(template_when ["${" "}"] @punctuation.special)
(template_otherwise ["${" "}"] @punctuation.special)
(template_end ["${" "}"] @punctuation.special)

; Words

["use" "as"] @keyword.import
["type" "agent" "rubric" "tool" "workflow" "test" "let"] @keyword
["role" "prompt" "tools" "file" "weight" "floor" "check"] @keyword
["step" "parallel" "at" "once" "ask" "to" "showing" "after" "on" "failure" "give" "keep" "best" "last"] @keyword
["when" "is" "then" "otherwise"] @keyword.conditional
["for" "loop" "until" "by" "descending" "ascending"] @keyword.repeat
(list_type "max" @keyword)
(text_type ["max" "words" "chars"] @keyword)
(loop "max" @keyword.repeat)
["return" "require" "fail"] @keyword.return
["pure" "reads" "writes" "sends"] @keyword.modifier
["read" "write" "run" "stdin" "get" "post" "put" "patch" "delete" "headers" "json" "mcp" "secret"] @keyword
["given" "expect" "fails" "ran" "skipped" "failed" "contains" "times" "time"] @keyword
["and" "or" "not" "in"] @keyword.operator
(template_for ["for" "in"] @keyword.repeat)
(template_end "end" @keyword.conditional)

(comment) @comment
(doc_comment) @comment.documentation

; A word of a body that is the name of a type here

(builtin_type "json" @type.builtin)
