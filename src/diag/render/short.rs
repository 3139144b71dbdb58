use super::place::locate;
use super::visible;
use crate::base::Source;
use crate::diag::Diagnostic;

/// One line: `post.agentflow:14:3: error[AF0402]: message`.
pub fn short(diagnostic: &Diagnostic, sources: &[Source]) -> String {
    let at = locate(diagnostic.place, sources);
    let (line, column) = (at.start.line, at.start.column);
    let (severity, code) = (diagnostic.severity, diagnostic.code);
    format!(
        "{}:{line}:{column}: {severity}[{code}]: {}",
        at.file,
        visible(&diagnostic.message).replace('\n', " ")
    )
}
