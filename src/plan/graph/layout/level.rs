use super::layered::{Layered, Line, Meet, Spot};
use super::order::order;
use super::per::Per;
use super::place::places;
use super::rank::Rows;
use super::ways::{Begin, End, Part, Trunk, Ways};
use super::{BEND_GAP, even};
use crate::plan::graph::{Graph, Kind, measure};
use std::collections::BTreeMap;

/// Between the side of a block and what is in it.
const SIDE: f64 = 16.0;
/// Between the lower side of a block and what is in it.
const FOOT: f64 = 16.0;
/// The height of the head of a block.
const HEAD: f64 = 34.0;
/// Around the whole picture.
const MARGIN: f64 = 16.0;

/// How large a box is, and where lines pass its border, from its left side.
#[derive(Clone, Debug, Default)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) tops: BTreeMap<Trunk, f64>,
    pub(super) bottoms: BTreeMap<Trunk, f64>,
}

/// A block that is laid out: places are measured from its upper left corner.
#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    pub(super) size: Size,
    /// The upper left corner of each child.
    pub(super) corners: BTreeMap<usize, (f64, f64)>,
    /// The points of each part of a line.
    pub(super) points: BTreeMap<Part, Vec<(f64, f64)>>,
}

/// The order of the ports of each block, from left to right, as the block around it wants it.
#[derive(Clone, Debug, Default)]
pub(super) struct Hints {
    tops: BTreeMap<usize, Vec<Trunk>>,
    bottoms: BTreeMap<usize, Vec<Trunk>>,
}

impl Hints {
    /// What blocks that are laid out say about the ports of those in them: where lines come from, or go to.
    pub(super) fn of(levels: &[Level], ways: &Ways) -> Self {
        let mut hints = Self::default();
        for (block, parts) in &ways.parts {
            let Some(level) = levels.get(*block) else { continue };
            let mut tops: BTreeMap<usize, BTreeMap<Trunk, f64>> = BTreeMap::new();
            let mut bottoms = tops.clone();
            for part in parts {
                let points = level.points.get(part).map(Vec::as_slice).unwrap_or_default();
                // The bend next to the port, not the far end: that is where the line comes from here.
                if let (End::Port(child, source), Some((x, _))) = (part.end, points.iter().rev().nth(1)) {
                    tops.entry(child).or_default().insert(source, *x);
                }
                if let (Begin::Port(child, source), Some((x, _))) =
                    (part.begin, points.get(2).or(points.last()))
                {
                    bottoms.entry(child).or_default().insert(source, *x);
                }
            }
            hints.tops.extend(tops.into_iter().filter_map(|(child, ports)| Some((child, sorted(ports)?))));
            hints
                .bottoms
                .extend(bottoms.into_iter().filter_map(|(child, ports)| Some((child, sorted(ports)?))));
        }
        hints
    }

    /// Whether no block has more than one port on a side.
    pub(super) fn is_empty(&self) -> bool {
        self.tops.is_empty() && self.bottoms.is_empty()
    }
}

fn sorted(ports: BTreeMap<Trunk, f64>) -> Option<Vec<Trunk>> {
    let mut list: Vec<(Trunk, f64)> = ports.into_iter().collect();
    list.sort_by(|a, b| a.1.total_cmp(&b.1));
    (list.len() > 1).then(|| list.into_iter().map(|(source, _)| source).collect())
}

/// Lays out a block whose children have sizes.
pub(super) fn lay(
    graph: &Graph,
    block: usize,
    children: &[usize],
    sizes: &Per<Size>,
    ways: &Ways,
    hints: &Hints,
) -> Level {
    let parts = ways.parts.get(&block).map(Vec::as_slice).unwrap_or_default();
    let room = Room::new(graph, block, children, sizes, parts, hints);
    let mut layered = Layered::new(room.spots(), &room.lines());
    let fixed = room.fixed(&layered);
    order(&mut layered, &fixed);
    let middles = places(&layered);
    room.level(&layered, &middles)
}

/// A block that is being laid out. Its spots are its children, then the ports of its upper, then of its lower border.
struct Room<'a> {
    graph: &'a Graph,
    block: usize,
    children: &'a [usize],
    sizes: &'a Per<Size>,
    parts: &'a [Part],
    tops: Vec<Trunk>,
    bottoms: Vec<Trunk>,
    /// Whether the order of the ports is given.
    is_hinted: (bool, bool),
}

impl<'a> Room<'a> {
    fn new(
        graph: &'a Graph,
        block: usize,
        children: &'a [usize],
        sizes: &'a Per<Size>,
        parts: &'a [Part],
        hints: &Hints,
    ) -> Self {
        let (mut tops, mut bottoms) = (Vec::new(), Vec::new());
        for Part { begin, end, .. } in parts {
            if let Begin::Top(source) = begin
                && !tops.contains(source)
            {
                tops.push(*source);
            }
            if let End::Bottom(source) = end
                && !bottoms.contains(source)
            {
                bottoms.push(*source);
            }
        }
        let (top, bottom) = (hints.tops.get(&block), hints.bottoms.get(&block));
        let is_hinted = (top.is_some(), bottom.is_some());
        let tops = top.cloned().unwrap_or(tops);
        let bottoms = bottom.cloned().unwrap_or(bottoms);
        Self { graph, block, children, sizes, parts, tops, bottoms, is_hinted }
    }

    fn kind(&self) -> Option<Kind> {
        self.graph.items.get(self.block).map(|item| item.kind)
    }

    fn child(&self, item: usize) -> usize {
        self.children.binary_search(&item).unwrap_or_default()
    }

    fn top(&self, source: Trunk) -> usize {
        self.children.len() + self.tops.iter().position(|it| *it == source).unwrap_or_default()
    }

    fn bottom(&self, source: Trunk) -> usize {
        let place = self.bottoms.iter().position(|it| *it == source).unwrap_or_default();
        self.children.len() + self.tops.len() + place
    }

    fn spots(&self) -> Vec<Spot> {
        let size = |item: &usize| self.sizes.at(*item);
        let widths: Vec<f64> = self.children.iter().map(|item| size(item).width).collect();
        let mut lines = Vec::new();
        let mut entering = vec![0; self.children.len()];
        for line in self.lines() {
            if line.from < self.children.len() && line.to < self.children.len() {
                lines.push((line.from, line.to));
            } else if let Some(count) = entering.get_mut(line.to) {
                *count += 1;
            }
        }
        let is_return = |item: &usize| self.graph.items.get(*item).is_some_and(|it| it.kind == Kind::Return);
        let last: Vec<bool> = self.children.iter().map(is_return).collect();
        let rows = Rows { widths: &widths, lines: &lines, entering: &entering, last: &last };
        let below_ports = usize::from(!self.tops.is_empty());
        let ranks: Vec<usize> = rows.ranks().into_iter().map(|rank| rank + below_ports).collect();
        let depth = ranks.iter().max().map_or(below_ports, |deepest| deepest + 1);
        let boxes = self.children.iter().zip(&ranks).map(|(item, rank)| {
            let Size { width, height, .. } = size(item);
            Spot { width, height, rank: *rank, is_bend: false }
        });
        let tops = self.tops.iter().map(|_| Spot::default());
        let bottoms = self.bottoms.iter().map(|_| Spot { rank: depth, ..Spot::default() });
        boxes.chain(tops).chain(bottoms).collect()
    }

    fn lines(&self) -> Vec<Line> {
        self.parts.iter().map(|part| self.line(*part)).collect()
    }

    fn line(&self, Part { begin, end, trunk }: Part) -> Line {
        let from_middle = |child: usize, ports: &dyn Fn(&Size) -> Option<f64>| {
            let size = self.sizes.at(child);
            ports(&size).map_or(0.0, |x| x - size.width / 2.0)
        };
        let (from, leaves) = match begin {
            Begin::Top(source) => (self.top(source), 0.0),
            Begin::Child(child) => (self.child(child), 0.0),
            Begin::Port(child, source) => {
                (self.child(child), from_middle(child, &|size| size.bottoms.get(&source).copied()))
            }
        };
        let (to, arrives) = match end {
            End::Bottom(source) => (self.bottom(source), 0.0),
            End::Child(child) => (self.child(child), 0.0),
            End::Port(child, source) => {
                (self.child(child), from_middle(child, &|size| size.tops.get(&source).copied()))
            }
        };
        let meet = if matches!(trunk, Trunk::From(_)) { Meet::AtBegin } else { Meet::AtEnd };
        Line { from, to, leaves, arrives, meet }
    }

    /// The layers whose order is given: ports that have one, and the cases of a `when`, which are read in theirs.
    fn fixed(&self, layered: &Layered) -> Vec<usize> {
        let mut fixed = Vec::new();
        if self.is_hinted.0 {
            fixed.push(0);
        }
        if self.is_hinted.1 {
            fixed.push(layered.layers.len().saturating_sub(1));
        }
        if self.kind() == Some(Kind::When) {
            fixed.extend(layered.layers.iter().enumerate().filter_map(|(rank, layer)| {
                let cases = layer.iter().filter(|at| layered.spots.at(**at).width > 0.0).count();
                (cases > 1 && cases == layer.len()).then_some(rank)
            }));
        }
        fixed
    }

    fn level(&self, layered: &Layered, middles: &[f64]) -> Level {
        let (middles, width) = self.across(layered, middles);
        let rows = self.down(layered, &middles);
        let middle = |at: usize| middles.get(at).copied().unwrap_or(0.0);
        let row = |at: usize| rows.get(layered.spots.at(at).rank).copied().unwrap_or_default();
        let mut level = Level::default();
        for (at, item) in self.children.iter().enumerate() {
            let left = middle(at) - layered.spots.at(at).width / 2.0;
            level.corners.insert(*item, (left, row(at).0));
        }
        let arrivals = self.arrivals(layered, &middles);
        for (number, (part, way)) in self.parts.iter().zip(&layered.ways).enumerate() {
            let line = self.line(*part);
            let mut points = Vec::new();
            let begin = middle(line.from) + line.leaves;
            points.push((begin, row(line.from).0 + layered.spots.at(line.from).height));
            points.push((begin, row(line.from).1));
            for bend in way.iter().filter(|at| layered.spots.at(**at).is_bend) {
                points.extend([(middle(*bend), row(*bend).0), (middle(*bend), row(*bend).1)]);
            }
            let arrives = middle(line.to) + line.arrives + arrivals.get(number).copied().unwrap_or(0.0);
            points.push((arrives, row(line.to).0));
            points.dedup();
            level.points.insert(*part, points);
        }
        let at = |first: usize| move |(number, trunk): (usize, &Trunk)| (*trunk, middle(first + number));
        level.size.tops = self.tops.iter().enumerate().map(at(self.children.len())).collect();
        let first = self.children.len() + self.tops.len();
        level.size.bottoms = self.bottoms.iter().enumerate().map(at(first)).collect();
        level.size.width = width;
        level.size.height = self.height(&rows);
        level
    }

    /// Moves everything into the block, with whole numbers as left sides, and says how wide the block is.
    fn across(&self, layered: &Layered, middles: &[f64]) -> (Vec<f64>, f64) {
        let is_whole = self.kind().is_none();
        let mut left = f64::INFINITY;
        let mut right = f64::NEG_INFINITY;
        for (spot, middle) in layered.spots.iter().zip(middles) {
            let side = if spot.width > 0.0 { spot.width / 2.0 } else { BEND_GAP - SIDE };
            left = left.min(middle - side);
            right = right.max(middle + side);
        }
        let content = if right > left { right - left } else { 0.0 };
        let side = if is_whole { MARGIN } else { SIDE };
        let head =
            self.graph.items.get(self.block).map_or(0.0, |item| {
                measure::width(&item.label, measure::HEAD).min(measure::WIDEST_HEAD) + 24.0
            });
        let width = even((content + 2.0 * side).max(head) + 1.0);
        let by = ((width - content) / 2.0).round() - if left.is_finite() { left } else { 0.0 };
        (middles.iter().map(|middle| (middle + by).round()).collect(), width)
    }

    /// The upper and lower side of each row. Rows stand further apart where lines between them go far aside.
    fn down(&self, layered: &Layered, middles: &[f64]) -> Vec<(f64, f64)> {
        let mut aside = vec![0.0_f64; layered.layers.len()];
        for piece in &layered.pieces {
            let at = |spot: usize| middles.get(spot).copied().unwrap_or(0.0);
            let far = (at(piece.from) + piece.leaves - at(piece.to) - piece.arrives).abs();
            if let Some(slot) = aside.get_mut(layered.spots.at(piece.from).rank) {
                *slot = slot.max(far);
            }
        }
        let is_port = |rank: usize| {
            (rank == 0 && !self.tops.is_empty())
                || (rank + 1 == layered.layers.len() && !self.bottoms.is_empty())
        };
        let is_whole = self.kind().is_none();
        let mut rows = Vec::new();
        let mut y = match (is_port(0), is_whole) {
            (true, _) => 0.0,
            (false, true) => MARGIN,
            (false, false) => HEAD,
        };
        for (rank, layer) in layered.layers.iter().enumerate() {
            let height = layer.iter().map(|at| layered.spots.at(*at).height).fold(0.0, f64::max);
            rows.push((y, y + height));
            let far = aside.get(rank).copied().unwrap_or(0.0);
            let least = match (rank, is_port(rank), is_port(rank + 1)) {
                (0, true, _) => HEAD,
                (_, _, true) => FOOT,
                _ => 30.0,
            };
            y += height + (18.0 + far * 0.12).round().clamp(least, 64.0_f64.max(least));
        }
        rows
    }

    fn height(&self, rows: &[(f64, f64)]) -> f64 {
        let lowest = rows.last().map_or(HEAD - FOOT, |row| row.1);
        match (self.kind(), self.bottoms.is_empty()) {
            (None, _) => lowest + MARGIN,
            (_, true) => lowest + FOOT,
            (_, false) => lowest,
        }
    }

    /// How far from the middle of its box each line arrives: several stand side by side, in the order of where they come
    /// from. Those that have met before arrive as one.
    fn arrivals(&self, layered: &Layered, middles: &[f64]) -> Vec<f64> {
        let mut arriving: BTreeMap<usize, Vec<(f64, usize, usize)>> = BTreeMap::new();
        for (number, (part, way)) in self.parts.iter().zip(&layered.ways).enumerate() {
            let End::Child(child) = part.end else { continue };
            let line = self.line(*part);
            let before = way.iter().rev().nth(1).copied().unwrap_or(line.from);
            let leaves = if before == line.from { line.leaves } else { 0.0 };
            let x = middles.get(before).copied().unwrap_or(0.0) + leaves;
            arriving.entry(self.child(child)).or_default().push((x, before, number));
        }
        let mut aside = vec![0.0; self.parts.len()];
        for (child, mut lines) in arriving {
            lines.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let mut places: Vec<(f64, usize)> = lines.iter().map(|(x, before, _)| (*x, *before)).collect();
            places.dedup();
            #[expect(clippy::cast_precision_loss, reason = "a box has few lines")]
            let place = |at: usize| at as f64;
            let count = place(places.len());
            let step = ((layered.spots.at(child).width - 20.0) / count).min(16.0).floor();
            for (x, before, number) in lines {
                let at = place(places.iter().position(|it| *it == (x, before)).unwrap_or_default());
                if let Some(slot) = aside.get_mut(number) {
                    *slot = ((at - (count - 1.0) / 2.0) * step).round();
                }
            }
        }
        aside
    }
}
