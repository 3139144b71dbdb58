//! Where the spots of a layered graph stand from left to right, after Brandes and Köpf ("Fast and simple horizontal
//! coordinate assignment", 2002), with boxes of any width and lines that leave and arrive anywhere on a border.

use super::layered::{Layered, Spot};
use super::per::Per;
use super::{BEND_GAP, GAP};
use std::collections::BTreeSet;

/// The middle of each spot. Neighbours of a layer keep their distance; lines are straight where they can be.
pub(super) fn places(layered: &Layered) -> Vec<f64> {
    let count = layered.spots.len();
    let crossed = crossed(layered);
    let mut all = Vec::new();
    for vertical in [Vertical::Down, Vertical::Up] {
        for horizontal in [Horizontal::Left, Horizontal::Right] {
            all.push((horizontal, Blocks::new(layered, vertical, horizontal, &crossed).places()));
        }
    }
    balance(layered, &mut all);
    let middle = |at: usize| {
        let mut four: Vec<f64> = all.iter().map(|(_, places)| places.at(at)).collect();
        four.sort_by(f64::total_cmp);
        four.iter().skip(1).take(2).sum::<f64>() / 2.0
    };
    (0..count).map(middle).collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Vertical {
    Down,
    Up,
}

#[derive(Clone, Copy, PartialEq)]
enum Horizontal {
    Left,
    Right,
}

/// Moves all four to the narrowest: their left ends together, or their right ends.
fn balance(layered: &Layered, all: &mut [(Horizontal, Per<f64>)]) {
    let ends = |places: &Per<f64>| {
        let ends = layered
            .spots
            .iter()
            .zip(places.iter())
            .map(|(spot, at)| (at - spot.width / 2.0, at + spot.width / 2.0));
        ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(left, right), (l, r)| (left.min(l), right.max(r)))
    };
    let all_ends: Vec<(f64, f64)> = all.iter().map(|(_, places)| ends(places)).collect();
    let narrowest = all_ends.iter().copied().min_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)));
    let Some((left, right)) = narrowest else { return };
    for ((horizontal, places), (own_left, own_right)) in all.iter_mut().zip(all_ends) {
        let by = if *horizontal == Horizontal::Left { left - own_left } else { right - own_right };
        *places = Per::from(places.iter().map(|at| at + by).collect());
    }
}

/// Pieces that a piece between two bends crosses: these give way, so that long lines are straight.
fn crossed(layered: &Layered) -> BTreeSet<(usize, usize)> {
    let place = numbers(&layered.layers, layered.spots.len());
    let is_long = |from: usize, to: usize| layered.spots.at(from).is_bend && layered.spots.at(to).is_bend;
    let mut by_rank: Vec<Vec<(usize, usize)>> = vec![Vec::new(); layered.layers.len()];
    for piece in &layered.pieces {
        if let Some(list) = by_rank.get_mut(layered.spots.at(piece.from).rank) {
            list.push((piece.from, piece.to));
        }
    }
    let mut crossed = BTreeSet::new();
    for pieces in by_rank {
        let (long, short): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|(from, to)| is_long(*from, *to));
        for (from, to) in short {
            let crosses = |(a, b): &(usize, usize)| {
                let upper = place.at(*a).cmp(&place.at(from));
                let lower = place.at(*b).cmp(&place.at(to));
                upper != lower && upper.is_ne() && lower.is_ne()
            };
            if long.iter().any(crosses) {
                crossed.insert((from, to));
            }
        }
    }
    crossed
}

/// The number of each spot in its layer.
fn numbers(layers: &[Vec<usize>], count: usize) -> Per<usize> {
    let mut place = Per::new(count);
    for layer in layers {
        layer.iter().enumerate().for_each(|(number, at)| place.set(*at, number));
    }
    place
}

/// For each block, those beside it, and how far apart their middles stand at least.
type Beside = Per<Vec<(usize, f64)>>;

/// Spots that stand below each other, joined into blocks: one of the four ways to do so.
struct Blocks<'a> {
    layered: &'a Layered,
    layers: Vec<Vec<usize>>,
    horizontal: Horizontal,
    /// The first spot of the block of each.
    root: Per<usize>,
    /// How far right of its root each stands.
    shift: Per<f64>,
}

impl<'a> Blocks<'a> {
    fn new(
        layered: &'a Layered,
        vertical: Vertical,
        horizontal: Horizontal,
        crossed: &BTreeSet<(usize, usize)>,
    ) -> Self {
        let count = layered.spots.len();
        let mut layers = layered.layers.clone();
        if vertical == Vertical::Up {
            layers.reverse();
        }
        if horizontal == Horizontal::Right {
            layers.iter_mut().for_each(|layer| layer.reverse());
        }
        let root = Per::from((0..count).collect());
        let mut blocks = Self { layered, layers, horizontal, root, shift: Per::new(count) };
        blocks.align(vertical, crossed);
        blocks
    }

    /// For each spot, its neighbours in the layer before, with how far right of them it should stand.
    fn neighbours(&self, vertical: Vertical, place: &Per<usize>) -> Per<Vec<(usize, f64)>> {
        let mut before: Per<Vec<(usize, f64)>> = Per::new(self.layered.spots.len());
        let sign = if self.horizontal == Horizontal::Left { 1.0 } else { -1.0 };
        for piece in &self.layered.pieces {
            let by = sign * (piece.leaves - piece.arrives);
            match vertical {
                Vertical::Down => before.add(piece.to, (piece.from, by)),
                Vertical::Up => before.add(piece.from, (piece.to, -by)),
            }
        }
        let sorted = before.iter().map(|list| {
            let mut list = list.clone();
            list.sort_by(|a, b| place.at(a.0).cmp(&place.at(b.0)).then(b.1.total_cmp(&a.1)));
            list
        });
        Per::from(sorted.collect())
    }

    fn align(&mut self, vertical: Vertical, crossed: &BTreeSet<(usize, usize)>) {
        let place = numbers(&self.layers, self.layered.spots.len());
        let before = self.neighbours(vertical, &place);
        for layer in self.layers.clone() {
            // The first number in the layer before that may still be aligned with: blocks do not cross.
            let mut free = 0;
            for at in layer {
                let list = before.list(at);
                let Some(last) = list.len().checked_sub(1) else { continue };
                for middle in [last / 2, last.div_ceil(2)] {
                    let Some((other, by)) = list.get(middle).copied() else { continue };
                    let pair = if vertical == Vertical::Down { (other, at) } else { (at, other) };
                    if self.root.at(at) == at && !crossed.contains(&pair) && place.at(other) >= free {
                        self.root.set(at, self.root.at(other));
                        self.shift.set(at, self.shift.at(other) + by);
                        free = place.at(other) + 1;
                    }
                }
            }
        }
    }

    /// Packs the blocks, then moves those that have room towards what stands right of them.
    fn places(&self) -> Per<f64> {
        let count = self.layered.spots.len();
        let (mut right, mut left): (Beside, Beside) = (Per::new(count), Per::new(count));
        for layer in &self.layers {
            for (a, b) in layer.iter().zip(layer.iter().skip(1)) {
                let apart = apart(self.layered.spots.at(*a), self.layered.spots.at(*b));
                let weight = apart + self.shift.at(*a) - self.shift.at(*b);
                right.add(self.root.at(*a), (self.root.at(*b), weight));
                left.add(self.root.at(*b), (self.root.at(*a), weight));
            }
        }
        let order = in_order(&right, &left);
        let mut at: Per<f64> = Per::new(count);
        for block in &order {
            let packed = left.list(*block).iter().map(|(other, weight)| at.at(*other) + weight);
            at.set(*block, packed.reduce(f64::max).unwrap_or(0.0));
        }
        for block in order.iter().rev() {
            let room = right.list(*block).iter().map(|(other, weight)| at.at(*other) - weight);
            at.set(*block, room.reduce(f64::min).map_or(at.at(*block), |room| room.max(at.at(*block))));
        }
        let sign = if self.horizontal == Horizontal::Left { 1.0 } else { -1.0 };
        Per::from((0..count).map(|it| sign * (at.at(self.root.at(it)) + self.shift.at(it))).collect())
    }
}

/// Blocks so that each comes after those that stand left of it.
fn in_order(right: &Beside, left: &Beside) -> Vec<usize> {
    let mut open: Vec<usize> = left.iter().map(Vec::len).collect();
    let mut order: Vec<usize> =
        open.iter().enumerate().filter(|(_, count)| **count == 0).map(|(at, _)| at).collect();
    let mut next = 0;
    while let Some(block) = order.get(next).copied() {
        for (other, _) in right.list(block) {
            if let Some(count) = open.get_mut(*other) {
                *count -= 1;
                if *count == 0 {
                    order.push(*other);
                }
            }
        }
        next += 1;
    }
    order
}

/// How far the middles of neighbours stand apart at least.
fn apart(a: Spot, b: Spot) -> f64 {
    let gap = if a.width > 0.0 && b.width > 0.0 { GAP } else { BEND_GAP };
    a.width.midpoint(b.width) + gap
}
