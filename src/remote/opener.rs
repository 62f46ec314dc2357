//! Opens URLs for a walk.

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

/// What opens the URLs of a run that takes `max_time` at most. Nothing is connected or started before one is opened.
pub(crate) fn opener(max_time: Duration) -> Option<Arc<dyn Opener>> {
    // A limit that ends at no time that can be named is none.
    let now = Instant::now();
    let deadline = now.checked_add(max_time).unwrap_or(now + Duration::from_secs(365 * 24 * 3600));
    Some(Arc::new(UrlOpener { deadline, stores: Stores::default(), runtime: Mutex::default() }))
}

/// Opens URLs.
struct UrlOpener {
    deadline: Instant,
    stores: Stores,
    runtime: Mutex<Option<Arc<Runtime>>>,
}

impl fmt::Debug for UrlOpener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlOpener")
    }
}

impl UrlOpener {
    /// What waits for answers; started with the first URL.
    fn runtime(&self) -> Result<Arc<Runtime>, Failure> {
        let mut runtime = lock(&self.runtime);
        if let Some(runtime) = &*runtime {
            return Ok(runtime.clone());
        }
        let started = Builder::new_multi_thread().worker_threads(1).thread_name("fetch").enable_all().build();
        let started = started.map_err(|_| Failure::Other("no thread for connections can be started".to_owned()))?;
        Ok(runtime.insert(Arc::new(started)).clone())
    }

    fn object(&self, input: &Path) -> Result<Object, Failure> {
        let url = address::parse(input).ok_or_else(|| Failure::Other("it is no URL of an object".to_owned()))?;
        let runtime = self.runtime()?;
        // Clients are made where they run.
        let (store, path) = {
            let _guard = runtime.enter();
            self.stores.store(&url)?
        };
        let max_whole_bytes = MAX_WHOLE_BYTES;
        Object::open(Location { store, path, runtime, deadline: self.deadline, max_whole_bytes })
    }
}

impl Opener for UrlOpener {
    fn name(&self, input: &Path) -> Option<String> {
        address::is_url(input).then(|| address::shown(input))
    }

    fn open(&self, input: &Path) -> Result<Box<dyn ReadAt>, UnreadCause> {
        self.object(input).map(|object| Box::new(object) as Box<dyn ReadAt>).map_err(Failure::into_cause)
    }
}
