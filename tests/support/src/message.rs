//! Requests and responses as they were on the wire.

use std::io::{BufRead, Read};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The first line.
    pub line: String,
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers, a line each.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

/// A response, as far as it came.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers, a line each.
    pub head: String,
    /// The body, with its chunks joined.
    pub body: Vec<u8>,
}

/// A request and its response.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The request.
    pub request: Request,
    /// The response.
    pub response: Response,
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

fn media_type(head: &str) -> Option<&str> {
    Some(header(head, "content-type")?.split(';').next().unwrap_or_default().trim())
}

/// The first line of a message, its headers, and its body. A body without a length ends with the connection, if it may have one at all.
fn read(reader: &mut impl BufRead, until_the_end: bool) -> std::io::Result<(String, String, Vec<u8>)> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut head = String::new();
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? <= 2 {
            break;
        }
        head.push_str(&header);
    }
    let mut body = Vec::new();
    if header(&head, "transfer-encoding").is_some_and(|encoding| encoding.eq_ignore_ascii_case("chunked")) {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size)?;
            let Ok(size @ 1..) = u64::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16) else { break };
            reader.take(size).read_to_end(&mut body)?;
            reader.read_line(&mut String::new())?;
        }
    } else if let Some(length) = header(&head, "content-length").and_then(|length| length.parse().ok()) {
        reader.take(length).read_to_end(&mut body)?;
    } else if until_the_end {
        reader.read_to_end(&mut body)?;
    }
    Ok((line.trim_end().to_owned(), head, body))
}

fn malformed() -> std::io::Error {
    std::io::ErrorKind::InvalidData.into()
}

impl Request {
    pub(crate) fn read(reader: &mut impl BufRead) -> std::io::Result<Self> {
        let (line, head, body) = read(reader, false)?;
        let mut words = line.split(' ').map(str::to_owned);
        let (method, path) = words.next().zip(words.next()).ok_or_else(malformed)?;
        Ok(Self { line, method, path, head, body })
    }

    /// Returns the value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// Returns the media type of the body without its parameters.
    pub fn media_type(&self) -> Option<&str> {
        media_type(&self.head)
    }
}

impl Response {
    pub(crate) fn read(reader: &mut impl BufRead) -> std::io::Result<Self> {
        let (line, head, body) = read(reader, true)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(malformed)?;
        Ok(Self { status, head, body })
    }

    /// Returns the value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// Returns the media type of the body without its parameters.
    pub fn media_type(&self) -> Option<&str> {
        media_type(&self.head)
    }
}

#[cfg(test)]
mod tests {
    use super::{Request, Response};

    #[test]
    fn a_body_has_its_length_or_chunks_or_lasts_to_the_end() {
        for (text, body) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", "ab"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "abc"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n", "abc"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab", "ab"),
            ("HTTP/1.1 200 OK\r\n\r\nabc", "abc"),
        ] {
            let response = Response::read(&mut text.as_bytes()).expect("a response");
            assert_eq!((response.status, response.body.as_slice()), (200, body.as_bytes()), "{text}");
        }
        let request = Request::read(&mut "GET /a?b HTTP/1.1\r\nContent-Type: text/plain; a=b\r\n\r\nabc".as_bytes()).expect("a request");
        assert_eq!((request.method.as_str(), request.path.as_str(), request.body.as_slice()), ("GET", "/a?b", b"".as_slice()));
        assert_eq!((request.media_type(), request.header("x")), (Some("text/plain"), None));
        assert!(Request::read(&mut "".as_bytes()).is_err() && Response::read(&mut "HTTP/1.1 x".as_bytes()).is_err());
    }
}
