use crate::base::{FileId, Source};
use crate::language::syntax::{ast::Tree, parse};
use std::sync::{Arc, OnceLock};

/// A module of the standard library. Cheap to clone.
#[derive(Clone, Debug)]
pub struct StdModule {
    /// `std.rubrics`
    pub path: &'static str,
    /// Its text.
    pub source: Source,
    /// As it was parsed.
    pub tree: Arc<Tree>,
}

/// The modules of the library by the word behind `std.`.
const MODULES: [(&str, &str, &str); 2] = [
    ("rubrics", "std.rubrics", include_str!("../../../stdlib/rubrics.agentflow")),
    ("agents", "std.agents", include_str!("../../../stdlib/agents.agentflow")),
];

/// The words that may stand behind `std.`.
pub fn std_names() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|(name, ..)| *name)
}

/// A module of the library; parsed once in a process.
pub fn std_module(name: &str) -> Option<StdModule> {
    static PARSED: [OnceLock<StdModule>; MODULES.len()] = [const { OnceLock::new() }; MODULES.len()];
    let at = MODULES.iter().position(|(known, ..)| *known == name)?;
    let (_, path, text) = MODULES.get(at)?;
    let make = || {
        let tree = Arc::new(parse(FileId::default(), text).tree);
        StdModule { path, source: Source::new(*path, text), tree }
    };
    Some(PARSED.get(at)?.get_or_init(make).clone())
}
