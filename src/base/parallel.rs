use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Below so many items a second thread costs more than it saves.
const WORTH_IT: usize = 8;

/// Makes something of every item, on as many threads as the machine has cores. The order of the results is that of the
/// items, whatever finishes first.
pub fn parallel_map<T: Sync, R: Send>(items: &[T], make: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(items.len());
    if threads < 2 || items.len() < WORTH_IT {
        return items.iter().enumerate().map(|(at, item)| make(at, item)).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return made };
            made.push((at, make(at, item)));
        }
    };
    let mut all: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for worker in workers {
            match worker.join() {
                Ok(made) => all.extend(made),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, made)| made).collect()
}
