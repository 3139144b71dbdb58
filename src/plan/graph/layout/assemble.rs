use super::level::Level;
use super::ways::Ways;
use super::{Picture, Rect};
use crate::plan::graph::Graph;

/// Puts the blocks into each other.
pub(super) fn assemble(graph: &Graph, children: &[Vec<usize>], ways: &Ways, levels: &[Level]) -> Picture {
    let whole = graph.items.len();
    let mut boxes = vec![Rect::default(); whole];
    // Blocks stand before what is in them, so that their corner is known.
    for block in std::iter::once(whole).chain(0..whole) {
        let Some(level) = levels.get(block) else { continue };
        let (x, y) = corner(&boxes, block);
        if let Some(rect) = boxes.get_mut(block) {
            (rect.width, rect.height) = (level.size.width, level.size.height);
        }
        for child in children.get(block).into_iter().flatten() {
            let (left, top) = level.corners.get(child).copied().unwrap_or_default();
            if let Some(rect) = boxes.get_mut(*child) {
                (rect.x, rect.y) = (x + left, y + top);
            }
        }
    }
    for (item, rect) in graph.items.iter().zip(&mut boxes).filter(|(item, _)| !item.kind.is_group()) {
        (rect.width, rect.height) = super::node_size(item);
    }
    let line = |way: &Vec<(usize, _)>| {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for (block, part) in way {
            let (x, y) = corner(&boxes, *block);
            let inner = levels.get(*block).and_then(|level| level.points.get(part));
            points.extend(inner.into_iter().flatten().map(|(left, top)| (x + left, y + top)));
        }
        points.dedup();
        points
    };
    let lines = ways.edges.iter().map(line).collect();
    let size = levels.get(whole).map(|level| (level.size.width, level.size.height)).unwrap_or_default();
    Picture { width: size.0, height: size.1, boxes, lines }
}

fn corner(boxes: &[Rect], block: usize) -> (f64, f64) {
    boxes.get(block).map(|rect| (rect.x, rect.y)).unwrap_or_default()
}
