; Scopes

(source_file) @local.scope
[(agent) (rubric) (tool) (workflow) (test)] @local.scope
; A fan-out keeps its names to itself; the names of other blocks are visible below them.
(for) @local.scope
(comprehension) @local.scope
(on_failure) @local.scope
(record_type) @local.scope

; Definitions

(type_declaration name: (_) @local.definition.type)
(constant name: (identifier) @local.definition.constant)
(agent name: (identifier) @local.definition.function (#set! definition.function.scope "parent"))
(rubric name: (identifier) @local.definition.function (#set! definition.function.scope "parent"))
(tool name: (identifier) @local.definition.function (#set! definition.function.scope "parent"))
(workflow name: (identifier) @local.definition.function (#set! definition.function.scope "parent"))
(import name: (_) @local.definition.import !alias)
(import alias: (_) @local.definition.import)
(parameter name: (identifier) @local.definition.parameter)
(field_declaration name: (property) @local.definition.field)
(step name: (_) @local.definition.var)
(let name: (identifier) @local.definition.var)
(for item: (identifier) @local.definition.var)
(for binder: (identifier) @local.definition.var (#set! definition.var.scope "parent"))
(loop binder: (identifier) @local.definition.var)
(on_failure binder: (identifier) @local.definition.var)
(comprehension item: (identifier) @local.definition.var)
(template_for item: (identifier) @local.definition.var)

; References

(identifier) @local.reference
(type_identifier) @local.reference
