//! Threads for the work that is left when all files are read: linking, judging and reporting.
//!
//! The parts of that work that can be shared use rayon. Here they get as many threads as the user allows, and those
//! only where there is enough to do: starting threads takes longer than all the rest of a small run.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Fewer things than this (files, facts, findings) are worked off by one thread.
pub(crate) const WORTH_SHARING: usize = 256;

/// The stack of a thread, in bytes: as much as the first thread of a process usually has.
const STACK: usize = 8 << 20;

/// Locks `mutex`, whether or not a thread panicked while it held it: a panic in one file is reported as such, and what others
/// have collected stays good.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does `work` on so many `things`, with at most so many `threads`; `None` is one for each core.
pub(crate) fn with<R: Send>(threads: Option<usize>, things: usize, work: impl FnOnce() -> R + Send) -> R {
    if things < WORTH_SHARING {
        return work();
    }
    match rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).stack_size(STACK).build() {
        Ok(pool) => pool.install(work),
        // Where no thread can be started, this one does it all.
        Err(_) => work(),
    }
}

/// Takes things apart that are not needed any more; where work is [shared](with), on another thread.
pub(crate) fn discard(things: impl Send + 'static) {
    if rayon::current_thread_index().is_some() {
        rayon::spawn(move || drop(things));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_threads_as_are_allowed_and_none_for_little_work() {
        let here = std::thread::current().id();
        let where_it_is_done = |things| with(Some(3), things, || std::thread::current().id());
        assert_eq!(where_it_is_done(WORTH_SHARING - 1), here);
        assert_ne!(where_it_is_done(WORTH_SHARING), here);
        assert_eq!(with(Some(3), WORTH_SHARING, rayon::current_num_threads), 3);
    }
}
