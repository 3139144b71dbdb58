/**
 * AgentFlow: a typed language for workflows of AI agents.
 *
 * A line end separates things, so it is a token; which line ends are white space (L1.3) is decided in `src/scanner.c`.
 * Words that are keywords only in their own place stay free as names: the lexer takes a word for a keyword only where
 * the grammar can use it as one, and `contextual` gives it back as a name where both are possible.
 *
 * Whoever changes this file generates `src/parser.c` again (see README.md).
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const PREC = {
  when: 1,
  or: 2,
  and: 3,
  not: 4,
  compare: 5,
  add: 6,
  multiply: 7,
  negate: 8,
  default: 9,
  access: 10,
};

/** Words that begin something in their own place and are names everywhere else. */
const CONTEXTUAL = ['prompt', 'ran', 'skipped', 'failed', 'fails', 'sample', 'secret', 'once'];

/** What `[ ]` and `( )` hold: separated by commas, the last one optional. */
const listed = (rule) => optional(seq(rule, repeat(seq(',', rule)), optional(',')));

module.exports = grammar({
  name: 'agentflow',

  word: ($) => $.identifier,

  externals: ($) => [
    $._newline,
    $._line_content,
    $._block_content,
    // Never made: that it is valid tells the scanner that a step's tail may go on here.
    $._in_tail,
    $._error_sentinel,
  ],

  extras: ($) => [/\s/, /\uFEFF/, $.comment, $.doc_comment],

  supertypes: ($) => [$._declaration, $._statement, $._expression, $._type],

  conflicts: ($) => [
    // A list without brackets goes on over its commas until a word that begins the next thing.
    [$.tools],
    [$.showing],
    [$.after],
    [$.given],
  ],

  rules: {
    source_file: ($) => repeat(choice($._declaration, $._newline)),

    // ---- comments ----

    doc_comment: (_) => token(prec(2, /\/\/\/[^\n]*/)),
    comment: (_) => token(prec(1, /\/\/([^\/\n][^\n]*)?/)),

    // ---- declarations ----

    _declaration: ($) =>
      choice(
        $.use_declaration,
        $.type_declaration,
        $.constant,
        $.agent,
        $.rubric,
        $.tool,
        $.workflow,
        $.test,
      ),

    use_declaration: ($) => seq('use', field('module', choice($.text, $.module_path)), $.imports),
    module_path: ($) => seq($.identifier, repeat(seq('.', $.identifier))),
    imports: ($) => seq('{', repeat(choice($.import, $._separator)), '}'),
    import: ($) => seq(field('name', $._any_name), optional(seq('as', field('alias', $._any_name)))),

    type_declaration: ($) =>
      seq(
        'type',
        field('name', $._any_name),
        field('body', choice($.record_type, seq('=', $.alternatives))),
      ),
    record_type: ($) => seq('{', repeat(choice($.field_declaration, $.require, $._separator)), '}'),
    field_declaration: ($) =>
      seq(field('name', choice($._property, alias('require', $.property))), ':', field('type', $._type)),
    alternatives: ($) =>
      seq(optional('|'), $.variant, repeat(seq(choice('|', '<'), $.variant))),
    variant: ($) => $._any_name,

    constant: ($) =>
      seq('let', field('name', $._name), optional(seq(':', field('type', $._type))), '=', field('value', $._expression)),

    agent: ($) => seq('agent', $._head, field('body', $.agent_body)),
    agent_body: ($) => seq('{', repeat(choice($.role, $.prompt, $.tools, $._separator)), '}'),
    role: ($) => seq('role', $._text_source),
    prompt: ($) => seq('prompt', $._text_source),
    tools: ($) => seq('tools', $.identifier, repeat(seq(',', $.identifier))),

    rubric: ($) => seq('rubric', $._head, field('body', $.rubric_body)),
    rubric_body: ($) => seq('{', repeat(choice($.require, $.floor, $.dimension, $._separator)), '}'),
    floor: ($) => seq('floor', choice($.grade, $.type_identifier)),
    dimension: ($) =>
      seq(
        field('name', choice(alias($.identifier, $.property), alias(choice(...CONTEXTUAL, 'floor'), $.property))),
        optional(seq('weight', field('weight', $._expression))),
        choice(field('description', $.text), field('body', $.criteria)),
      ),
    criteria: ($) => seq('{', repeat(choice($.check, $.criterion, $._separator)), '}'),
    criterion: ($) => $.text,
    check: ($) => seq('check', $._expression),

    tool: ($) =>
      seq(
        'tool',
        field('name', $._name),
        field('parameters', $.parameters),
        repeat(choice($._result, $.effect, $.annotation)),
        field('body', $.tool_body),
      ),
    effect: ($) =>
      seq(field('kind', choice('pure', 'reads', 'writes', 'sends')), optional(field('resource', $.identifier))),
    tool_body: ($) =>
      seq(
        '{',
        repeat(
          choice($.read_action, $.write_action, $.run_action, $.http_action, $.mcp_action, $.return, $._separator),
        ),
        '}',
      ),
    read_action: ($) => seq('read', field('path', $.text)),
    write_action: ($) => seq('write', field('path', $.text), field('content', $._expression)),
    run_action: ($) =>
      seq(
        'run',
        choice(
          prec(PREC.access, seq(field('command', $.list), repeat(choice($._run_in, $._run_stdin)))),
          seq(field('command', $._expression), optional($._run_stdin)),
        ),
      ),
    _run_in: ($) => seq('in', field('directory', $.text)),
    _run_stdin: ($) => seq('stdin', field('stdin', $._expression)),
    http_action: ($) =>
      seq(
        field('method', choice('get', 'post', 'put', 'patch', 'delete')),
        field('url', choice($.secret, $.text)),
        repeat(
          choice(
            seq('headers', field('headers', $.json_object)),
            seq('json', field('body', choice($.json_object, $._expression))),
            seq('at', field('at', $.text)),
          ),
        ),
      ),
    mcp_action: ($) => seq('mcp', field('server', $.text), field('tool', $.text)),
    secret: ($) => prec(1, seq('secret', $.text)),
    json_object: ($) => seq('{', repeat(choice($.json_pair, $._separator)), '}'),
    json_pair: ($) =>
      choice(
        seq(
          field('key', choice($._property, $.text)),
          ':',
          field('value', choice($.json_object, $.secret, $._expression)),
        ),
        field('key', choice($._any_name, $.text)),
      ),

    workflow: ($) => seq('workflow', $._head, field('body', $.block)),

    test: ($) => seq('test', field('title', $.text), field('body', $.test_body)),
    test_body: ($) => seq('{', repeat(choice($.given, $.run, $.expect, $._separator)), '}'),
    given: ($) =>
      seq(
        'given',
        field('target', $.given_target),
        $._given_answer,
        repeat(seq(',', choice($._given_answer, field('answer', choice($.sample, $._expression))))),
      ),
    given_target: ($) => seq($.identifier, repeat(seq('.', $.identifier))),
    _given_answer: ($) =>
      choice(seq('->', field('answer', choice($.sample, $._expression))), field('answer', $.fails)),
    sample: (_) => prec(1, 'sample'),
    fails: ($) => seq('fails', field('kind', $.identifier)),
    run: ($) => seq('run', $._expression),
    expect: ($) =>
      seq(
        'expect',
        choice(
          $._expression,
          seq(optional('not'), 'prompt', field('target', $.identifier), 'contains', $.text),
          seq('fails', $.text),
          seq(optional('not'), choice('ran', 'skipped', 'failed'), field('target', $.identifier)),
          seq(
            optional('not'),
            field('target', $._name),
            'ran',
            choice('once', seq($.number, optional(choice('times', 'time')))),
          ),
        ),
      ),

    _head: ($) =>
      seq(field('name', $._name), field('parameters', $.parameters), repeat(choice($._result, $.annotation))),
    _result: ($) => seq('->', field('result', $._type)),
    parameters: ($) => seq(choice('(', $._paren), listed($.parameter), ')'),
    parameter: ($) =>
      seq(
        field('name', $.identifier),
        ':',
        field('type', $._type),
        optional(seq('=', field('default', $._expression))),
      ),

    annotation: ($) => seq('@', field('name', $.identifier), optional($.annotation_arguments)),
    annotation_arguments: ($) =>
      seq($._paren, listed(choice($.range, $.duration, $.money, $._expression)), ')'),
    range: (_) => token(/-?[0-9][0-9_]*(\.[0-9]+)?\.\.-?[0-9][0-9_]*(\.[0-9]+)?/),
    duration: (_) => token(/[0-9][0-9_]*(ms|s|m|h|d)/),
    money: (_) => token(/\$[0-9][0-9_]*(\.[0-9]+)?/),

    // ---- bodies ----

    block: ($) => seq('{', optional($._lines), repeat(seq($._statement, repeat($._separator))), '}'),
    // Shared with `cases`: what a `{` opens is known only at the first word in it.
    _lines: ($) => repeat1($._newline),

    _statement: ($) =>
      choice(
        $.step,
        $.let,
        $.when,
        $.parallel,
        $.for,
        $.loop,
        $.require,
        $.fail,
        $.return,
        $.give,
      ),

    step: ($) =>
      seq(
        'step',
        choice(
          field('action', choice($.call, $.inline_prompt, $.ask)),
          seq(
            field('name', choice($._name, $.type_identifier)),
            optional(seq(':', field('type', $._type))),
            '=',
            field('action', choice($.call, $.inline_prompt, $.ask)),
          ),
        ),
        repeat(choice($._tail, $._in_tail)),
      ),
    inline_prompt: ($) => seq('prompt', $._text_source),
    ask: ($) => seq('ask', field('question', $.text)),
    _tail: ($) => choice($.annotation, $.to, $.showing, $.after, $.on_failure),
    to: ($) => seq('to', $.text),
    showing: ($) => seq('showing', $._expression, repeat(seq(',', $._expression))),
    after: ($) => seq('after', $.identifier, repeat(seq(',', $.identifier))),
    on_failure: ($) =>
      seq('on', 'failure', optional($.kinds), optional($._binder), field('value', $._expression)),
    kinds: ($) => prec(1, seq(choice('(', $._paren), listed($.identifier), ')')),
    _binder: ($) => seq('as', field('binder', $._name)),

    let: ($) =>
      seq('let', field('name', $._name), optional(seq(':', field('type', $._type))), '=', field('value', $._expression)),

    when: ($) =>
      prec.right(
        seq(
          'when',
          field('condition', $._expression),
          field('body', choice($.block, $.cases)),
          repeat($.otherwise),
        ),
      ),
    otherwise: ($) => prec.right(seq('otherwise', choice($.when, field('body', $.block)))),
    cases: ($) => seq('{', optional($._lines), repeat1(choice($.case, alias($.case_otherwise, $.otherwise))), '}'),
    case: ($) =>
      seq('is', $.pattern, repeat(seq(',', optional('is'), $.pattern)), field('body', $.block), repeat($._separator)),
    case_otherwise: ($) => seq('otherwise', field('body', $.block), repeat($._separator)),

    parallel: ($) => seq('parallel', optional($.cap), choice($.for, field('body', $.block))),
    cap: ($) => seq($._bound, 'at', 'once'),
    for: ($) =>
      seq(
        'for',
        field('item', $._name),
        'in',
        field('list', $._expression),
        optional($._binder),
        field('body', $.block),
      ),
    loop: ($) =>
      prec.right(
        seq(
          'loop',
          'until',
          field('condition', $._expression),
          repeat(choice($._loop_max, $._binder)),
          field('body', $.block),
          optional(alias($.loop_otherwise, $.otherwise)),
        ),
      ),
    _loop_max: ($) => seq('max', field('max', $._bound)),
    loop_otherwise: ($) => seq('otherwise', choice($.keep, $.fail, field('body', $.block))),
    keep: (_) => seq('keep', choice('best', 'last')),

    require: ($) => seq('require', field('condition', $._expression), 'otherwise', field('message', $._expression)),
    fail: ($) => seq('fail', field('message', $._expression)),
    return: ($) => seq('return', field('value', $._expression)),
    give: ($) => seq('give', field('value', $._expression)),

    _separator: ($) => choice($._newline, ','),

    // ---- types ----

    _type: ($) => choice($.list_type, $.text_type, $.number_type, $.builtin_type, $.named_type, $.optional_type),
    list_type: ($) => seq('[', $._type, ']', optional(seq('max', field('max', $._bound)))),
    text_type: ($) => seq('text', optional(seq('max', field('max', $._bound), field('unit', choice('words', 'chars'))))),
    number_type: ($) => seq(choice('int', 'number'), optional($.range)),
    builtin_type: (_) => choice('bool', 'date', 'json'),
    named_type: ($) => choice($.type_identifier, $.identifier),
    optional_type: ($) => prec.left(seq($._type, '?')),
    _bound: ($) => choice($.number, $.identifier),

    // ---- expressions ----

    _expression: ($) =>
      choice(
        $.when_expression,
        $.binary_expression,
        $.is_expression,
        $.unary_expression,
        $.call,
        $.field_access,
        $.index,
        $.parenthesized,
        $.list,
        $.comprehension,
        $.record,
        $.text,
        $.number,
        $.true,
        $.false,
        $.none,
        $.grade,
        $.type_identifier,
        $.identifier,
        $._contextual,
      ),

    when_expression: ($) =>
      prec.right(
        PREC.when,
        seq(
          'when',
          field('condition', $._expression),
          'then',
          field('then', $._expression),
          'otherwise',
          field('otherwise', $._expression),
        ),
      ),

    binary_expression: ($) =>
      choice(
        ...[
          ['or', PREC.or],
          ['and', PREC.and],
          ['in', PREC.compare],
          ['==', PREC.compare],
          ['!=', PREC.compare],
          ['<', PREC.compare],
          ['<=', PREC.compare],
          ['>', PREC.compare],
          ['>=', PREC.compare],
          ['+', PREC.add],
          ['-', PREC.add],
          ['*', PREC.multiply],
          ['/', PREC.multiply],
          ['%', PREC.multiply],
        ].map(([operator, level]) =>
          prec.left(
            level,
            seq(field('left', $._expression), field('operator', operator), field('right', $._expression)),
          ),
        ),
        prec.left(
          PREC.compare,
          seq(field('left', $._expression), field('operator', seq('not', 'in')), field('right', $._expression)),
        ),
        prec.right(
          PREC.default,
          seq(field('left', $._expression), field('operator', '??'), field('right', $._expression)),
        ),
      ),

    is_expression: ($) =>
      prec.left(PREC.compare, seq(field('value', $._expression), 'is', optional('not'), field('pattern', $.pattern))),
    pattern: ($) =>
      prec.right(
        choice($.none, $.true, $.false, $.grade, seq($._any_name, optional(seq('.', $._any_name)))),
      ),

    unary_expression: ($) =>
      choice(
        prec(PREC.not, seq(field('operator', 'not'), $._expression)),
        prec(PREC.negate, seq(field('operator', '-'), $._expression)),
      ),

    call: ($) => prec(PREC.access, seq(field('function', choice($.identifier, $._contextual)), field('arguments', $.arguments))),
    arguments: ($) => seq($._paren, listed(choice($.argument, $._expression)), ')'),
    argument: ($) => seq(field('name', $._property), ':', field('value', $._expression)),
    // Directly behind its name.
    _paren: (_) => token.immediate('('),

    field_access: ($) => prec(PREC.access, seq(field('value', $._expression), '.', field('field', $._property))),
    index: ($) =>
      prec(PREC.access, seq(field('value', $._expression), token.immediate('['), field('index', $._expression), ']')),
    parenthesized: ($) => seq('(', $._expression, ')'),
    list: ($) => seq('[', listed($._expression), ']'),
    comprehension: ($) =>
      seq(
        '[',
        field('body', $._expression),
        'for',
        field('item', $._name),
        'in',
        field('list', $._expression),
        optional(seq('when', field('filter', $._expression))),
        optional(seq('by', field('key', $._expression), optional(choice('descending', 'ascending')))),
        ']',
      ),
    record: ($) =>
      prec(
        PREC.access,
        seq(field('type', $.type_identifier), '{', repeat(choice($.record_field, $._separator)), '}'),
      ),
    // The short form names a value.
    record_field: ($) =>
      choice(seq(field('name', $._property), ':', field('value', $._expression)), field('name', $._any_name)),

    // ---- texts ----

    _text_source: ($) => choice($.text, seq('file', field('file', $.text))),

    text: ($) => choice($._line_text, $._block_text),
    _line_text: ($) =>
      seq(
        '"',
        repeat(choice(alias($._line_content, $.text_content), alias($._line_escape, $.escape), $._hole)),
        token.immediate('"'),
      ),
    _block_text: ($) =>
      seq(
        '"""',
        repeat(choice(alias($._block_content, $.text_content), alias($._block_escape, $.escape), $._hole)),
        token.immediate('"""'),
      ),
    _line_escape: (_) => token.immediate(/\\(u\{[0-9A-Fa-f]*\}|[^\n])/),
    _block_escape: (_) => token.immediate(choice('\\${', '\\"""')),

    _hole: ($) => choice($.hole, $.template_for, $.template_when, $.template_otherwise, $.template_end),
    hole: ($) => seq($._hole_open, $._expression, '}'),
    template_for: ($) =>
      seq($._hole_open, 'for', field('item', $._name), 'in', field('list', $._expression), '}'),
    template_when: ($) => seq($._hole_open, 'when', field('condition', $._expression), '}'),
    template_otherwise: ($) => seq($._hole_open, 'otherwise', '}'),
    template_end: ($) => seq($._hole_open, 'end', '}'),
    _hole_open: ($) => alias(token.immediate('${'), '${'),

    // ---- words ----

    number: (_) => token(/[0-9][0-9_]*(\.[0-9]+)?/),
    true: (_) => 'true',
    false: (_) => 'false',
    none: (_) => 'none',
    grade: (_) => choice('S', 'A', 'B', 'C', 'D', 'F'),

    _contextual: ($) => alias(choice(...CONTEXTUAL), $.identifier),
    _name: ($) => choice($.identifier, $._contextual),
    _any_name: ($) => choice($.identifier, $.type_identifier, $._contextual),
    // A field's name may be any word.
    _property: ($) =>
      choice(
        alias($.identifier, $.property),
        alias($.type_identifier, $.property),
        alias(choice(...CONTEXTUAL), $.property),
      ),

    identifier: (_) => new RustRegex('[_\\p{XID_Start}--\\p{Lu}]\\p{XID_Continue}*'),
    type_identifier: (_) => /\p{Lu}\p{XID_Continue}*/u,
  },
});
