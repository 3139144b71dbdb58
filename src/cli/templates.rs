/// A template and what belongs to it, as part of the program.
pub(super) struct Template {
    /// What `--template` names.
    pub name: &'static str,
    /// The script.
    pub script: &'static str,
    /// Sample inputs: their names below `inputs/`, and their texts.
    pub inputs: &'static [(&'static str, &'static str)],
}

macro_rules! templates {
    ($($name:literal: $($input:literal)*;)*) => {
        /// All templates, the first to read first.
        pub(super) const TEMPLATES: &[Template] = &[$(Template {
            name: $name,
            script: include_str!(concat!("../../examples/templates/", $name, ".agentflow")),
            inputs: &[$(($input, include_str!(concat!("../../examples/templates/inputs/", $input)))),*],
        }),*];
    };
}

templates! {
    "code_review": "rate_limiter.rs" "code_review.json";
    "bug_resolution": "bug_report.md" "scheduler.py" "bug_resolution.json";
    "fullstack_generation": "product_brief.md" "fullstack_generation.json";
    "iterative_review": "bridge_notes.md" "iterative_review.json";
    "conditional_branching": "support_message.txt" "conditional_branching.json";
    "test_deterministic": "test_deterministic.json";
}

impl Template {
    /// The first line of the script's doc comment.
    pub(super) fn summary(&self) -> &'static str {
        let line = self.script.lines().next().unwrap_or_default();
        line.trim_start_matches('/').trim().trim_end_matches('.')
    }

    /// The command that the doc comment offers, for a script of this file name.
    pub(super) fn command(&self, file: &str) -> String {
        let offered = self.script.lines().find_map(|line| line.strip_prefix("/// Try it: "));
        let general = format!("agentflow run {}.agentflow --help", self.name);
        offered.unwrap_or(&general).replace(&format!("{}.agentflow", self.name), file)
    }
}
