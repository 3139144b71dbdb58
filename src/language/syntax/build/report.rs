use super::{Builder, Rule};
use crate::base::Span;
use crate::diag::{Code, Fix, closest};
use crate::language::syntax::ast::Stmt;
use crate::language::syntax::grammar::Node;
use crate::language::syntax::scan::Kind;

const STATEMENTS: [&str; 10] =
    ["step", "let", "when", "parallel", "for", "loop", "require", "fail", "return", "give"];

/// What is said to one who prints.
pub(super) const PRINT: (&str, &str) =
    ("nothing is printed: what a workflow finds is its result", "put it into what `return` gives");

impl Builder<'_> {
    /// "expected X, found Y", at the end of what stands before.
    pub(super) fn missing(&mut self, node: Node<'_>, what: &str) {
        self.missing_at(node.whole().start, what, None);
    }

    /// The same where what is missing is certain.
    pub(super) fn missing_fix(&mut self, node: Node<'_>, what: &str, with: &str) {
        self.missing_at(node.whole().start, what, Some(with));
    }

    fn missing_at(&mut self, at: u32, what: &str, with: Option<&str>) {
        let place = self.behind(at);
        let message = format!("expected {what}, found {}", self.describe(at));
        let diagnostic = self.new_diagnostic(Code::Expected, place, message);
        let diagnostic = match with {
            Some(with) => {
                let title = format!("put `{}` here", with.trim());
                diagnostic.help(title.clone()).fix(Fix::replace(title, self.place(place), with))
            }
            None => diagnostic,
        };
        self.push(diagnostic);
    }

    /// What stands at a place, in an author's words.
    pub(super) fn describe(&self, at: u32) -> String {
        let rest = self.laid.get(at as usize..).unwrap_or_default().trim_start_matches(' ');
        let Some(first) = rest.chars().next() else { return "the end of the file".into() };
        let place = self.laid.len() - rest.len();
        let here = self.tokens.partition_point(|token| (token.start as usize) < place);
        match first {
            '{' if self
                .tokens
                .get(here)
                .is_some_and(|it| it.kind == Kind::Colon && it.start as usize == place) =>
            {
                "`:`".into()
            }
            '\n' | '\0' | '\u{1}' if rest.trim_matches(['\n', ' ', '\0', '\u{1}']).is_empty() => {
                "the end of the file".into()
            }
            '\n' | '\0' | '\u{1}' => "the end of the line".into(),
            '"' => "a text".into(),
            _ if first.is_alphanumeric() || first == '_' => {
                let end = rest
                    .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
                    .unwrap_or(rest.len());
                format!("`{}`", rest.get(..end).unwrap_or_default())
            }
            _ => {
                const LONG: [&str; 12] =
                    ["->", "=>", "==", "!=", "<=", ">=", "??", "..", "${", "&&", "||", "::"];
                let long = LONG.iter().find(|long| rest.starts_with(**long));
                long.map_or_else(|| format!("`{first}`"), |long| format!("`{long}`"))
            }
        }
    }

    /// Reports a node that no place answers in better words.
    pub(super) fn trouble(&mut self, node: Node<'_>) {
        match node.rule() {
            Rule::miss_rparen => self.unclosed_bracket(node, ')'),
            Rule::miss_rbracket => self.unclosed_bracket(node, ']'),
            Rule::miss_rbrace => self.unclosed_record(node),
            Rule::miss_name => self.missing(node, "a name"),
            Rule::miss_expr => self.missing(node, "a value"),
            Rule::miss_type => self.missing(node, "a type"),
            Rule::miss_text => self.missing(node, "a text"),
            Rule::miss_in => self.missing(node, "`in`"),
            Rule::miss_unit => self.missing(node, "`words` or `chars`"),
            Rule::miss_colon => self.missing_fix(node, "`:`", ":"),
            Rule::err_otherwise => self.otherwise_value(node),
            Rule::err_else => self.foreign_word(node, "otherwise"),
            Rule::err_again => self.again(node),
            Rule::err_equals => self.wrong_colon(node),
            Rule::err_annotation => self.field_annotation(node),
            Rule::bad_tail => self.bad_tail(node),
            Rule::bad_head => self.bad_head(node),
            Rule::bad_elem | Rule::bad_param | Rule::bad_field => self.bad_elem(node),
            Rule::bad_line | Rule::bad_hole | Rule::bad_stmt => self.unexpected(node, "here"),
            _ => {}
        }
    }

    fn bad_head(&mut self, node: Node<'_>) {
        let span = self.first_line(self.span(node));
        if matches!(self.laid(span), "then" | "do") {
            let message = format!("a block stands directly behind its head, without `{}`", self.laid(span));
            return self.report_fix(Code::Unexpected, span, message, "take it away", "");
        }
        self.unexpected(node, "in front of the `{`");
    }

    fn unexpected(&mut self, node: Node<'_>, place: &str) {
        let span = self.first_line(self.span(node));
        let message = format!("{} is not expected {place}", self.describe(span.start));
        self.report(Code::Unexpected, span, message, "take it away, or look for what is missing before it");
    }

    /// The name of a call whose `(` stands apart from it.
    fn detached_call(&self, span: Span) -> Option<String> {
        if !self.laid(span).starts_with('(') {
            return None;
        }
        let before = self.laid(Span { start: 0, end: span.start });
        let name = before.trim_end_matches(' ');
        let start = name.rfind(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        let word = name.get(start.map_or(0, |at| at + 1)..)?;
        (name.len() < before.len() && word.starts_with(char::is_lowercase)).then(|| word.to_string())
    }

    pub(super) fn first_line(&self, span: Span) -> Span {
        let length = self.laid(span).find('\n').unwrap_or(span.len());
        self.trim(Span::new(span.start as usize, span.start as usize + length))
    }

    /// What stands between or behind the parts of a bracket.
    fn bad_elem(&mut self, node: Node<'_>) {
        let span = self.span(node);
        let found = self.describe(span.start);
        self.report(
            Code::Unexpected,
            span,
            format!("expected `,` or the closing bracket, found {found}"),
            "the parts of a bracket are separated by commas",
        );
    }

    /// What stands behind a complete thing on its line.
    pub(super) fn bad_tail(&mut self, node: Node<'_>) {
        let span = match node.child(Rule::block) {
            Some(block) => self
                .trim(Span { start: node.whole().start, end: block.whole().start.max(node.whole().start) }),
            None => self.first_line(self.span(node)),
        };
        let span = if span.is_empty() { self.first_line(self.span(node)) } else { span };
        let spelled = self.laid(span);
        let found = self.describe(span.start);
        if let Some(word) = spelled
            .strip_prefix('.')
            .and_then(|rest| rest.split('(').next())
            .filter(|_| spelled.contains('('))
        {
            let message = format!("values have no methods: `.{word}(…)` calls nothing");
            self.report(
                Code::NoMethods,
                span,
                message,
                "call a function with the value in the parentheses, as in `count(xs)`",
            );
        } else if matches!(spelled, "=" | "==") || spelled.starts_with("= ") {
            self.report(
                Code::Unexpected,
                span,
                format!("expected the end of the line, found {found}"),
                "a name is bound with `step name = …` or `let name = …`",
            );
        } else if self.foreign_tail(span) {
        } else if let Some(name) = self.detached_call(span) {
            let message = format!("the `(` of a call follows its name directly: `{name}(…)`");
            self.report(Code::Unexpected, span, message, "take the blank between them away");
        } else {
            let help = "a statement ends with its line; begin a new line, or take this away";
            self.report(Code::Unexpected, span, format!("expected the end of the line, found {found}"), help);
        }
        if let Some(block) = node.child(Rule::block) {
            self.block(block);
        }
    }

    fn unclosed_bracket(&mut self, node: Node<'_>, closer: char) {
        let place = self.behind(node.whole().start);
        let opener = if closer == ')' { '(' } else { '[' };
        let message = format!("expected `{closer}`, found {}", self.describe(node.whole().start));
        let fix = Fix::replace(format!("put `{closer}` here"), self.place(place), closer.to_string());
        let diagnostic = self
            .new_diagnostic(Code::UnclosedBracket, place, message)
            .help(format!("put `{closer}` here"))
            .fix(fix);
        let diagnostic = match self.opener(place.start, opener, closer) {
            Some(open) => diagnostic.label(self.file, open, format!("this `{opener}` is not closed")),
            None => diagnostic,
        };
        self.push(diagnostic);
    }

    /// The last open bracket before a place, found among the tokens.
    fn opener(&self, before: u32, opener: char, closer: char) -> Option<Span> {
        let end = self.tokens.partition_point(|token| token.end <= before);
        let mut depth = 0;
        for token in self.tokens.get(..end)?.iter().rev().take(400) {
            let spelled = self.laid(token.span());
            if spelled.starts_with(closer) {
                depth += 1;
            } else if spelled.starts_with(opener) {
                if depth == 0 {
                    return Some(token.span());
                }
                depth -= 1;
            }
        }
        None
    }

    /// A `}` that is missing at the end of a block of a declaration or a body.
    pub(super) fn unclosed_brace(&mut self, node: Node<'_>, block: Node<'_>) {
        if std::mem::replace(&mut self.unclosed, true) {
            return;
        }
        let place = self.behind(node.whole().start);
        let start = block.whole().start;
        let open = Span { start, end: start + 1 };
        let diagnostic = self
            .new_diagnostic(Code::UnclosedBlock, place, "a `}` is missing here")
            .label(self.file, open, "this `{` is not closed")
            .help("put a `}` on a line of its own below this one");
        self.push(diagnostic);
    }

    fn unclosed_record(&mut self, node: Node<'_>) {
        if std::mem::replace(&mut self.unclosed, true) {
            return;
        }
        let place = self.behind(node.whole().start);
        let message = format!("expected `}}`, found {}", self.describe(node.whole().start));
        let fix = Fix::replace("put `}` here", self.place(place), " }");
        let diagnostic =
            self.new_diagnostic(Code::UnclosedBlock, place, message).help("put `}` here").fix(fix);
        self.push(diagnostic);
    }

    /// `type type X`: a word that stands there already.
    fn again(&mut self, node: Node<'_>) {
        let span = self.span(node);
        let message = format!("`{}` stands here already", self.laid(span));
        let end = node.whole().end;
        self.report_fix(Code::Twice, Span { start: span.start, end }, message, "take it away", "");
    }

    /// A word of another language in the place of one of ours.
    pub(super) fn foreign_word(&mut self, node: Node<'_>, better: &str) {
        let span = self.span(node);
        let message = format!("`{}` is written `{better}`", self.laid(span));
        self.report_fix(Code::ForeignWord, span, message, &format!("write `{better}`"), better);
    }

    fn field_annotation(&mut self, node: Node<'_>) {
        let span = self.span(node);
        let spelled = self.laid(span);
        if spelled.starts_with("@optional") {
            let before = self.behind(span.start);
            let all = Span { start: before.start, end: span.end };
            let message = "what may be absent has a `?` behind its type";
            self.report_fix(Code::ForeignWord, all, message, "write `?`", "?");
        } else {
            let message = format!("`{spelled}` has no place here");
            self.report(Code::Unexpected, span, message, "annotations stand behind the head of a declaration or at the end of a step; what a field means is said in a `///` above it");
        }
    }

    /// A line that is no statement.
    pub(super) fn bad_stmt(&mut self, node: Node<'_>) -> Stmt {
        let block = node.child(Rule::block);
        let head = match block {
            Some(block) => self.trim(Span { start: node.whole().start, end: block.whole().start }),
            None => self.first_line(self.span(node)),
        };
        let head = if head.is_empty() { Span { start: head.start, end: head.start + 1 } } else { head };
        if let Some((message, help)) = self.foreign_statement(head) {
            self.report(Code::NotAStatement, head, message, help);
            let block = block.map(|block| self.block(block));
            return Stmt::Bad(self.span(node), block);
        }
        let (message, help) = self.no_statement(head);
        let fix = self.misspelled(head, &STATEMENTS);
        let diagnostic = self.new_diagnostic(Code::NotAStatement, head, message).help(help);
        self.push(match fix {
            Some(fix) => diagnostic.fix(fix),
            None => diagnostic,
        });
        let block = block.map(|block| self.block(block));
        Stmt::Bad(self.span(node), block)
    }

    /// Where a line begins with a word that is a letter away from one that belongs here.
    fn misspelled(&self, line: Span, words: &[&'static str]) -> Option<Fix> {
        let text = self.laid(line);
        let word = first_word(text);
        let wanted = closest(word, words.iter().copied()).filter(|_| word.len() > 2)?;
        let span = Span { start: line.start, end: line.start + u32::try_from(word.len()).ok()? };
        Some(Fix::replace(format!("write `{wanted}`"), self.place(span), wanted))
    }

    /// `print(…)` as a statement.
    pub(super) fn no_printing(&mut self, callee: Span) {
        self.report(Code::NotAStatement, callee, PRINT.0, PRINT.1);
    }

    fn no_statement(&self, line: Span) -> (String, String) {
        let text = self.laid(line);
        let word = first_word(text);
        let all = "a statement begins with `step`, `let`, `when`, `parallel`, `for`, `loop`, `require`, `fail`, `return` or `give`";
        let (message, help) = match word {
            "while" | "until" | "repeat" => (
                "a loop is written `loop until … max n { … }`",
                "every loop ends: say when, and after how many rounds at most",
            ),
            "switch" | "match" | "case" => (
                "cases are written `when value { is a { … } is b { … } }`",
                "every case is named, or `otherwise { … }` stands for the rest",
            ),
            "break" | "continue" => (
                "a loop ends by its condition, not by a jump",
                "put it into `loop until …`, or give an item `none` and drop those with `present(rows)`",
            ),
            "throw" | "raise" | "panic" => {
                ("a workflow fails with `fail \"why\"`", "write `fail` and a text")
            }
            "assert" | "check" | "ensure" => {
                ("what must hold is written `require cond otherwise \"message\"`", "write `require`")
            }
            "var" | "const" | "set" | "val" => {
                ("a name is bound with `let name = …`", "it is bound once and never changes")
            }
            "print" | "log" | "echo" => PRINT,
            "await" | "async" => (
                "steps wait by themselves",
                "take the word away: a step starts as soon as what it uses is ready",
            ),
            "foreach" | "each" | "map" => (
                "each item of a list is taken with `for item in items as rows { … give … }`",
                "put `parallel` in front where the items do not need each other",
            ),
            "call" | "do" | "invoke" | "exec" => ("a call is a step: `step name = f(x)`", "write `step`"),
            "otherwise" | "else" => {
                ("this `otherwise` belongs to nothing", "it follows the `}` of a `when` or a `loop`")
            }
            "is" => ("a case stands in a `when value { … }`", "write `when value { is a { … } }`"),
            "end" => ("a block ends with `}`", "`end` only ends a block of a template: `${end}`"),
            "role" | "prompt" | "tools" => (
                "this belongs to an agent",
                "a workflow asks with `step name = agent(…)` or `step name = prompt \"…\"`",
            ),
            "depends_on" | "needs" => (
                "a step waits for what it uses by itself",
                "for anything else write `after name` at the end of the step",
            ),
            "given" | "expect" | "run" => {
                ("this belongs to a test", "tests stand outside of workflows: `test \"…\" { … }`")
            }
            "agent" | "tool" | "workflow" | "rubric" | "type" | "test" | "use" => {
                ("a declaration stands outside of bodies", "move it below the `}` of this one")
            }
            _ => {
                if let Some(wanted) = closest(word, STATEMENTS).filter(|_| word.len() > 2) {
                    return (format!("`{word}` begins no statement"), format!("did you mean `{wanted}`?"));
                }
                let found = self.describe(line.start);
                return (format!("expected a statement, found {found}"), all.into());
            }
        };
        (message.into(), help.into())
    }

    /// What stands in the place of a case.
    pub(super) fn bad_case(&mut self, node: Node<'_>) {
        let span = self.first_line(self.span(node));
        let word = first_word(self.laid(span));
        if matches!(word, "default" | "_") {
            let rest = self.laid(span).get(word.len()..).unwrap_or_default();
            let arrow = if rest.trim_start_matches(' ').starts_with("=>") {
                rest.find("=>").unwrap_or(0) + 2
            } else {
                0
            };
            let place = Span::new(span.start as usize, span.start as usize + word.len() + arrow);
            let message = format!("`{}` is written `otherwise`", self.laid(place));
            self.report_fix(Code::ForeignWord, place, message, "write `otherwise`", "otherwise");
        } else {
            let message = format!("expected a case, found {}", self.describe(span.start));
            let help = "a case is written `is low { … }`, the rest `otherwise { … }`";
            self.report(Code::NotAStatement, span, message, help);
        }
        if let Some(block) = node.child(Rule::block) {
            self.block(block);
        }
    }

    /// A line of a declaration's body that is none of what may stand there.
    pub(super) fn bad_line(&mut self, node: Node<'_>, what: &str, words: &[&'static str]) {
        let span = self.first_line(self.span(node));
        let message = format!("expected {what}, found {}", self.describe(span.start));
        let diagnostic = self.new_diagnostic(Code::Unexpected, span, message);
        let diagnostic = match self.misspelled(span, words) {
            Some(fix) => diagnostic.help(fix.title.clone()).fix(fix),
            None => diagnostic,
        };
        self.push(diagnostic);
    }
}

pub(super) fn first_word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
