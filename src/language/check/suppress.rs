use crate::base::{FileId, Source, Span};
use crate::diag::{Code, Diagnostic, Severity, did_you_mean};
use crate::language::hir::Program;
use crate::language::syntax::ast::Comment;

/// `// agentflow: allow(unused-step) because …`
struct Allow {
    file: FileId,
    span: Span,
    codes: Vec<(Code, bool)>,
    /// The lines that it speaks of: its own where code stands in front of it, else the next one with code.
    line: u32,
}

const PREFIX: &str = "agentflow:";

/// Takes out the warnings that an author allows, and warns of allowances that allow nothing or give no reason.
pub fn suppress(program: &Program, diagnostics: &mut Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut allows = Vec::new();
    for module in program.modules.iter().filter(|module| !module.is_std()) {
        let Some(source) = program.sources.get(module.file.0 as usize) else { continue };
        for comment in module.tree.comments.iter().filter(|it| it.text.trim_start().starts_with(PREFIX)) {
            allows.extend(read(source, module.file, comment, &mut found));
        }
    }
    if allows.is_empty() && found.is_empty() {
        return;
    }
    diagnostics.retain(|diagnostic| {
        let Some(source) = program.sources.get(diagnostic.place.file.0 as usize) else { return true };
        let line = source.line_column(diagnostic.place.span.start).line;
        !take(&mut allows, diagnostic, line)
    });
    // In a text that could not be read whole, a warning may be missing because of that.
    let is_whole =
        |file: FileId| !program.modules.iter().any(|module| module.file == file && module.is_broken());
    for allow in allows.iter().filter(|allow| is_whole(allow.file)) {
        for (code, used) in &allow.codes {
            if !used {
                found.push(useless(allow, *code));
            }
        }
    }
    diagnostics.append(&mut found);
}

/// Whether a warning is allowed; the allowance is used then.
fn take(allows: &mut [Allow], diagnostic: &Diagnostic, line: u32) -> bool {
    if diagnostic.severity != Severity::Warning {
        return false;
    }
    let here = allows.iter_mut().filter(|allow| allow.file == diagnostic.place.file && allow.line == line);
    let mut taken = false;
    for (code, used) in here.flat_map(|allow| &mut allow.codes) {
        if *code == diagnostic.code {
            *used = true;
            taken = true;
        }
    }
    taken
}

fn useless(allow: &Allow, code: Code) -> Diagnostic {
    let message =
        format!("nothing is to be allowed here: there is no `{}` on line {}", code.slug(), allow.line);
    Diagnostic::new(Code::UselessAllowance, allow.file, allow.span, message).help("take the comment out")
}

fn read(source: &Source, file: FileId, comment: &Comment, found: &mut Vec<Diagnostic>) -> Option<Allow> {
    let rest = comment.text.trim_start().strip_prefix(PREFIX)?.trim();
    let Some((names, reason)) = rest.strip_prefix("allow(").and_then(|rest| rest.split_once(')')) else {
        let message = "this comment speaks to the checker, and cannot be read";
        found.push(
            Diagnostic::new(Code::UselessAllowance, file, comment.span, message)
                .help("write `// agentflow: allow(unused-step) because …`"),
        );
        return None;
    };
    let reason = reason.trim().strip_prefix("because").map(str::trim);
    if reason.is_none_or(str::is_empty) {
        let message = "a warning is allowed here without a reason";
        found.push(
            Diagnostic::new(Code::AllowedWithoutReason, file, comment.span, message)
                .help(format!("say why: `// agentflow: allow({names}) because …`")),
        );
    }
    let mut codes = Vec::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match name.parse::<Code>() {
            Ok(code) if code.severity() == Severity::Warning => codes.push((code, false)),
            Ok(code) => {
                let message = format!("`{name}` is an error, and errors are not allowed");
                found.push(
                    Diagnostic::new(Code::UselessAllowance, file, comment.span, message)
                        .help(format!("put it right: agentflow explain {code}")),
                );
            }
            Err(_) => found.push(unknown(file, comment.span, name)),
        }
    }
    Some(Allow { file, span: comment.span, codes, line: line_of(source, comment.span) })
}

fn unknown(file: FileId, span: Span, name: &str) -> Diagnostic {
    let found = Diagnostic::new(Code::UselessAllowance, file, span, format!("there is no warning `{name}`"));
    let all: Vec<String> = Code::ALL
        .iter()
        .filter(|code| code.severity() == Severity::Warning)
        .map(|code| code.slug())
        .collect();
    match did_you_mean(name, all.iter().map(String::as_str)) {
        Some(near) => found.help(near),
        None => found,
    }
}

/// The line that a comment speaks of.
fn line_of(source: &Source, span: Span) -> u32 {
    let own = source.line_column(span.start).line;
    let before = Span { start: source.line_span(own).start, end: span.start };
    if !source.slice(before).trim().is_empty() {
        return own;
    }
    let is_code = |line: &u32| {
        let text = source.slice(source.line_span(*line)).trim();
        !text.is_empty() && !text.starts_with("//")
    };
    (own + 1..=source.line_count()).find(is_code).unwrap_or(own)
}
