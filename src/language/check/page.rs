use super::Cx;
use crate::base::{FileId, Span};
use crate::language::hir::Constant;
use crate::language::syntax::ast::{Bound, BoundKind, Name};

impl<'p> Cx<'p> {
    /// The file that is checked.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// What stands at a place of the file that is checked.
    pub fn source_text(&self, span: Span) -> &'p str {
        self.program.sources.get(self.file.0 as usize).map(|source| source.slice(span)).unwrap_or_default()
    }

    /// The constant of this name (L3.5); one that there is not was reported.
    pub fn constant(&mut self, name: &Name) -> Option<&'p Constant> {
        let known = self.names().and_then(|module| module.constants.get(&name.text).copied());
        let Some(id) = known else {
            self.bound(&Bound { span: name.span, kind: BoundKind::Name(name.clone()) });
            return None;
        };
        self.used.constants.insert(id);
        self.program.constant(id)
    }
}
