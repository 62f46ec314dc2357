//! The progress bar of a long scan, on standard error.

use super::console::Console;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// A run shorter than this shows no bar.
const QUIET_FOR: Duration = Duration::from_millis(500);

/// A bar that shows itself only when a scan takes long. May be told from many threads.
#[derive(Debug)]
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    started: Instant,
}

impl Progress {
    /// A bar where the console wants one.
    pub(super) fn new(console: &Console) -> Self {
        let bar = console.progress.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
            let template = "{bar:30} {decimal_bytes} of {decimal_total_bytes}, {eta} left";
            match ProgressStyle::with_template(template) {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        Self { bar, started: Instant::now() }
    }

    /// Says how many bytes of the inputs are done.
    pub(super) fn set(&self, done: u64, total: u64) {
        let Some(bar) = &self.bar else { return };
        if self.started.elapsed() < QUIET_FOR {
            return;
        }
        if bar.is_hidden() {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
        bar.set_length(total);
        bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
