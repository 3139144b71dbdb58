/// A value for each of some things that are numbered from 0. What is out of range has the value that it began with: the
/// numbers are made here, so that this is never met.
#[derive(Clone, Debug, Default)]
pub(super) struct Per<T> {
    values: Vec<T>,
}

impl<T: Clone + Default> Per<T> {
    pub(super) fn new(count: usize) -> Self {
        Self { values: vec![T::default(); count] }
    }

    pub(super) fn from(values: Vec<T>) -> Self {
        Self { values }
    }

    pub(super) fn at(&self, index: usize) -> T {
        self.values.get(index).cloned().unwrap_or_default()
    }

    pub(super) fn set(&mut self, index: usize, value: T) {
        if let Some(slot) = self.values.get_mut(index) {
            *slot = value;
        }
    }

    pub(super) fn push(&mut self, value: T) -> usize {
        self.values.push(value);
        self.values.len() - 1
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.values.iter()
    }
}

impl<T> Per<Vec<T>> {
    /// The list of one of them, without a copy.
    pub(super) fn list(&self, index: usize) -> &[T] {
        self.values.get(index).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn add(&mut self, index: usize, value: T) {
        if let Some(list) = self.values.get_mut(index) {
            list.push(value);
        }
    }
}
