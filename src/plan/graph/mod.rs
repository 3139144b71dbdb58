//! A workflow as a picture: its statements with what waits for what ([`Graph`]), where each is drawn ([`Picture`]), and the
//! picture as Mermaid, DOT, SVG and JSON.
//!
//! A graph is made from a plan here, and from the bodies of a script that may be broken in `language::ide`; both use
//! [`Sketch`] and the words of [`words`], so that one workflow has one picture. Statements stand in the order of the page,
//! and edges lead down the page: a graph has no cycles. Not here: any file, any colour of an editor.

mod dot;
mod edges;
#[expect(clippy::module_inception, reason = "the file is named after the type it holds")]
mod graph;
mod json;
mod layout;
mod measure;
mod mermaid;
mod of_plan;
mod reads;
mod sketch;
mod svg;
pub mod words;

pub use dot::dot;
pub use graph::{Edge, EdgeKind, Graph, Item, Kind};
pub use json::json;
pub use layout::{Picture, Rect, layout};
pub use mermaid::mermaid;
pub use of_plan::graph_of;
pub use sketch::Sketch;
pub use svg::{STYLE, Styled, svg};
