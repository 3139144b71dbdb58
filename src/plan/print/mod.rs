//! A plan as a text that a person reads (`agentflow check --emit plan`).

mod declarations;
mod expr;
mod nodes;

use super::Plan;

impl Plan {
    /// The plan as a text: a line a declaration and a statement, with what each statement waits for.
    pub fn print(&self) -> String {
        let mut printer = Printer { plan: self, out: String::new() };
        printer.line(0, &format!("plan {} {}", self.version, self.hash()));
        printer.declarations();
        printer.workflows();
        printer.out
    }
}

/// Where a plan is printed to.
struct Printer<'p> {
    plan: &'p Plan,
    out: String,
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }
}
