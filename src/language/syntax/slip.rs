//! What the passes before the grammar find, and how it is said.

use super::foreign::Foreign;
use crate::base::{FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Edit, Fix};

/// Something that is wrong with the layout of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slip {
    pub kind: SlipKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SlipKind {
    /// Characters that mean nothing outside of a text.
    Strange,
    /// A mark of an East Asian keyboard, and the one that is meant.
    FullWidth {
        mark: char,
    },
    /// `'…'`, `` `…` `` or typographic quotes.
    Quotes,
    HashComment,
    BlockComment,
    /// `;`, and whether it is the last thing on its line.
    Semicolon {
        last: bool,
    },
    /// An operator at a line's start; where the line before ends.
    OperatorFirst {
        before: Span,
    },
    /// A `{` at a line's start; where the line before ends.
    BraceFirst {
        before: Span,
    },
    /// A `}` is missing here; the `{` that it would close.
    NoClose {
        open: Span,
    },
    /// A `:` in the place of a `{`; where its block ends.
    ColonBlock {
        end: Span,
    },
    /// A `:` or `=` between a word of an agent and what belongs to it.
    NeedlessMark {
        word: Span,
    },
    /// A `{` is missing here.
    NoOpen,
    /// A `}`, `)` or `]` that closes nothing.
    Stray,
    /// A word or mark of another language.
    Foreign(Box<Foreign>),
}

impl Slip {
    pub(super) fn diagnostic(&self, file: FileId, text: &str) -> Diagnostic {
        let here = text.get(self.span.range()).unwrap_or_default();
        let new = |code, message: String| Diagnostic::new(code, file, self.span, message);
        let replace = |title: &str, with: &str| Fix::replace(title, Place { file, span: self.span }, with);
        match &self.kind {
            SlipKind::Strange => strange(here, file, self.span),
            SlipKind::FullWidth { mark } => {
                new(Code::StrangeCharacter, format!("`{here}` has no meaning here"))
                    .help(format!("write `{mark}`"))
                    .fix(replace(&format!("write `{mark}`"), &mark.to_string()))
            }
            SlipKind::Quotes => quotes(here, file, self.span),
            SlipKind::HashComment => {
                new(Code::WrongComment, "a comment begins with `//`, not with `#`".into())
                    .help("write `//`")
                    .fix(replace("write `//`", "//"))
            }
            SlipKind::BlockComment => new(
                Code::WrongComment,
                "there are no `/* … */` comments: each line of a comment begins with `//`".into(),
            )
            .help("begin each line with `//`"),
            SlipKind::Semicolon { last: true } => {
                new(Code::Semicolon, "a line ends without a semicolon".into())
                    .help("take the `;` away")
                    .fix(replace("take the `;` away", ""))
            }
            SlipKind::Semicolon { last: false } => {
                new(Code::Semicolon, "no semicolons: every statement stands on a line of its own".into())
                    .help("begin a new line instead of the `;`")
            }
            SlipKind::OperatorFirst { before } => operator_first(here, *before, file, self.span),
            SlipKind::BraceFirst { before } => {
                new(Code::BraceOnNextLine, "`{` stands on the line of its head".into())
                    .label(file, *before, "the head ends here")
                    .help("put the `{` at the end of the line before")
                    .fix(moved("put the `{` at the end of the line before", " {", *before, file, self.span))
            }
            SlipKind::NoClose { open } => {
                let below = text
                    .get(open.start as usize..self.span.start as usize)
                    .is_some_and(|it| it.contains('\n'));
                let help =
                    if below { "put a `}` on a line of its own below this one" } else { "put a `}` here" };
                new(Code::UnclosedBlock, "a `}` is missing here".into())
                    .label(file, *open, "this `{` is not closed")
                    .help(help)
            }
            SlipKind::ColonBlock { end } => colon_block(*end, file, self.span, text),
            SlipKind::NeedlessMark { word } => {
                let word = text.get(word.range()).unwrap_or_default();
                let title = format!("take the `{here}` away");
                new(Code::Unexpected, format!("`{word}` is written without `{here}` behind it"))
                    .help(title.clone())
                    .fix(replace(&title, ""))
            }
            SlipKind::Foreign(foreign) => {
                let edit = |(span, text): &(Span, String)| Edit {
                    place: Place { file, span: *span },
                    text: text.clone(),
                };
                let edits: Vec<Edit> = foreign.edits.iter().map(edit).collect();
                let said = new(Code::ForeignWord, foreign.message.clone()).help(foreign.help.clone());
                let written = foreign.edits.iter().map(|(_, text)| text.trim()).find(|text| !text.is_empty());
                let title = written.map_or("take it away".into(), |text| format!("write `{text}`"));
                if edits.is_empty() { said } else { said.fix(Fix { title, edits }) }
            }
            SlipKind::NoOpen => new(Code::MissingBrace, "expected `{` at the end of this line".into())
                .help("put a `{` here: the lines below stand in its block")
                .fix(replace("put a `{` here", " {")),
            SlipKind::Stray if here == "{" => {
                new(Code::StrayCloser, "this `{` is not closed, and the line has another one".into())
                    .help("take one of them away")
                    .fix(replace("take the `{` away", ""))
            }
            SlipKind::Stray => new(Code::StrayCloser, format!("this `{here}` closes nothing"))
                .help(format!("take the `{here}` away, or look for the bracket that should open it"))
                .fix(replace(&format!("take the `{here}` away"), "")),
        }
    }
}

/// The fix writes both braces.
fn colon_block(end: Span, file: FileId, colon: Span, text: &str) -> Diagnostic {
    let before = text.get(..colon.start as usize).unwrap_or_default();
    let line = before.get(before.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default();
    let indent: String = line.chars().take_while(|letter| letter.is_whitespace()).collect();
    let edit = |span: Span, text: String| Edit { place: Place { file, span }, text };
    let open = if before.ends_with(' ') { "{" } else { " {" };
    let edits = vec![edit(colon, open.into()), edit(end, format!("\n{indent}}}"))];
    let help = "write `{` here, and `}` on a line of its own below the block";
    Diagnostic::new(Code::MissingBrace, file, colon, "a block stands between `{` and `}`, not behind a `:`")
        .help(help)
        .fix(Fix { title: "write the braces".into(), edits })
}

fn strange(here: &str, file: FileId, span: Span) -> Diagnostic {
    if here.starts_with('#') {
        let message = "a text of several lines stands between `\"\"\"`, without `#`";
        return Diagnostic::new(Code::StrangeCharacter, file, span, message)
            .help("a comment begins with `//`, and a text with `\"` or `\"\"\"`");
    }
    let shown = match here.chars().next() {
        Some('\0') => "a NUL byte".to_string(),
        Some(letter) if letter.is_control() || letter.is_whitespace() || is_invisible(letter) => {
            format!("an invisible character (U+{:04X})", u32::from(letter))
        }
        _ => format!("`{here}`"),
    };
    let diagnostic =
        Diagnostic::new(Code::StrangeCharacter, file, span, format!("{shown} has no meaning here"))
            .help("take it away; in a text between quotes any visible character may stand");
    if here.chars().all(|letter| letter.is_whitespace() || letter.is_control() || is_invisible(letter)) {
        let space =
            if here.chars().all(|letter| letter.is_whitespace() && !letter.is_control()) { " " } else { "" };
        return diagnostic.fix(Fix::replace("take it away", Place { file, span }, space));
    }
    diagnostic
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{AD}')
}

fn quotes(here: &str, file: FileId, span: Span) -> Diagnostic {
    let inner: String = {
        let mut letters = here.chars();
        letters.next();
        letters.next_back();
        letters.collect()
    };
    Diagnostic::new(Code::WrongQuotes, file, span, "a text stands between straight double quotes")
        .help("write `\"…\"`")
        .fix(Fix::replace("write double quotes", Place { file, span }, format!("\"{inner}\"")))
}

fn operator_first(here: &str, before: Span, file: FileId, span: Span) -> Diagnostic {
    let message = if here == "." {
        "a line cannot begin with `.`: a field stands directly behind its value".to_string()
    } else {
        format!("a line cannot begin with `{here}`: put it at the end of the line before")
    };
    let title = format!("put `{here}` at the end of the line before");
    let inserted = if here == "." { ".".to_string() } else { format!(" {here}") };
    let diagnostic = Diagnostic::new(Code::OperatorAtLineStart, file, span, message)
        .label(file, before, "this line goes on below")
        .help("a line end ends a statement, unless an operator stands before it");
    if here == "." { diagnostic } else { diagnostic.fix(moved(&title, &inserted, before, file, span)) }
}

fn moved(title: &str, text: &str, to: Span, file: FileId, from: Span) -> Fix {
    let insert = Edit { place: Place { file, span: Span { start: to.end, end: to.end } }, text: text.into() };
    let remove = Edit { place: Place { file, span: from }, text: String::new() };
    Fix { title: title.into(), edits: vec![insert, remove] }
}
