//! Calls of webhooks. They never leave this machine: only the loopback interface is called, over plain HTTP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::join;
use http::header::{CONTENT_TYPE, HOST};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// More than any answer of a webhook has a reason to have.
const MAX_ANSWER: usize = 1024 * 1024;

/// The loopback addresses that a host stands for; none if it is another machine.
pub(super) fn loopback(host: &str) -> Vec<IpAddr> {
    if host.eq_ignore_ascii_case("localhost") {
        return vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    }
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.ok().filter(IpAddr::is_loopback).into_iter().collect()
}

/// The signature of a text with the app's consumer secret, as X writes it.
pub(super) fn sign(secret: &str, content: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("sha256={}", STANDARD.encode(hmac::sign(&key, content)))
}

/// Where a webhook is.
#[derive(Debug, Clone)]
pub(super) struct Target {
    addresses: Vec<SocketAddr>,
    authority: String,
    /// Path and query.
    path: String,
}

impl Target {
    /// `None` if the URL is not on this machine, or wants TLS, for which there is no certificate here.
    pub(super) fn of(url: &str) -> Option<Self> {
        let url: Uri = url.parse().ok()?;
        let port = url.port_u16().unwrap_or(80);
        let addresses: Vec<SocketAddr> = loopback(url.host()?).into_iter().map(|address| (address, port).into()).collect();
        let path = url.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let authority = url.authority()?.as_str().rsplit('@').next().unwrap_or_default().to_owned();
        (url.scheme_str() == Some("http") && !addresses.is_empty()).then_some(Self { addresses, authority, path })
    }

    /// Asks for the URL with more parameters.
    pub(super) async fn get(&self, parameters: &str, deadline: Duration) -> Result<(StatusCode, Bytes), String> {
        let separator = if self.path.contains('?') { '&' } else { '?' };
        let request = Request::builder().method(Method::GET).uri(format!("{}{separator}{parameters}", self.path));
        self.call(request.header(HOST, &self.authority).body(Full::default()), deadline).await
    }

    /// Posts JSON with the signature over it.
    pub(super) async fn post(&self, body: Bytes, signature: &str, deadline: Duration) -> Result<StatusCode, String> {
        let request = Request::builder().method(Method::POST).uri(&self.path).header(HOST, &self.authority);
        let request = request.header(CONTENT_TYPE, "application/json").header("x-twitter-webhooks-signature", signature);
        self.call(request.body(Full::new(body)), deadline).await.map(|(status, _)| status)
    }

    async fn call(&self, request: http::Result<Request<Full<Bytes>>>, deadline: Duration) -> Result<(StatusCode, Bytes), String> {
        let request = request.map_err(|error| format!("cannot be called: {error}"))?;
        let answer = timeout(deadline, self.exchange(request)).await;
        answer.unwrap_or_else(|_| Err(format!("has not answered in {} seconds", deadline.as_secs())))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), String> {
        let stream = TcpStream::connect(&self.addresses[..]).await.map_err(|error| format!("cannot be reached: {error}"))?;
        // Small messages go out at once. A socket on which this fails is about to fail altogether.
        let _ = stream.set_nodelay(true);
        let failed = |error: hyper::Error| format!("does not answer: {error}");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
        let exchange = async move {
            let response = sender.send_request(request).await.map_err(failed)?;
            let status = response.status();
            let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
            Ok((status, body.map_err(|error| format!("breaks off its answer: {error}"))?.to_bytes()))
        };
        // The connection ends with the sender, and the exchange sees its error as well.
        let (answer, _) = join(exchange, connection).await;
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::{Target, sign};

    #[test]
    fn a_signature_is_the_keyed_hash_in_base64() {
        // Test case 2 of RFC 4231.
        let expected = "sha256=W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
        assert_eq!(sign("Jefe", b"what do ya want for nothing?"), expected);
    }

    #[test]
    fn only_this_machine_is_called_and_only_in_plain_text() {
        for url in ["http://127.0.0.1:8080/hook?a=b", "http://localhost/", "http://[::1]:80/", "http://127.1.2.3"] {
            assert!(Target::of(url).is_some(), "{url}");
        }
        for url in [
            "https://example.com/hook",
            "http://example.com/",
            "https://localhost:1",
            "http://127.0.0.1.example.com/",
            "http://localhost@example.com/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "hook",
        ] {
            assert!(Target::of(url).is_none(), "{url}");
        }
    }
}
