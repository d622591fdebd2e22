//! A recorder between a client and a server, which depends on neither of them.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::message::{Exchange, Request, Response};

/// A server that passes all bytes on to another one, and back.
#[derive(Debug)]
pub struct Recorder {
    url: String,
    connections: Arc<Mutex<Vec<Arc<Connection>>>>,
}

/// The bytes of a connection since they were last taken.
#[derive(Debug, Default)]
struct Connection {
    sent: Mutex<Vec<u8>>,
    received: Mutex<Vec<u8>>,
}

impl Recorder {
    /// Starts a recorder in front of the server with this URL, `http://127.0.0.1:PORT`.
    ///
    /// # Errors
    ///
    /// If no port can be opened on the loopback interface.
    pub fn start(url: &str) -> std::io::Result<Self> {
        let address = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let recorder = Self { url: format!("http://{}", listener.local_addr()?), connections: Arc::default() };
        let connections = Arc::clone(&recorder.connections);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A connection that cannot be passed on is closed, and the client sees it.
                drop(connect(client, &address, &connections));
            }
        });
        Ok(recorder)
    }

    /// The base URL of the recorder.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the exchanges since the last time, at most one per connection: calls have to be made one after the other.
    pub fn take(&self) -> Vec<Exchange> {
        let taken = |bytes: &Mutex<Vec<u8>>| std::mem::take(&mut *lock(bytes));
        let connections = lock(&self.connections);
        let exchanges = connections.iter().filter_map(|connection| {
            let (sent, received) = (taken(&connection.sent), taken(&connection.received));
            let request = Request::read(&mut sent.as_slice()).ok()?;
            Some(Exchange { request, response: Response::read(&mut received.as_slice()).ok()? })
        });
        exchanges.collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(client: TcpStream, address: &str, connections: &Mutex<Vec<Arc<Connection>>>) -> std::io::Result<()> {
    let server = TcpStream::connect(address)?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    let connection = Arc::new(Connection::default());
    lock(connections).push(Arc::clone(&connection));
    let (from_client, to_client, from_server, to_server) = (client.try_clone()?, client, server.try_clone()?, server);
    let up = Arc::clone(&connection);
    thread::spawn(move || pass(from_client, to_server, |bytes| lock(&up.sent).extend(bytes)));
    thread::spawn(move || pass(from_server, to_client, |bytes| lock(&connection.received).extend(bytes)));
    Ok(())
}

/// Passes bytes on until either side is gone, and records each before it goes.
fn pass(mut from: TcpStream, mut to: TcpStream, record: impl Fn(&[u8])) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        record(&buffer[..length]);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    // The other direction ends with this one: the streams are shared with it.
    for stream in [from, to] {
        let _ = stream.shutdown(Shutdown::Both);
    }
}
