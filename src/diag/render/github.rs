use super::place::locate;
use super::visible;
use crate::base::Source;
use crate::diag::{Diagnostic, Severity};

/// A workflow command of GitHub Actions, which shows the diagnostic beside the changed line.
pub fn github(diagnostic: &Diagnostic, sources: &[Source]) -> String {
    let at = locate(diagnostic.place, sources);
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text = visible(&diagnostic.message).into_owned();
    for note in &diagnostic.notes {
        text.push('\n');
        text.push_str(&visible(note));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str("\nhelp: ");
        text.push_str(&visible(help));
    }
    let columns = if at.start.line == at.end.line {
        format!(",col={},endColumn={}", at.start.column, at.end.column.saturating_sub(1).max(at.start.column))
    } else {
        String::new()
    };
    format!(
        "::{command} file={},line={},endLine={}{columns},title={}::{}",
        property(&at.file),
        at.start.line,
        at.end.line,
        property(&format!("{} {}", diagnostic.code, diagnostic.code.title())),
        data(&text)
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
