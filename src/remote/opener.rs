//! Opens URLs for a walk.

use super::Version;
use super::address;
use super::failure::Failure;
use super::object::{Location, Object};
use super::stores::Stores;
use crate::workers::lock;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use zip_audit::{Opener, ReadAt, UnreadCause};

/// Bytes of an object that has to be fetched whole, because its server gives no ranges, at most.
const MAX_WHOLE_BYTES: u64 = 256 << 20;

/// The connections of a run, to whatever is opened. Nothing is connected or started before something is.
#[derive(Clone, Default)]
pub(crate) struct Connections(Arc<Shared>);

#[derive(Default)]
struct Shared {
    stores: Stores,
    runtime: Mutex<Option<Arc<Runtime>>>,
}

/// What opens the URLs of a walk.
struct UrlOpener {
    deadline: Instant,
    shared: Arc<Shared>,
}

impl fmt::Debug for UrlOpener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlOpener")
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connections")
    }
}

impl Connections {
    /// What opens the URLs of a walk that takes `max_time` from now on at most.
    pub(crate) fn opener(&self, max_time: Duration) -> Option<Arc<dyn Opener>> {
        Some(Arc::new(self.url_opener(max_time)))
    }

    /// Which version of an object lies at a URL now, found out with one small request.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(crate) fn version(&self, input: &Path, max_time: Duration) -> Result<Version, UnreadCause> {
        let location = self.url_opener(max_time).location(input);
        location.and_then(|location| Object::version(&location)).map_err(Failure::into_cause)
    }

    fn url_opener(&self, max_time: Duration) -> UrlOpener {
        // A limit that ends at no time that can be named is none.
        let now = Instant::now();
        let deadline = now.checked_add(max_time).unwrap_or(now + Duration::from_secs(365 * 24 * 3600));
        UrlOpener { deadline, shared: Arc::clone(&self.0) }
    }
}

impl UrlOpener {
    /// What waits for answers; started with the first URL.
    fn runtime(&self) -> Result<Arc<Runtime>, Failure> {
        let mut runtime = lock(&self.shared.runtime);
        if let Some(runtime) = &*runtime {
            return Ok(runtime.clone());
        }
        let started = Builder::new_multi_thread().worker_threads(1).thread_name("fetch").enable_all().build();
        let started = started.map_err(|_| Failure::Other("no thread for connections can be started".to_owned()))?;
        Ok(runtime.insert(Arc::new(started)).clone())
    }

    fn location(&self, input: &Path) -> Result<Location, Failure> {
        let url = address::parse(input).ok_or_else(|| Failure::Other("it is no URL of an object".to_owned()))?;
        let runtime = self.runtime()?;
        // Clients are made where they run.
        let (store, path) = {
            let _guard = runtime.enter();
            self.shared.stores.store(&url)?
        };
        let max_whole_bytes = MAX_WHOLE_BYTES;
        Ok(Location { store, path, runtime, deadline: self.deadline, max_whole_bytes })
    }
}

impl Opener for UrlOpener {
    fn name(&self, input: &Path) -> Option<String> {
        address::is_url(input).then(|| address::shown(input))
    }

    fn open(&self, input: &Path) -> Result<Box<dyn ReadAt>, UnreadCause> {
        let object = self.location(input).and_then(Object::open);
        object.map(|object| Box::new(object) as Box<dyn ReadAt>).map_err(Failure::into_cause)
    }
}
