use super::Checker;
use super::block::Place;
use crate::diag::Code;
use crate::language::hir::{StmtId, StmtKind};
use crate::language::syntax::ast;

impl Checker<'_, '_> {
    /// `parallel 4 at once { … }` (L4.6): each statement is an arm, and sees no other arm's names.
    pub(super) fn parallel(&mut self, it: &ast::Parallel, id: StmtId) {
        let cap = it.cap.as_ref().and_then(|cap| self.cap(cap));
        self.not_empty(&it.body, "`parallel`");
        self.open(&it.body, Some(id), Place::Arms);
        self.stmts(&it.body);
        let frame = self.close();
        self.cap_too_large(it, cap, frame.ids.len());
        self.set(id, StmtKind::Parallel { arms: frame.ids, cap }, None);
        self.adopt(frame.names);
    }

    /// How many run at once: at least one.
    pub(super) fn cap(&mut self, cap: &ast::Bound) -> Option<u32> {
        self.cx.bound(cap).and_then(|count| u32::try_from(count).ok())
    }

    fn cap_too_large(&mut self, it: &ast::Parallel, cap: Option<u32>, arms: usize) {
        let (Some(cap), Some(written)) = (cap, &it.cap) else { return };
        if cap as usize >= arms && arms > 0 && self.rehearsals == 0 {
            let file = self.cx.file;
            let count = if arms == 1 { "1 arm".to_string() } else { format!("{arms} arms") };
            let message = format!("a cap of {cap} holds nothing back: this `parallel` has {count}");
            let report = self
                .cx
                .error(Code::CapTooLarge, written.span, message)
                .label(file, it.keyword, format!("it has {count}"))
                .help("take the cap away, or make it smaller");
            self.cx.report(report);
        }
    }
}
