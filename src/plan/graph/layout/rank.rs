use super::GAP;
use super::per::Per;

/// The widest that a row of boxes gets, unless one of them is wider.
const WIDEST_ROW: f64 = 1400.0;

/// Boxes to be put into rows. They are numbered so that lines lead from lower to higher numbers.
pub(super) struct Rows<'a> {
    /// How wide each box is.
    pub(super) widths: &'a [f64],
    /// Lines between boxes.
    pub(super) lines: &'a [(usize, usize)],
    /// How many lines lead to each box from outside.
    pub(super) entering: &'a [usize],
    /// Boxes that stand in the last row.
    pub(super) last: &'a [bool],
}

impl Rows<'_> {
    /// The row of each box, from 0: below everything that it has a line from, as near to its neighbours as that allows.
    pub(super) fn ranks(&self) -> Vec<usize> {
        let count = self.widths.len();
        let (mut above, mut below) = (Per::new(count), Per::new(count));
        for (from, to) in self.lines {
            below.add(*from, *to);
            above.add(*to, *from);
        }
        let mut ranks = Per::new(count);
        push_down(&above, &mut ranks);
        self.pull_down(&below, &mut ranks);
        self.wrap(&above, &below, &mut ranks);
        let deepest = ranks.iter().copied().max().unwrap_or(0);
        for (at, is_last) in self.last.iter().enumerate() {
            if *is_last && below.list(at).is_empty() {
                ranks.set(at, deepest);
            }
        }
        ranks.iter().copied().collect()
    }

    /// Shortens lines: what has more lines down than up moves towards what waits for it.
    fn pull_down(&self, below: &Per<Vec<usize>>, ranks: &mut Per<usize>) {
        let mut up = Per::from(self.entering.to_vec());
        for (_, to) in self.lines {
            up.set(*to, up.at(*to) + 1);
        }
        for at in (0..self.widths.len()).rev() {
            let next = below.list(at);
            let nearest = next.iter().map(|to| ranks.at(*to)).min();
            if let Some(nearest) = nearest.filter(|_| next.len() > up.at(at)) {
                ranks.set(at, nearest.saturating_sub(1).max(ranks.at(at)));
            }
        }
    }

    /// Breaks rows that are too wide: what most depends on stays, the rest goes one row down.
    fn wrap(&self, above: &Per<Vec<usize>>, below: &Per<Vec<usize>>, ranks: &mut Per<usize>) {
        let mut heights = Per::new(self.widths.len());
        for at in (0..self.widths.len()).rev() {
            let next = below.list(at).iter().map(|to| heights.at(*to) + 1);
            heights.set(at, next.max().unwrap_or(0));
        }
        let mut row = 0;
        // Each turn leaves a box in its row for good, so that this ends.
        while row < self.widths.len() {
            let mut boxes: Vec<usize> = (0..self.widths.len()).filter(|at| ranks.at(*at) == row).collect();
            boxes.sort_by_key(|at| (std::cmp::Reverse(heights.at(*at)), *at));
            let width = |at: &usize| GAP + self.widths.get(*at).copied().unwrap_or(0.0);
            let whole: f64 = boxes.iter().map(width).sum();
            // Several rows are about as wide as each other.
            let room = whole / (whole / WIDEST_ROW).ceil();
            let mut filled = 0.0;
            for (place, at) in boxes.iter().enumerate() {
                filled += width(at);
                if place > 0 && filled > room + 1.0 {
                    ranks.set(*at, row + 1);
                }
            }
            push_down(above, ranks);
            row += 1;
        }
    }
}

/// Puts every box below what it has a line from; never up.
fn push_down(above: &Per<Vec<usize>>, ranks: &mut Per<usize>) {
    for at in 0..ranks.len() {
        let lowest = above.list(at).iter().map(|from| ranks.at(*from) + 1).max().unwrap_or(0);
        ranks.set(at, lowest.max(ranks.at(at)));
    }
}
