use super::layered::{Layered, Piece};
use super::per::Per;

/// How often the layers are gone through, down and up in turn.
const SWEEPS: usize = 12;
/// How often neighbours are exchanged at the end.
const EXCHANGES: usize = 4;

/// Orders each layer from left to right so that few lines cross. The layers in `fixed` keep their order.
pub(super) fn order(layered: &mut Layered, fixed: &[usize]) {
    let mut sorter = Sorter::new(layered, fixed);
    sorter.sweep_down();
    let mut best = (sorter.crossings(), sorter.layers.clone());
    for turn in 0..SWEEPS {
        if best.0 == 0 {
            break;
        }
        if turn % 2 == 0 {
            sorter.sweep_up();
        } else {
            sorter.sweep_down();
        }
        let crossings = sorter.crossings();
        if crossings < best.0 {
            best = (crossings, sorter.layers.clone());
        }
    }
    sorter.layers = best.1;
    sorter.exchange();
    layered.layers = sorter.layers;
}

struct Sorter<'a> {
    layers: Vec<Vec<usize>>,
    is_fixed: Vec<bool>,
    pieces: &'a [Piece],
    /// Pieces by their upper and lower ends, with where in the width of the other end they are: -0.5 to 0.5.
    up: Per<Vec<(usize, f64)>>,
    down: Per<Vec<(usize, f64)>>,
    shares: Vec<(f64, f64)>,
    /// The pieces below each layer.
    below: Vec<Vec<usize>>,
    place: Per<f64>,
}

impl<'a> Sorter<'a> {
    fn new(layered: &'a Layered, fixed: &[usize]) -> Self {
        let count = layered.spots.len();
        let (mut up, mut down) = (Per::new(count), Per::new(count));
        let share = |at: usize, place: f64| {
            let width = layered.spots.at(at).width;
            if width > 0.0 { (place / width).clamp(-0.45, 0.45) } else { 0.0 }
        };
        let mut below = vec![Vec::new(); layered.layers.len()];
        let mut shares = Vec::new();
        for (number, piece) in layered.pieces.iter().enumerate() {
            let (leaves, arrives) = (share(piece.from, piece.leaves), share(piece.to, piece.arrives));
            up.add(piece.to, (piece.from, leaves));
            down.add(piece.from, (piece.to, arrives));
            shares.push((leaves, arrives));
            if let Some(list) = below.get_mut(layered.spots.at(piece.from).rank) {
                list.push(number);
            }
        }
        let is_fixed = (0..layered.layers.len()).map(|layer| fixed.contains(&layer)).collect();
        let (layers, pieces) = (layered.layers.clone(), layered.pieces.as_slice());
        let mut sorter = Self { layers, is_fixed, pieces, up, down, shares, below, place: Per::new(count) };
        (0..sorter.layers.len()).for_each(|layer| sorter.number(layer));
        sorter
    }

    fn number(&mut self, layer: usize) {
        for (place, at) in self.layers.get(layer).into_iter().flatten().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "layers are short")]
            self.place.set(*at, place as f64);
        }
    }

    fn sweep_down(&mut self) {
        (1..self.layers.len()).for_each(|layer| self.sort(layer, Side::Up));
    }

    fn sweep_up(&mut self) {
        (0..self.layers.len().saturating_sub(1)).rev().for_each(|layer| self.sort(layer, Side::Down));
    }

    /// Sorts a layer by the middle of the neighbours on one side. What has none there stays where it is.
    fn sort(&mut self, layer: usize, side: Side) {
        if self.is_fixed.get(layer).copied().unwrap_or(true) {
            return;
        }
        let Some(spots) = self.layers.get(layer) else { return };
        let mut keyed: Vec<(f64, usize)> =
            spots.iter().filter_map(|at| Some((self.middle(*at, side)?, *at))).collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut sorted = keyed.into_iter().map(|(_, at)| at);
        let next: Vec<usize> = spots
            .iter()
            .map(|at| if self.middle(*at, side).is_some() { sorted.next().unwrap_or(*at) } else { *at })
            .collect();
        if let Some(slot) = self.layers.get_mut(layer) {
            *slot = next;
        }
        self.number(layer);
    }

    #[expect(clippy::cast_precision_loss, reason = "a spot has few lines")]
    fn middle(&self, at: usize, side: Side) -> Option<f64> {
        let list = self.neighbours(at, side);
        let sum: f64 = list.iter().map(|(other, share)| self.place.at(*other) + share).sum();
        (!list.is_empty()).then(|| sum / list.len() as f64)
    }

    fn neighbours(&self, at: usize, side: Side) -> &[(usize, f64)] {
        match side {
            Side::Up => self.up.list(at),
            Side::Down => self.down.list(at),
        }
    }

    fn crossings(&self) -> usize {
        self.below.iter().map(|pieces| self.crossings_of(pieces)).sum()
    }

    /// Pairs of pieces whose lower ends stand the other way round than their upper ends.
    fn crossings_of(&self, pieces: &[usize]) -> usize {
        let ends = pieces.iter().filter_map(|number| {
            let (piece, (leaves, arrives)) = (self.pieces.get(*number)?, self.shares.get(*number)?);
            Some((self.place.at(piece.from) + leaves, self.place.at(piece.to) + arrives))
        });
        let mut ends: Vec<(f64, f64)> = ends.collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        inversions(&mut ends.into_iter().map(|(_, lower)| lower).collect::<Vec<_>>())
    }

    /// Exchanges neighbours while that removes crossings.
    fn exchange(&mut self) {
        (0..self.layers.len()).for_each(|layer| self.number(layer));
        for _ in 0..EXCHANGES {
            let mut is_better = false;
            for layer in 0..self.layers.len() {
                if self.is_fixed.get(layer).copied().unwrap_or(true) {
                    continue;
                }
                for left in 0..self.layers.get(layer).map_or(0, Vec::len).saturating_sub(1) {
                    is_better |= self.exchange_at(layer, left);
                }
            }
            if !is_better {
                break;
            }
        }
    }

    fn exchange_at(&mut self, layer: usize, left: usize) -> bool {
        let pair = self.layers.get(layer).and_then(|spots| Some((*spots.get(left)?, *spots.get(left + 1)?)));
        let Some((a, b)) = pair else { return false };
        let crossed = |first: usize, second: usize| -> usize {
            [Side::Up, Side::Down].into_iter().map(|side| self.crossed(first, second, side)).sum()
        };
        if crossed(b, a) >= crossed(a, b) {
            return false;
        }
        if let Some(spots) = self.layers.get_mut(layer) {
            spots.swap(left, left + 1);
        }
        let (place_a, place_b) = (self.place.at(a), self.place.at(b));
        self.place.set(a, place_b);
        self.place.set(b, place_a);
        true
    }

    /// How many lines cross on one side where `first` stands left of `second`.
    fn crossed(&self, first: usize, second: usize, side: Side) -> usize {
        let ends =
            |at: usize| self.neighbours(at, side).iter().map(|(other, share)| self.place.at(*other) + share);
        ends(first).map(|left| ends(second).filter(|right| *right < left).count()).sum()
    }
}

#[derive(Clone, Copy)]
enum Side {
    Up,
    Down,
}

/// How many pairs stand the wrong way round; sorts them.
fn inversions(values: &mut [f64]) -> usize {
    if values.len() < 2 {
        return 0;
    }
    let (left, right) = values.split_at_mut(values.len() / 2);
    let mut count = inversions(left) + inversions(right);
    let mut at = 0;
    for value in left.iter() {
        while right.get(at).is_some_and(|other| other < value) {
            at += 1;
        }
        count += at;
    }
    values.sort_by(f64::total_cmp);
    count
}
