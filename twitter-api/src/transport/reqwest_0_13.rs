//! Clients of [reqwest](https://docs.rs/reqwest/0.13) 0.13 as a transport. The feature `reqwest-0-13` switches this module on.
//!
//! A later version of reqwest gets a module and a feature of its own.

use super::http_client::HttpClient;
use crate::wire::error::Result;

/// Builds a transport with settings of your own: proxies, certificates, limits of the pool.
///
/// Redirects are not followed even if the settings say so, so that credentials go to no other host; a total timeout gives way to that of the
/// call. A `read_timeout` below some 30 seconds ends quiet streams.
///
/// ```
/// use paragon_twitter::Paragon;
/// use paragon_twitter::transport::reqwest_0_13;
///
/// let settings = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(4);
/// let paragon = Paragon::builder("project-id").user_token("a.b.c").transport(reqwest_0_13::from_builder(settings)?).build()?;
/// # drop(paragon);
/// # Ok::<(), paragon_twitter::Error>(())
/// ```
///
/// # Errors
///
/// When the settings cannot work.
pub fn from_builder(builder: reqwest::ClientBuilder) -> Result<HttpClient> {
    HttpClient::from_builder(builder)
}

/// Makes a transport of a client that other parts of your program use as well. Its total timeout gives way to that of the call.
///
/// Build the client with `redirect(Policy::none())`: when it follows a redirect, the call fails, but only after its credential has been
/// sent on. [`from_builder`] does without that risk.
pub fn from_client(client: reqwest::Client) -> HttpClient {
    HttpClient::from_client(client)
}
