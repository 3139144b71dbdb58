//! What a place waits for: the value of a declared type, the other side of a comparison, a result, also behind `then` and
//! `otherwise`, and with what conditions around it have found out.

use super::context::Context;
use super::expressions::Values;
use crate::base::{Place, Span};
use crate::language::hir::{Definition, Type, head_of};
use crate::language::ide::index::type_at;
use crate::language::ide::scope::item_at;

/// Words that begin a statement: a value does not reach over them.
const STATEMENTS: [&str; 11] =
    ["step", "let", "return", "give", "require", "fail", "loop", "expect", "given", "for", "check"];

impl<'a> Context<'a> {
    /// Offers what the value that is being written may be, where few values are possible.
    pub(super) fn awaited(&mut self) {
        let front = self.before_value();
        if let Some(left) = compared(front) {
            if self.is_judged(left) {
                self.expected(&Type::Grade);
            } else if let Some(ty) = Values::of(self).type_before(left.len()) {
                self.expected(&ty);
            }
        } else if let Some(ty) = self.awaited_type(front) {
            self.expected(&ty);
        }
    }

    fn awaited_type(&mut self, front: &'a str) -> Option<Type> {
        let line = front.rsplit('\n').next().unwrap_or_default();
        if line.trim_start() == "return" {
            return self.result();
        }
        let from = self.around.innermost().map_or(0, |open| open.item);
        let item = front.get(from..).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        let (head, _) = item.split_once(" =")?;
        let (_, written) = head.split_once(':')?;
        let mut names = written.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        names.find_map(|name| self.type_named(name)).map(Type::Named)
    }

    /// What the declaration around the place gives.
    fn result(&self) -> Option<Type> {
        let (head, _) = head_of(item_at(self.module, self.word.start as usize)?)?;
        let id = self.module.callables.get(&head.name.text)?;
        self.snapshot.program().callable(*id)?.result.clone()
    }

    /// The text before the value that is being written: of a case of `when … then … otherwise …` that before its `when`, of
    /// what stands in for something absent that before the `??`, which ends in what is absent.
    pub(super) fn before_value(&self) -> &'a str {
        let mut front = self.before.trim_end();
        while let Some(case) = ["then", "otherwise"].iter().find_map(|word| without(front, word)) {
            let Some(whole) = begin(case) else { break };
            front = front.get(..whole).unwrap_or_default().trim_end();
        }
        front
    }

    /// The type of an expression that the checker went through, as it is narrowed there.
    pub(super) fn checked_type(&self, span: Span) -> Option<Type> {
        if span.is_empty() {
            return None;
        }
        let place = Place { file: self.file, span };
        let checked = self.snapshot.checked(self.id)?;
        if let Some((_, ty)) = checked.dropped.iter().rev().find(|(at, _)| *at == place) {
            return Some(ty.clone());
        }
        let own = item_at(self.module, span.start as usize)?;
        let id = head_of(own).and_then(|(head, _)| self.module.callables.get(&head.name.text).copied());
        let is_own = |definition: &&Definition| match definition {
            Definition::Agent(of, _)
            | Definition::Rubric(of, _)
            | Definition::Tool(of, _)
            | Definition::Workflow(of, _) => Some(*of) == id,
            Definition::Requires(..) | Definition::Test(_) => id.is_none(),
        };
        let program = self.snapshot.program();
        let definitions = checked.definitions.iter().filter(is_own);
        let mut types = definitions.filter_map(|it| type_at(program, self.module, it, span));
        types.find(|ty| *ty != Type::Error)
    }
}

/// What stands before an operator that compares, or before `??`, at the end of a text.
fn compared(text: &str) -> Option<&str> {
    let operators = [">=", "<=", "==", "!=", ">", "<", "??"];
    operators.iter().find_map(|it| text.strip_suffix(it)).filter(|it| !it.ends_with('-')).map(str::trim_end)
}

/// A text without the word at its end.
fn without<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    text.strip_suffix(word).filter(|front| !front.ends_with(is_part)).map(str::trim_end)
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Where the `when` begins whose case follows behind a text; nothing where a bracket or a statement begins first.
fn begin(text: &str) -> Option<usize> {
    let (mut depth, mut end) = (0_usize, text.len());
    while let Some(letter) = text.get(..end).and_then(|front| front.chars().next_back()) {
        let start = end - letter.len_utf8();
        match letter {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' => depth = depth.checked_sub(1)?,
            letter if is_part(letter) && depth == 0 => {
                let word = text.get(..end)?.rsplit(|letter| !is_part(letter)).next()?;
                let at = end - word.len();
                if word == "when" {
                    return Some(at);
                }
                if STATEMENTS.contains(&word) {
                    return None;
                }
                end = at;
                continue;
            }
            _ => {}
        }
        end = start;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::begin;

    #[test]
    fn a_case_belongs_to_the_nearest_when_of_its_statement() {
        assert_eq!(begin("let a: Kind = when b(when) and c"), Some(14));
        assert_eq!(begin("f(d, when a then (when b then c otherwise d)"), Some(5));
        assert_eq!(begin("let a = when b then c otherwise d\n  require x"), None);
        assert_eq!(begin("when a {\n  let x = y"), None);
    }
}
