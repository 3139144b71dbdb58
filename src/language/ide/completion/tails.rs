//! What may follow where a part of a line is complete: the tail of a step, the end of a head, the words of a test.

use super::context::{Calls, Context};
use super::expressions::Values;
use super::keywords::{self, Keyword};
use super::{CompletionKind, Insert};
use crate::language::hir::{Callable, CallableKind, Type, TypeKind, Types, builtin};
use crate::language::ide::place::OpenKind;
use crate::language::ide::scope::item_at;
use crate::language::syntax::ast::Item;
use crate::plan::{FaultKind, Grade};

/// Words that a value, or a part of a line, does not end with.
const OPEN_WORDS: [&str; 24] = [
    "step",
    "let",
    "when",
    "until",
    "loop",
    "for",
    "in",
    "and",
    "or",
    "not",
    "is",
    "then",
    "otherwise",
    "return",
    "give",
    "require",
    "fail",
    "expect",
    "given",
    "run",
    "max",
    "as",
    "showing",
    "parallel",
];

impl<'a> Context<'a> {
    /// Offers what follows at such a place; whether nothing else does.
    pub(super) fn tail(&mut self) -> bool {
        if self.before.ends_with("${") {
            keywords::TEMPLATE.iter().for_each(|it| self.keyword(*it, 2));
            return false;
        }
        if self.around.open.iter().any(|it| it.kind == OpenKind::Hole) {
            self.awaited();
            return false;
        }
        if self.annotation_arguments() || self.kinds_of_failure() || self.is_naming_parameter() {
            return true;
        }
        let line = self.logical();
        let words: Vec<&str> = line.split_whitespace().collect();
        let done = self.before.ends_with([' ', '\t', '\n']) && is_complete(line.trim_end());
        let inside = self.around.innermost().is_some_and(|it| it.kind != OpenKind::Brace);
        if inside {
            let front = self.around.innermost().and_then(|open| self.before.get(..open.at));
            if front.is_some_and(|front| front.ends_with("calls")) {
                self.callables(|_| true, Calls::Bare);
                return true;
            }
            self.awaited();
            return false;
        }
        self.line(line, &words, done)
    }

    /// What follows in a line of a declaration, of a step or of a test.
    fn line(&mut self, line: &str, words: &[&str], done: bool) -> bool {
        match words {
            ["let" | "agent" | "rubric" | "tool" | "workflow" | "type" | "test" | "for"]
            | ["parallel", "for"] => true,
            [.., "as"] => true,
            ["floor"] => self.grades(),
            ["keep"] | [.., "otherwise", "keep"] => self.words(&[("best", "best"), ("last", "last")]),
            [.., "fails"] => self.faults(),
            ["step", rest @ ..] => self.step(line, rest, done),
            [first, ..] if first.starts_with("\"\"\"") && done => self.step(line, words, done),
            ["agent" | "rubric" | "tool" | "workflow", ..] => self.head(line, done),
            ["expect", rest @ ..] => {
                self.awaited();
                if matches!(rest, [] | ["not"]) {
                    self.callables(|_| true, Calls::Bare);
                }
                self.expect(rest, done)
            }
            ["given", _, rest @ ..] => self.given(line, rest, done),
            ["type", _] => self.words(&[("=", "= "), ("{", "{\n  ${1:field}: ${2:text}\n}")]),
            ["type", _, .., "=" | "|" | "<"] => {
                self.types();
                true
            }
            ["prompt" | "role"] => self.words(&keywords::TEXT),
            [word]
                if done
                    && *word != "check"
                    && matches!(item_at(self.module, self.word.start as usize), Some(Item::Rubric(_))) =>
            {
                self.words(&[("weight", "weight ${1:2} \"${2:question}\"")])
            }
            _ => self.block(line, words, done),
        }
    }

    /// What follows in the head of a block, or behind it.
    fn block(&mut self, line: &str, words: &[&str], done: bool) -> bool {
        match words {
            ["loop", .., "otherwise"] => self.words(&keywords::OTHERWISE),
            ["when", .., "otherwise"] if line.contains('{') => {
                self.words(&[("{", "{\n  $0\n}"), ("when", "when ")])
            }
            ["loop" | "when", ..] if line.trim_end().ends_with('}') => {
                self.words(&[("otherwise", "otherwise ")])
            }
            ["loop", "until"] => {
                self.keyword(("rubric", "rubric >= ${1:A}"), 0);
                self.callables(|kind| kind == CallableKind::Rubric, Calls::WithArguments);
                false
            }
            ["loop", "until", ..] if done => self.words(&keywords::LOOP),
            ["require", ..] if done => {
                self.words(&[("otherwise", "otherwise \"${1:message}\""), ("and", "and "), ("or", "or ")])
            }
            ["when", ..] if done && !line.contains(" then ") => {
                self.words(&[("is", "is "), ("and", "and "), ("or", "or ")])
            }
            ["for", _] | ["parallel", "for", _] => self.words(&[("in", "in ")]),
            ["for", _, "in", ..] | ["parallel", "for", _, "in", ..] if done => {
                self.words(&[("as", "as ${1:results} {\n  $0\n}")])
            }
            ["parallel"] => self.words(&keywords::PARALLEL),
            ["parallel", _] => self.words(&[("at once", "at once ")]),
            _ => {
                self.awaited();
                false
            }
        }
    }

    /// The line up to the word that is being written, without what stands in brackets that are closed again: from its
    /// first word, or from the bracket that it stands in.
    pub(super) fn logical(&self) -> &'a str {
        let mut depth = 0_usize;
        let mut start = 0;
        for (at, letter) in self.before.char_indices().rev() {
            match letter {
                ')' | ']' | '}' => depth += 1,
                '(' | '[' | '{' if depth > 0 => depth -= 1,
                '\n' if depth == 0 && self.goes_on(at) => {}
                '(' | '[' | '{' | '\n' if depth == 0 => {
                    start = at + 1;
                    break;
                }
                _ => {}
            }
        }
        self.before.get(start..).unwrap_or_default().trim_start()
    }

    /// Whether a line that ends at a place goes on below: the answers of a test do.
    fn goes_on(&self, end: usize) -> bool {
        let above = self.before.get(..end).unwrap_or_default().trim_end();
        let in_test = matches!(item_at(self.module, end), Some(Item::Test(_)));
        in_test && (above.ends_with("->") || above.ends_with(','))
    }

    fn words(&mut self, words: &[Keyword]) -> bool {
        words.iter().for_each(|it| self.keyword(*it, 0));
        true
    }

    fn grades(&mut self) -> bool {
        for grade in [Grade::S, Grade::A, Grade::B, Grade::C, Grade::D, Grade::F] {
            self.plain(&grade.to_string(), CompletionKind::Variant, 0, (Some("Grade".into()), None));
        }
        true
    }

    fn faults(&mut self) -> bool {
        for kind in FaultKind::ALL {
            self.plain(kind.word(), CompletionKind::Variant, 0, (Some("a kind of failure".into()), None));
        }
        true
    }

    fn kinds_of_failure(&mut self) -> bool {
        let open = self.around.innermost().filter(|it| it.kind == OpenKind::Paren);
        let before = open.and_then(|open| self.before.get(..open.at)).unwrap_or_default();
        before.ends_with("on failure") && self.faults()
    }

    /// Whether a parameter is being named in the head of a declaration.
    fn is_naming_parameter(&self) -> bool {
        let Some(open) = self.around.innermost().filter(|it| it.kind == OpenKind::Paren) else {
            return false;
        };
        let front = self.before.get(..open.at).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        let mut words = front.split_whitespace();
        let is_head =
            matches!(words.next(), Some("agent" | "rubric" | "tool" | "workflow")) && words.count() == 1;
        let item = self.before.get(open.item..).unwrap_or_default();
        let last = item.lines().last().unwrap_or_default().trim();
        is_head && (last.is_empty() || last.starts_with("//"))
    }

    /// In the brackets of an annotation: what is usual there.
    fn annotation_arguments(&mut self) -> bool {
        let Some(open) = self.around.innermost().filter(|it| it.kind == OpenKind::Paren) else {
            return false;
        };
        let front = self.before.get(..open.at).unwrap_or_default();
        let start = front.rfind(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let Some((at, name)) = start.and_then(|at| Some((at, front.get(at + 1..)?))) else { return false };
        if front.get(at..at + 1) != Some("@") {
            return false;
        }
        let usual = keywords::ARGUMENTS.iter().find(|(known, _)| *known == name);
        for (value, says) in usual.map(|(_, values)| *values).unwrap_or_default() {
            let detail = (!says.is_empty()).then(|| (*says).to_owned());
            self.plain(value, CompletionKind::Constant, 0, (detail, None));
        }
        let constants: Vec<_> = self.module.constants.keys().cloned().collect();
        constants.iter().for_each(|name| self.plain(name, CompletionKind::Constant, 1, (None, None)));
        true
    }

    /// Behind `step`: what follows its call.
    fn step(&mut self, line: &str, rest: &[&str], done: bool) -> bool {
        let asks = rest.contains(&"ask");
        match rest {
            [.., "on"] => self.words(&[("failure", "failure ${1:none}")]),
            [.., "failure"] => {
                self.instead(line);
                self.keyword(("as", "as ${1:f} "), 1);
                false
            }
            [.., "after"] => self.steps(),
            [.., last] if last.ends_with(',') && line.contains(" after ") => self.steps(),
            [.., "to"] if asks => true,
            [.., "prompt"] => self.words(&keywords::TEXT),
            [_, "="] | [_, _, "="] | [] => false,
            [_] if !rest.concat().ends_with([')', '"']) => done && self.words(&[("=", "= ")]),
            _ if done && self.before.trim_end().ends_with([')', '"']) => {
                if asks {
                    self.words(&[("to", "to \"${1:editor}\""), ("showing", "showing ")]);
                }
                self.annotated();
                self.words(&keywords::TAIL)
            }
            _ => false,
        }
    }

    /// What a step gives in place of its answer.
    fn instead(&mut self, line: &str) {
        let Some((head, call)) = line.split_once(" = ") else { return };
        let word = |text: &str| {
            text.trim()
                .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .next()
                .map(str::to_owned)
        };
        let declared = head.split_once(':').and_then(|(_, ty)| self.type_named(&word(ty)?)).map(Type::Named);
        let called = || {
            let id = self.module.callables.get(word(call)?.as_str())?;
            self.snapshot.program().callable(*id)?.result.clone()
        };
        let ty = declared.or_else(called);
        ty.iter().for_each(|ty| self.expected(ty));
    }

    /// What a step may wait for.
    fn steps(&mut self) -> bool {
        Values::of(self).names();
        true
    }

    /// Behind the parameters, or the result, of a head.
    fn head(&mut self, line: &str, done: bool) -> bool {
        if line.trim_end().ends_with("->") || !line.contains(')') && !self.before.trim_end().ends_with(')') {
            return false;
        }
        if done {
            let is_rubric = line.starts_with("rubric");
            if !line.contains("->") && !is_rubric {
                self.keyword(("->", "-> "), 0);
            }
            if line.starts_with("tool") {
                self.words(&keywords::EFFECTS);
            }
            self.annotated();
        }
        true
    }

    /// Annotations with their `@`.
    fn annotated(&mut self) {
        for name in self.fitting() {
            let written = format!("@{}", keywords::annotation(name));
            let insert =
                if written.contains('$') { Insert::Snippet(written) } else { Insert::Plain(written) };
            self.push(&format!("@{name}"), CompletionKind::Annotation, insert, 1, (None, None));
        }
    }

    /// The annotations that what is being written may have, and does not have yet (L3.8).
    pub(super) fn fitting(&self) -> Vec<&'static str> {
        let line = self.logical();
        let in_body = !self.around.open.is_empty();
        let bearer = match line.split_whitespace().next().unwrap_or_default() {
            word @ ("step" | "agent" | "rubric" | "tool" | "workflow") => word,
            _ if in_body => "step",
            _ => match item_at(self.module, self.word.start as usize) {
                Some(Item::Agent(_)) => "agent",
                Some(Item::Rubric(_)) => "rubric",
                Some(Item::Tool(_)) => "tool",
                Some(Item::Workflow(_)) => "workflow",
                _ => "",
            },
        };
        let asks = bearer == "step" && line.contains("= ask ");
        let known = keywords::BEARERS.iter().find(|(known, _)| *known == if asks { "ask" } else { bearer });
        let all = known.map(|(_, names)| *names).unwrap_or_default();
        let written =
            |name: &str| line.split('@').skip(1).any(|it| it.split('(').next().map(str::trim) == Some(name));
        let fits = |name: &&&str| !written(name);
        all.iter().filter(fits).copied().collect()
    }

    fn expect(&mut self, rest: &[&str], done: bool) -> bool {
        match rest {
            [] | ["not"] => {
                keywords::EXPECT.iter().for_each(|it| self.keyword(*it, 0));
                false
            }
            ["prompt", _] if done => self.words(&[("contains", "contains \"$0\"")]),
            [.., "ran"] if rest.len() > 1 && rest != ["not", "ran"] => {
                self.words(&[("once", "once"), ("times", "${1:2} times")])
            }
            [name] | ["not", name] if done && !matches!(*name, "ran" | "skipped" | "failed" | "prompt") => {
                self.keyword(("ran", "ran "), 0);
                false
            }
            _ => false,
        }
    }

    fn given(&mut self, line: &str, rest: &[&str], done: bool) -> bool {
        match rest {
            [] if done => self.words(&[("->", "-> "), ("fails", "fails ")]),
            [.., last] if *last == "->" || last.ends_with(',') => {
                self.keyword(("sample", "sample"), 0);
                self.keyword(("fails", "fails "), 2);
                let name = line.split_whitespace().nth(1).unwrap_or_default();
                let callee = self.module.callables.get(name).copied();
                let callee = callee.and_then(|id| self.snapshot.program().callable(id));
                match callee {
                    Some(callee) if callee.kind == CallableKind::Rubric => return self.grades(),
                    Some(callee) => {
                        let result = callee.result.clone();
                        result.iter().for_each(|ty| self.expected(ty));
                    }
                    None if name == "rubric" => return self.grades(),
                    None => {
                        let ty = Values::of(self).type_of_path(name);
                        ty.iter().for_each(|ty| self.expected(ty));
                    }
                }
                false
            }
            _ => false,
        }
    }

    /// Whether a text ends in the call of a rubric.
    pub(super) fn is_judged(&self, text: &str) -> bool {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let mut depth = 0_usize;
        let mut end = text.len();
        for (at, letter) in text.char_indices().rev() {
            match letter {
                ')' => depth += 1,
                '(' if depth == 1 => {
                    end = at;
                    break;
                }
                '(' if depth > 1 => depth -= 1,
                _ if depth == 0 => break,
                _ => {}
            }
        }
        let name =
            text.get(..end).unwrap_or_default().rsplit(|letter| !is_word(letter)).next().unwrap_or_default();
        let callee = self.module.callables.get(name).and_then(|id| self.snapshot.program().callable(*id));
        name == "rubric" || end < text.len() && callee.is_some_and(|it| it.kind == CallableKind::Rubric)
    }

    /// What a value of this type may be, where it has few.
    pub(super) fn expected(&mut self, ty: &Type) {
        match ty.present() {
            Type::Grade => drop(self.grades()),
            Type::Named(id) if *id == builtin::REVIEW => drop(self.grades()),
            Type::Named(id) => {
                let types = self.snapshot.types(self.id);
                match types.type_decl(*id) {
                    Some(decl) if matches!(decl.kind, TypeKind::Enum { .. }) => self.variants(*id, 0),
                    // Those of authors are offered as literals.
                    Some(decl) if decl.module.is_none() && *id != builtin::DIMENSION => {
                        let name = decl.name.clone();
                        self.plain(&name, CompletionKind::Type, 0, (None, None));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// What a step may call: not itself, and nothing pure, which `let` is for.
    pub(super) fn actions(&mut self) {
        let own = match item_at(self.module, self.word.start as usize) {
            Some(Item::Workflow(it)) => Some(it.head.name.text.clone()),
            _ => None,
        };
        let wanted = |it: &Callable| !is_pure(it) && own.as_ref().is_none_or(|own| *own != it.name);
        self.callables_that(wanted, Calls::WithArguments);
        keywords::ACTIONS.iter().for_each(|it| self.keyword(*it, 1));
    }
}

/// Whether a callable is called in expressions.
pub(super) fn is_pure(callable: &Callable) -> bool {
    callable.effect.as_ref().is_some_and(|effect| effect.kind == crate::plan::EffectKind::Pure)
}

/// Whether a part of a line ends with something whole.
fn is_complete(line: &str) -> bool {
    let last = line.split_whitespace().next_back().unwrap_or_default();
    let ends = line.ends_with([')', ']', '"', '}', '?'])
        || line.ends_with(|it: char| it.is_alphanumeric() || it == '_');
    ends && !OPEN_WORDS.contains(&last)
}
