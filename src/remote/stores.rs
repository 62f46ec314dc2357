//! The clients of stores, one for all objects of a bucket or server.

use super::failure::Failure;
use crate::workers::lock;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{ClientConfigKey, ClientOptions, Error, ObjectStore, RetryConfig};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

/// The clients that were made so far.
#[derive(Default)]
pub(super) struct Stores(Mutex<HashMap<String, Arc<dyn ObjectStore>>>);

impl Stores {
    /// The client for a URL, and the path of the object in its store.
    ///
    /// # Errors
    /// A URL or an environment that does not describe a store.
    pub(super) fn store(&self, url: &Url) -> Result<(Arc<dyn ObjectStore>, Path), Failure> {
        let path = Path::from_url_path(url.path())
            .map_err(|_| Failure::Other("the path of the URL is none that an object can have".to_owned()))?;
        let mut base = url.clone();
        base.set_path("");
        base.set_fragment(None);
        let mut known = lock(&self.0);
        if let Some(store) = known.get(base.as_str()) {
            return Ok((store.clone(), path));
        }
        let store = client(url, &base).map_err(|error| Failure::of(&error))?;
        known.insert(base.into(), store.clone());
        Ok((store, path))
    }
}

/// A client with the credentials that its own environment variables give.
fn client(url: &Url, base: &Url) -> Result<Arc<dyn ObjectStore>, Error> {
    // Fails if there is one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let retry = RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(60), ..RetryConfig::default() };
    Ok(match url.scheme() {
        "s3" | "s3a" => {
            let builder = AmazonS3Builder::from_env().with_url(url.as_str()).with_retry(retry);
            let set = |builder: AmazonS3Builder, (key, value): Setting| {
                builder.with_config(AmazonS3ConfigKey::Client(key), value)
            };
            Arc::new(settings().into_iter().fold(builder, set).build()?)
        }
        "gs" => {
            let builder = GoogleCloudStorageBuilder::from_env().with_url(url.as_str()).with_retry(retry);
            let set = |builder: GoogleCloudStorageBuilder, (key, value): Setting| {
                builder.with_config(GoogleConfigKey::Client(key), value)
            };
            Arc::new(settings().into_iter().fold(builder, set).build()?)
        }
        "az" | "azure" | "abfs" | "abfss" => {
            let builder = MicrosoftAzureBuilder::from_env().with_url(url.as_str()).with_retry(retry);
            let set = |builder: MicrosoftAzureBuilder, (key, value): Setting| {
                builder.with_config(AzureConfigKey::Client(key), value)
            };
            Arc::new(settings().into_iter().fold(builder, set).build()?)
        }
        _ => {
            let set = |options: ClientOptions, (key, value): Setting| options.with_config(key, value);
            let options = settings().into_iter().fold(ClientOptions::new().with_allow_http(true), set);
            let options = match authorization(base) {
                Some(value) => options.with_default_headers(HeaderMap::from_iter([(AUTHORIZATION, value)])),
                None => options,
            };
            // The query of the base is sent with each request: a signature, for instance.
            let mut base = base.clone();
            let (_, _) = (base.set_username(""), base.set_password(None));
            Arc::new(HttpBuilder::new().with_url(base).with_client_options(options).with_retry(retry).build()?)
        }
    })
}

/// A setting of a client, in words that its parser knows.
type Setting = (ClientConfigKey, &'static str);

fn settings() -> [Setting; 4] {
    [
        (ClientConfigKey::ConnectTimeout, "10 seconds"),
        (ClientConfigKey::ReadTimeout, "30 seconds"),
        (ClientConfigKey::Timeout, "120 seconds"),
        (ClientConfigKey::UserAgent, concat!("aemlint/", env!("CARGO_PKG_VERSION"))),
    ]
}

/// The header for the user and password of a URL; the client does not take them from there.
fn authorization(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    let both = [decode(url.username()), vec![b':'], decode(url.password().unwrap_or_default())].concat();
    let mut value = HeaderValue::try_from(format!("Basic {}", data_encoding::BASE64.encode(&both))).ok()?;
    value.set_sensitive(true);
    Some(value)
}
