//! Bytes of memory that all workers share: those of nested archives that are held at one time, those of what is noted.
//!
//! Nobody ever waits for a permit: who gets none puts the work off until everything else is done, so that the budget
//! cannot deadlock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A counter of free bytes.
#[derive(Clone)]
pub(super) struct Budget {
    free: Arc<AtomicU64>,
    total: u64,
}

/// A reservation, returned when it is dropped.
pub(super) struct Permit {
    free: Arc<AtomicU64>,
    bytes: u64,
}

impl Budget {
    pub(super) fn new(total: u64) -> Self {
        Self { free: Arc::new(AtomicU64::new(total)), total }
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Takes `bytes` until they are [given](Self::give) back; `false`, and nothing changed, when that many are not free.
    pub(super) fn take(&self, bytes: u64) -> bool {
        self.free.fetch_update(Ordering::AcqRel, Ordering::Acquire, |free| free.checked_sub(bytes)).is_ok()
    }

    /// Gives bytes back that were [taken](Self::take).
    pub(super) fn give(&self, bytes: u64) {
        self.free.fetch_add(bytes, Ordering::AcqRel);
    }

    pub(super) fn try_take(&self, bytes: u64) -> Option<Permit> {
        let mut permit = Permit { free: self.free.clone(), bytes: 0 };
        permit.grow(bytes).then_some(permit)
    }
}

impl Permit {
    /// Raises the reservation to `bytes`; `false`, and nothing changed, when that many are not free.
    pub(super) fn grow(&mut self, bytes: u64) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        let taken = self.free.fetch_update(Ordering::AcqRel, Ordering::Acquire, |free| free.checked_sub(more)).is_ok();
        if taken {
            self.bytes += more;
        }
        taken
    }

    /// Lowers the reservation to `bytes`.
    pub(super) fn shrink(&mut self, bytes: u64) {
        let less = self.bytes.saturating_sub(bytes);
        self.bytes -= less;
        self.free.fetch_add(less, Ordering::AcqRel);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.free.fetch_add(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_never_exceed_the_budget_and_come_back() {
        let budget = Budget::new(10);
        let mut first = budget.try_take(6).unwrap();
        assert!(budget.try_take(5).is_none());
        assert!(!first.grow(11));
        assert!(first.grow(10));
        first.shrink(3);
        let second = budget.try_take(7).unwrap();
        assert!(budget.try_take(1).is_none());
        drop((first, second));
        assert!(budget.try_take(10).is_some());
    }
}
