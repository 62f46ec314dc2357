//! One object of a store, read by ranges.

use super::Version;
use super::cache::Cache;
use super::failure::Failure;
use super::plan;
use crate::workers::lock;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore};
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use zip_audit::ReadAt;

/// What is fetched of the end of an object as it is opened: a package ends with its end record.
const TAIL_BYTES: u64 = 1 << 10;
/// Bytes that are fetched ahead at one time, at most.
const MAX_AHEAD_BYTES: u64 = 16 << 20;
/// Requests for one object at one time, at most.
const MAX_REQUESTS: usize = 16;
/// Of the bytes that are needed, the part that may be fetched along to save requests: one in so many.
const HOLES_SHARE: u64 = 256;

/// Where an object is, and what fetches it.
#[derive(Clone)]
pub(super) struct Location {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) path: Path,
    pub(super) runtime: Arc<Runtime>,
    /// When the time of the run is up.
    pub(super) deadline: Instant,
    /// Bytes that an object may have that has to be fetched whole.
    pub(super) max_whole_bytes: u64,
}

/// An object that was opened.
pub(super) struct Object {
    location: Location,
    size: u64,
    /// What tells it from another one that takes its place.
    identity: Identity,
    cache: Mutex<Cache>,
    /// What is going to be read and was not fetched so far.
    announced: Mutex<Vec<Range<u64>>>,
    /// Bytes that were needed, and those that were fetched along.
    needed: AtomicU64,
    fetched_along: AtomicU64,
    /// Why nothing can be fetched any more.
    failure: Mutex<Option<Failure>>,
    has_changed: AtomicBool,
}

/// The mark of a version of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity {
    e_tag: Option<String>,
    seconds: i64,
    size: u64,
}

impl Identity {
    fn of(meta: &ObjectMeta) -> Self {
        Self { e_tag: meta.e_tag.clone(), seconds: meta.last_modified.timestamp(), size: meta.size }
    }
}

impl Object {
    /// Opens an object: its end is fetched, with which its size comes.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(super) fn open(location: Location) -> Result<Self, Failure> {
        let (meta, piece) = find(&location)?;
        let object = Self {
            size: meta.size,
            identity: Identity::of(&meta),
            location,
            cache: Mutex::default(),
            announced: Mutex::default(),
            needed: AtomicU64::new(0),
            fetched_along: AtomicU64::new(0),
            failure: Mutex::default(),
            has_changed: AtomicBool::new(false),
        };
        match piece {
            Some((start, bytes)) => lock(&object.cache).insert(start, bytes),
            None => object.probe()?,
        }
        Ok(object)
    }

    /// Which version of an object there is.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(super) fn version(location: &Location) -> Result<Version, Failure> {
        let (meta, _) = find(location)?;
        let Identity { e_tag, seconds, size } = &Identity::of(&meta);
        // Clients say 1970 where a server says nothing.
        let is_known = e_tag.is_some() || *seconds > 0;
        let e_tag = e_tag.as_deref().unwrap_or_default();
        Ok(Version { size: *size, mark: is_known.then(|| format!("{e_tag} {seconds} {size}")) })
    }

    /// Fetches the end of an object of which the size is known. If the server gives no ranges at all, and the object is not
    /// too large for memory, all of it is fetched.
    fn probe(&self) -> Result<(), Failure> {
        let tail = self.size.saturating_sub(TAIL_BYTES)..self.size;
        if tail.is_empty() {
            return Ok(());
        }
        match self.fetch(std::slice::from_ref(&tail)) {
            Err(Failure::NoRanges) if self.size <= self.location.max_whole_bytes => {}
            other => return other,
        }
        *lock(&self.failure) = None;
        let Location { store, path, .. } = self.location.clone();
        let (meta, _, bytes) = self.location.wait(get(store, path, None, self.size))?;
        self.keep(&meta, 0..self.size, bytes)
    }

    /// Fetches ranges, several at a time.
    fn fetch(&self, ranges: &[Range<u64>]) -> Result<(), Failure> {
        if let Some(failure) = lock(&self.failure).clone() {
            return Err(failure);
        }
        let Location { store, path, .. } = &self.location;
        let fetched = self.location.wait(async {
            let mut waiting = ranges.iter();
            let mut running = JoinSet::new();
            loop {
                while running.len() < MAX_REQUESTS
                    && let Some(range) = waiting.next()
                {
                    let (store, path, range) = (store.clone(), path.clone(), range.clone());
                    running.spawn(async move {
                        let bytes = range.end - range.start;
                        get(store, path, Some(GetRange::Bounded(range.clone())), bytes).await.map(|got| (range, got))
                    });
                }
                let Some(done) = running.join_next().await else { return Ok(()) };
                let ended = |_| Failure::Other("the connection to the server was lost".to_owned());
                let (range, (meta, _, bytes)) = done.map_err(ended)??;
                self.keep(&meta, range, bytes)?;
            }
        });
        if let Err(failure) = &fetched {
            // Whatever comes next would fail as well, each time after several tries.
            lock(&self.failure).get_or_insert_with(|| failure.clone());
        }
        fetched
    }

    /// Keeps what was fetched, if it is what was wanted of the object that was opened.
    fn keep(&self, meta: &ObjectMeta, range: Range<u64>, bytes: Bytes) -> Result<(), Failure> {
        if Identity::of(meta) != self.identity {
            self.has_changed.store(true, Ordering::Release);
            return Err(Failure::Changed);
        }
        if bytes.len() as u64 != range.end - range.start {
            return Err(Failure::Other("the server gives other bytes than those that were asked for".to_owned()));
        }
        lock(&self.cache).insert(range.start, bytes);
        Ok(())
    }

    /// What to fetch for a read at `offset` of at least `len` bytes.
    fn range_at(&self, offset: u64, len: u64) -> Range<u64> {
        let mut end = offset.saturating_add(len);
        let announced = lock(&self.announced);
        if let Some(range) = announced.iter().find(|range| range.contains(&offset)) {
            end = end.max(range.end.min(offset.saturating_add(MAX_AHEAD_BYTES)));
        }
        drop(announced);
        let next = lock(&self.cache).next(offset).unwrap_or(self.size);
        offset..end.min(next).min(self.size)
    }
}

impl ReadAt for Object {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        if into.is_empty() || offset >= self.size {
            return Ok(0);
        }
        let copy = |into: &mut [u8]| {
            let cache = lock(&self.cache);
            let from = cache.get(offset)?;
            let count = from.len().min(into.len());
            into.get_mut(..count)?.copy_from_slice(from.get(..count)?);
            Some(count)
        };
        if let Some(count) = copy(into) {
            return Ok(count);
        }
        let wanted = self.range_at(offset, into.len() as u64);
        let bytes = wanted.end - wanted.start;
        let (ranges, _) = plan::split(vec![wanted], MAX_AHEAD_BYTES);
        self.needed.fetch_add(bytes, Ordering::Relaxed);
        self.fetch(&ranges).map_err(|failure| io::Error::other(failure.clause()))?;
        copy(into).ok_or_else(|| io::Error::other("more is read at one time than is kept in memory"))
    }

    fn announce(&self, ranges: &[Range<u64>]) {
        let present = lock(&self.cache).ranges();
        let needed = self.needed.load(Ordering::Relaxed);
        let (exactly, _) = plan::merge(ranges, &present, 0);
        let more: u64 = exactly.iter().map(|range| range.end - range.start).sum();
        let allowed = (needed + more) / HOLES_SHARE;
        let max_holes = allowed.saturating_sub(self.fetched_along.load(Ordering::Relaxed));
        let (merged, holes) = plan::merge(&exactly, &present, max_holes);
        self.needed.fetch_add(more, Ordering::Relaxed);
        self.fetched_along.fetch_add(holes, Ordering::Relaxed);
        let (now, later) = plan::split(merged, MAX_AHEAD_BYTES);
        // What fails here fails again when it is read, and is reported then.
        let _ = self.fetch(&now);
        let mut announced = lock(&self.announced);
        let read = lock(&self.cache).ranges();
        announced.retain(|range| !read.iter().any(|known| known.start <= range.start && range.end <= known.end));
        announced.extend(later);
    }

    fn is_distant(&self) -> bool {
        true
    }

    fn has_changed(&self) -> bool {
        self.has_changed.load(Ordering::Acquire)
    }
}

impl Location {
    /// Waits for an answer, but not longer than the run may take.
    fn wait<T>(&self, answer: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left == Duration::ZERO {
            return Err(Failure::OutOfTime);
        }
        self.runtime.block_on(async { tokio::time::timeout(left, answer).await.unwrap_or(Err(Failure::OutOfTime)) })
    }
}

/// What is known of an object, with its end where its server gives that.
fn find(location: &Location) -> Result<(ObjectMeta, Option<(u64, Bytes)>), Failure> {
    let Location { store, path, .. } = location;
    let tail = GetRange::Suffix(TAIL_BYTES);
    match location.wait(get(store.clone(), path.clone(), Some(tail), TAIL_BYTES)) {
        Ok((meta, range, bytes)) => Ok((meta, Some((range.start, bytes)))),
        // Some stores give ranges that begin somewhere, but not the last bytes.
        Err(Failure::NoRanges) => location.wait(head(store.clone(), path.clone())),
        Err(failure) => Err(failure),
    }
}

/// What is known of an object, without its bytes.
async fn head<T>(store: Arc<dyn ObjectStore>, path: Path) -> Result<(ObjectMeta, Option<T>), Failure> {
    let options = GetOptions { head: true, ..GetOptions::default() };
    let got = store.get_opts(&path, options).await.map_err(|error| Failure::of(&error))?;
    Ok((got.meta, None))
}

/// Fetches bytes of an object, `max_bytes` at most.
async fn get(
    store: Arc<dyn ObjectStore>,
    path: Path,
    range: Option<GetRange>,
    max_bytes: u64,
) -> Result<(ObjectMeta, Range<u64>, Bytes), Failure> {
    let options = GetOptions { range, ..GetOptions::default() };
    let got = store.get_opts(&path, options).await.map_err(|error| Failure::of(&error))?;
    let GetResult { meta, range, .. } = &got;
    let (meta, range) = (meta.clone(), range.clone());
    let mut stream = got.into_stream();
    let mut bytes = BytesMut::new();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|error| Failure::of(&error))?;
        // A server can send more than it was asked for.
        if (bytes.len() + piece.len()) as u64 > max_bytes {
            return Err(Failure::Other("the server gives other bytes than those that were asked for".to_owned()));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok((meta, range, bytes.freeze()))
}
