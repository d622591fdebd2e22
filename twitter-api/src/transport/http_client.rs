//! The default transport.

use std::time::Duration;

use super::body::Body;
use super::error::{Kind, TransportError};
use super::interface::sealed::Sealed;
use super::interface::{ResponseFuture, Transport};
use crate::wire::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Stands for no timeout, where the settings have one of their own.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 86_400);

/// The default transport: HTTP/1.1 and HTTP/2, with TLS, and a pool of connections that clones share.
///
/// Making a connection may take 10 seconds. Proxies are those of the environment (`HTTPS_PROXY` and the like). The feature `reqwest-0-13` makes one with other settings.
#[derive(Debug, Clone)]
pub struct HttpClient(reqwest::Client);

impl HttpClient {
    /// Makes a client with an empty pool.
    ///
    /// # Errors
    ///
    /// When the platform's TLS certificates cannot be used.
    pub fn new() -> Result<Self> {
        Self::from_builder(reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT))
    }

    pub(crate) fn from_builder(builder: reqwest::ClientBuilder) -> Result<Self> {
        // Credentials go to no other host.
        let client = builder.redirect(reqwest::redirect::Policy::none()).referer(false).build();
        client.map(Self).map_err(|error| Error::config("the HTTP client could not be built").with_source(error))
    }

    #[cfg(feature = "reqwest-0-13")]
    pub(super) fn from_client(client: reqwest::Client) -> Self {
        Self(client)
    }
}

impl Sealed for HttpClient {}

impl Transport for HttpClient {
    fn send(&self, request: http::Request<Body>) -> ResponseFuture {
        let client = self.0.clone();
        Box::pin(async move {
            let mut request = reqwest::Request::try_from(request.map(request_body)).map_err(translate)?;
            // An empty body is none, or a GET would say that it has one.
            if request.body().and_then(reqwest::Body::as_bytes).is_some_and(<[u8]>::is_empty) {
                *request.body_mut() = None;
            }
            *request.timeout_mut() = Some(FOREVER);
            let asked = request.url().clone();
            let response = client.execute(request).await.map_err(translate)?;
            if *response.url() != asked {
                let host = response.url().host_str().unwrap_or_default();
                return Err(TransportError::new(
                    Kind::Misconfigured,
                    format!(
                        "the HTTP client followed a redirect to {host}: build it with `redirect(Policy::none())`, so that credentials go to no other host"
                    ),
                ));
            }
            Ok(http::Response::from(response).map(|body: reqwest::Body| Body::mapped(body, translate)))
        })
    }
}

fn request_body(body: Body) -> reqwest::Body {
    match body.as_bytes() {
        Some(bytes) => bytes.clone().into(),
        None => reqwest::Body::wrap(body),
    }
}

fn translate(error: reqwest::Error) -> TransportError {
    let kind = match () {
        () if error.is_builder() => Kind::Refused,
        () if error.is_timeout() => Kind::TimedOut { unsent: error.is_connect() },
        () if error.is_connect() => Kind::Unsent,
        () => Kind::Broken,
    };
    // The address may hold data of a user.
    TransportError::new(kind, error.without_url())
}
