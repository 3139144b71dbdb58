use super::per::Per;
use std::collections::BTreeMap;

/// A box, a port on the border or a bend, in a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spot {
    /// 0 for ports and bends.
    pub(super) width: f64,
    /// 0 for ports and bends.
    pub(super) height: f64,
    /// Its layer, from 0 at the top.
    pub(super) rank: usize,
    /// Whether it is a bend of a line.
    pub(super) is_bend: bool,
}

/// A line from one layer to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Where it leaves, measured from the middle of `from`.
    pub(super) leaves: f64,
    /// Where it arrives, measured from the middle of `to`.
    pub(super) arrives: f64,
}

/// Where lines that share a place become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meet {
    /// Those that leave one place part as late as they can.
    AtBegin,
    /// Those that arrive at one place meet as early as they can.
    AtEnd,
}

/// A line between two boxes, over any number of layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) leaves: f64,
    pub(super) arrives: f64,
    pub(super) meet: Meet,
}

/// Boxes in layers, with lines cut into pieces that lead from one layer to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Layered {
    pub(super) spots: Per<Spot>,
    /// The spots of each layer, from left to right.
    pub(super) layers: Vec<Vec<usize>>,
    pub(super) pieces: Vec<Piece>,
    /// The spots on the way of each line: its ends, and its bends between.
    pub(super) ways: Vec<Vec<usize>>,
}

impl Layered {
    /// Cuts lines into pieces. Lines that leave one place, or arrive at one, share their bends, so that they are one trunk.
    pub(super) fn new(spots: Vec<Spot>, lines: &[Line]) -> Self {
        let mut it = Self { spots: Per::from(spots), ..Self::default() };
        let depth = it.spots.iter().map(|spot| spot.rank + 1).max().unwrap_or(0);
        it.layers = vec![Vec::new(); depth];
        for at in 0..it.spots.len() {
            it.stand(at);
        }
        let mut bends: BTreeMap<(Meet, usize, i64, usize), usize> = BTreeMap::new();
        let mut known: BTreeMap<(usize, usize), Vec<(f64, f64)>> = BTreeMap::new();
        for line in lines {
            let mut way = vec![line.from];
            let (first, last) = (it.spots.at(line.from).rank, it.spots.at(line.to).rank);
            for rank in first + 1..last {
                let key = match line.meet {
                    Meet::AtBegin => (line.meet, line.from, key(line.leaves), rank),
                    Meet::AtEnd => (line.meet, line.to, key(line.arrives), rank),
                };
                let bend = *bends.entry(key).or_insert_with(|| it.bend(rank));
                way.push(bend);
            }
            way.push(line.to);
            for (from, to) in way.iter().zip(way.iter().skip(1)) {
                let leaves = if *from == line.from { line.leaves } else { 0.0 };
                let arrives = if *to == line.to { line.arrives } else { 0.0 };
                let same = known.entry((*from, *to)).or_default();
                if !same.contains(&(leaves, arrives)) {
                    same.push((leaves, arrives));
                    it.pieces.push(Piece { from: *from, to: *to, leaves, arrives });
                }
            }
            it.ways.push(way);
        }
        it
    }

    fn bend(&mut self, rank: usize) -> usize {
        let at = self.spots.push(Spot { rank, is_bend: true, ..Spot::default() });
        self.stand(at);
        at
    }

    fn stand(&mut self, at: usize) {
        let rank = self.spots.at(at).rank;
        if let Some(layer) = self.layers.get_mut(rank) {
            layer.push(at);
        }
    }
}

/// A place on a border as a key; places are whole numbers or their halves.
#[expect(clippy::cast_possible_truncation, reason = "pictures are far smaller than i64")]
fn key(place: f64) -> i64 {
    (place * 2.0).round() as i64
}
