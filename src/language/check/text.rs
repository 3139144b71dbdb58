use super::cx::{Cx, broken};
use crate::language::hir::Expr;
use crate::language::syntax::ast;

impl Cx<'_> {
    /// A text as a template: its holes, `${for}` and `${when}` are checked (L1.8, L2.4). The result is a `text`.
    pub fn text(&mut self, text: &ast::Text) -> Expr {
        broken(text.span)
    }

    /// The text of a prompt or role: written here, or in a file beside the script (L1.9).
    pub fn source(&mut self, source: &ast::TextSource) -> Expr {
        match source {
            ast::TextSource::Inline(text) => self.text(text),
            ast::TextSource::File(path) => broken(path.span),
            ast::TextSource::Missing(span) => broken(*span),
        }
    }

    /// The characters of a text that may have no holes (L1.9); one that has any is reported. `what` reads before "is a
    /// plain text": "the path of a `use`".
    pub fn plain(&mut self, text: &ast::Text, _what: &str) -> Option<String> {
        text.plain()
    }
}
