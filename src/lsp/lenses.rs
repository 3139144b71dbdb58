//! What can be done with a declaration, shown above it. Uses are counted when a lens comes into sight.

use super::view::View;
use crate::language::ide::{self, LensKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower_lsp::ls_types::{CodeLens, Command, Location, Position, Uri};

/// The declaration whose uses a lens counts.
#[derive(Debug, Deserialize, Serialize)]
struct Declared {
    uri: Uri,
    position: Position,
}

pub(super) fn code_lenses(view: &View, uri: &Uri) -> Option<Vec<CodeLens>> {
    let file = view.file(uri)?;
    let lens = |it: ide::Lens| {
        let range = view.span_range(file, it.span);
        let command = |title: &str, name: &str, argument: Value| {
            Some(Command::new(title.into(), name.into(), Some(vec![json!(uri.as_str()), argument])))
        };
        let command = match it.kind {
            LensKind::Run(name) => command("run", "agentflow.run", json!(name)),
            LensKind::RunWithoutModels(name) => {
                command("run without models", "agentflow.runWithoutModels", json!(name))
            }
            LensKind::RunTest(title) => command("run test", "agentflow.runTest", json!(title)),
            LensKind::References => {
                let declared = Declared { uri: uri.clone(), position: range.start };
                return CodeLens { range, command: None, data: serde_json::to_value(declared).ok() };
            }
        };
        CodeLens { range, command, data: None }
    };
    Some(ide::lenses(&view.snapshot, file).into_iter().map(lens).collect())
}

/// A lens with its uses, which are looked for in the whole workspace.
pub(super) fn resolved(view: &View, mut lens: CodeLens) -> CodeLens {
    let declared = lens.data.take().and_then(|data| serde_json::from_value::<Declared>(data).ok());
    let Some(Declared { uri, position }) = declared else { return lens };
    let place = view.place(&uri, position);
    let uses = place.map(|(file, offset)| ide::uses(&view.snapshot, file, offset)).unwrap_or_default();
    let uses: Vec<Location> = uses.into_iter().filter_map(|place| view.location(place)).collect();
    let title = if uses.len() == 1 { "1 reference".into() } else { format!("{} references", uses.len()) };
    let arguments = vec![json!(uri.as_str()), json!(position), json!(uses)];
    lens.command = Some(Command::new(title, "agentflow.showReferences".into(), Some(arguments)));
    lens
}
