//! Opens object storage with settings from the environment.
//!
//! The variables are those of each provider's own tools, as `object_store` reads them; `docs/ledger.md` lists them.
//! Plain http is accepted for loopback addresses only, whatever the environment allows: the ledger decides what is deleted,
//! so nobody may be able to change it on the way.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::path::Path;
use object_store::{BackoffConfig, ClientConfigKey, ObjectStore, RetryConfig};

use super::backend::Backend;
use super::error::StoreError;
use super::location::{Bucket, Provider};
use crate::model::is_loopback;

/// The timeout of one call with its body. The default of 30 s is too short for a large ledger on a slow line.
const TIME_OUT: &str = "120 seconds";

/// The variable with the address of Azurite, the emulator of Azure.
const EMULATOR_URL: &str = "AZURITE_BLOB_STORAGE_URL";

/// Opens a bucket.
pub(super) fn open(bucket: &Bucket) -> Result<Backend, StoreError> {
    let location = bucket.to_string();
    // Fails if a crypto provider is installed already. Then that one is used.
    drop(rustls::crypto::ring::default_provider().install_default());
    let objects = match bucket.provider {
        Provider::S3 => s3(&bucket.name, &location),
        Provider::Gcs => gcs(&bucket.name, &location),
        Provider::Azure => azure(&bucket.name, &location),
    }?;
    let prefix =
        Path::parse(&bucket.prefix).map_err(|error| StoreError::setup(&location, &error))?;
    Ok(Backend {
        objects,
        prefix,
        directory: None,
    })
}

/// Long enough for a server that restarts; but a run that cannot reach its ledger must report it within a minute.
fn retries() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(5),
            base: 2.0,
        },
        max_retries: 5,
        retry_timeout: Duration::from_secs(60),
    }
}

fn s3(name: &str, location: &str) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let time_out = AmazonS3ConfigKey::Client(ClientConfigKey::Timeout);
    let builder = AmazonS3Builder::from_env()
        .with_bucket_name(name)
        .with_retry(retries())
        .with_config(time_out, TIME_OUT);
    let endpoints = [
        (AmazonS3ConfigKey::S3Endpoint, "AWS_ENDPOINT_URL_S3"),
        (AmazonS3ConfigKey::Endpoint, "AWS_ENDPOINT_URL"),
    ];
    // The variable for S3 alone takes precedence over the general one.
    let endpoint = endpoints
        .into_iter()
        .find_map(|(key, variable)| Some((builder.get_config_value(&key)?, variable)));
    let plain = is_plain(endpoint, location)?;
    let store = builder.with_allow_http(plain).build();
    store
        .map(|store| Arc::new(store) as _)
        .map_err(|error| StoreError::setup(location, &error))
}

fn gcs(name: &str, location: &str) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let time_out = GoogleConfigKey::Client(ClientConfigKey::Timeout);
    let builder = GoogleCloudStorageBuilder::from_env()
        .with_bucket_name(name)
        .with_retry(retries())
        .with_config(time_out, TIME_OUT);
    let endpoint = builder.get_config_value(&GoogleConfigKey::BaseUrl);
    let plain = is_plain(endpoint.map(|url| (url, "GOOGLE_BASE_URL")), location)?;
    let store = builder
        .with_config(
            GoogleConfigKey::Client(ClientConfigKey::AllowHttp),
            plain.to_string(),
        )
        .build();
    store
        .map(|store| Arc::new(store) as _)
        .map_err(|error| StoreError::setup(location, &error))
}

fn azure(name: &str, location: &str) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let time_out = AzureConfigKey::Client(ClientConfigKey::Timeout);
    let builder = MicrosoftAzureBuilder::from_env()
        .with_container_name(name)
        .with_retry(retries())
        .with_config(time_out, TIME_OUT);
    let emulator = std::env::var(EMULATOR_URL).ok();
    let endpoint = builder
        .get_config_value(&AzureConfigKey::Endpoint)
        .map(|url| (url, "AZURE_STORAGE_ENDPOINT"))
        .or(emulator.map(|url| (url, EMULATOR_URL)));
    let plain = is_plain(endpoint, location)?;
    let store = builder.with_allow_http(plain).build();
    store
        .map(|store| Arc::new(store) as _)
        .map_err(|error| StoreError::setup(location, &error))
}

/// Whether an endpoint is plain http, which is an error unless its address is loopback.
fn is_plain(endpoint: Option<(String, &'static str)>, location: &str) -> Result<bool, StoreError> {
    let Some((url, variable)) = endpoint else {
        return Ok(false);
    };
    let Ok(url) = reqwest::Url::parse(&url) else {
        // The client reports what is wrong with it.
        return Ok(false);
    };
    if url.scheme() != "http" {
        return Ok(false);
    }
    if is_loopback(&url) {
        return Ok(true);
    }
    Err(StoreError::PlainHttp {
        location: location.to_owned(),
        variable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_addresses() {
        let plain = |url: &str| is_plain(Some((url.to_owned(), "AWS_ENDPOINT_URL")), "s3://b");
        for url in [
            "http://127.0.0.1:9000",
            "http://localhost",
            "http://[::1]:1",
        ] {
            assert!(matches!(plain(url), Ok(true)), "{url}");
        }
        for url in ["https://minio.example", "https://127.0.0.1", "nonsense"] {
            assert!(matches!(plain(url), Ok(false)), "{url}");
        }
        assert!(matches!(is_plain(None, "s3://b"), Ok(false)));
        for url in ["http://minio:9000", "http://key:s3cret@localhost.example"] {
            let error = plain(url).expect_err("others can read and change it");
            let all = format!("{error} {error:?} {}", error.hint().unwrap_or_default());
            assert!(
                all.contains("AWS_ENDPOINT_URL") && !all.contains("s3cret"),
                "{all}"
            );
        }
    }
}
