//! A server that follows a script.

use std::collections::VecDeque;
use std::io::{BufReader, Read as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::message::Request;
use crate::reply::Reply;

/// How long to wait for something in real time, before the test has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a loopback port that answers one request per connection. It stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Seen {
    requests: Vec<Request>,
    /// How many of the requests were taken by the test.
    taken: usize,
    /// How many clients have left before their reply was through.
    left: usize,
    open: Vec<TcpStream>,
    stopped: bool,
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen());
        self.changed.notify_all();
    }

    /// Waits until something is so.
    #[track_caller]
    fn wait(&self, what: &str, is_so: impl Fn(&Seen) -> bool) -> MutexGuard<'_, Seen> {
        let waited = self.changed.wait_timeout_while(self.seen(), PATIENCE, |seen| !is_so(seen));
        let (seen, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "no {what} within {PATIENCE:?}");
        seen
    }
}

impl Server {
    /// Starts a server that gives these replies, one per request and in this order. After the last one it closes connections
    /// without an answer.
    pub fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = Mutex::new(replies.into_iter().collect::<VecDeque<_>>());
        Self::answering(move |_| replies.lock().unwrap_or_else(PoisonError::into_inner).pop_front().unwrap_or_else(Reply::hang_up))
    }

    /// Starts a server that gives the same reply to each request.
    pub fn always(reply: Reply) -> Self {
        Self::answering(move |_| reply.clone())
    }

    /// Starts a server that finds its replies by a function. Each connection has a thread of its own.
    ///
    /// # Panics
    ///
    /// If no port can be opened on the loopback interface.
    pub fn answering(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("an address");
        let (shared, reply) = (Arc::<Shared>::default(), Arc::new(reply));
        let server = Self { address, shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.seen().stopped {
                    return;
                }
                let (Ok(stream), shared, reply) = (stream, Arc::clone(&shared), Arc::clone(&reply)) else { continue };
                // An error on a connection is the client's doing.
                thread::spawn(move || drop(serve(stream, &shared, &*reply)));
            }
        });
        server
    }

    /// The base URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the next request, and waits until there is one.
    #[track_caller]
    pub fn request(&self) -> Request {
        let mut seen = self.shared.wait("request", |seen| seen.requests.len() > seen.taken);
        seen.taken += 1;
        seen.requests[seen.taken - 1].clone()
    }

    /// Returns all requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.seen().requests.clone()
    }

    /// Returns whether there is no request that was not yet [taken](Self::request).
    pub fn is_untouched(&self) -> bool {
        let seen = self.shared.seen();
        seen.requests.len() == seen.taken
    }

    /// Waits until there were so many requests in all that the function counts.
    ///
    /// A paused clock of the runtime stands still meanwhile.
    pub async fn received(&self, requests: usize, counts: impl Fn(&Request) -> bool + Send + 'static) {
        let enough = move |seen: &Seen| seen.requests.iter().filter(|request| counts(request)).count() >= requests;
        self.until("such requests", enough).await;
    }

    /// Waits until so many clients have left before their reply was through.
    ///
    /// A paused clock of the runtime stands still meanwhile.
    pub async fn left(&self, clients: usize) {
        self.until("client that leaves", move |seen| seen.left >= clients).await;
    }

    async fn until(&self, what: &'static str, is_so: impl Fn(&Seen) -> bool + Send + 'static) {
        let shared = Arc::clone(&self.shared);
        let waited = tokio::task::spawn_blocking(move || drop(shared.wait(what, is_so)));
        waited.await.unwrap_or_else(|panic| panic!("{panic}"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let open = {
            let mut seen = self.shared.seen();
            seen.stopped = true;
            std::mem::take(&mut seen.open)
        };
        for stream in open {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
    }
}

/// Answers the request of one connection.
fn serve(mut stream: TcpStream, shared: &Arc<Shared>, reply: &(dyn Fn(&Request) -> Reply + Send + Sync)) -> std::io::Result<()> {
    let request = Request::read(&mut BufReader::new(&stream))?;
    let reply = reply(&request);
    let waits = reply.left_open || reply.gate().is_some();
    if waits {
        let open = stream.try_clone()?;
        shared.seen().open.push(open);
    }
    let watcher = reply.gate().map(|gate| {
        let (mut stream, shared, gate) = (stream.try_clone(), Arc::clone(shared), gate.clone());
        thread::spawn(move || {
            let ended = stream.as_mut().is_ok_and(|stream| matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
            if ended && !gate.is_open() {
                shared.change(|seen| seen.left += 1);
            }
        })
    });
    shared.change(|seen| seen.requests.push(request));
    reply.write(&mut stream)?;
    drop(watcher);
    if reply.left_open {
        // Until the client leaves, or the server is dropped.
        while matches!(stream.read(&mut [0; 1024]), Ok(1..)) {}
        shared.change(|seen| seen.left += 1);
    }
    // All of the reply goes out before the connection ends.
    stream.shutdown(Shutdown::Write)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::Server;
    use crate::reply::{Gate, Reply, ok};

    fn ask(server: &Server) -> TcpStream {
        let mut stream = TcpStream::connect(server.address).expect("a connection");
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("a request");
        stream
    }

    fn answer(mut stream: TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an end");
        text
    }

    #[test]
    fn replies_come_in_order_and_then_no_more() {
        let server = Server::start([ok("1"), Reply::raw("2")]);
        assert!(server.is_untouched());
        assert!(answer(ask(&server)).ends_with("content-length: 1\r\n\r\n1"));
        assert_eq!(server.request().line, "GET / HTTP/1.1");
        assert_eq!([answer(ask(&server)), answer(ask(&server))], ["2", ""]);
        assert_eq!((server.requests().len(), server.is_untouched()), (3, false));
    }

    #[test]
    fn a_gate_holds_replies_back_and_who_does_not_wait_is_counted() {
        let gate = Gate::default();
        let server = Server::always(ok("late").behind(&gate));
        let (waits, leaves) = (ask(&server), ask(&server));
        drop(server.shared.wait("two requests", |seen| seen.requests.len() == 2));
        drop(leaves);
        drop(server.shared.wait("client that leaves", |seen| seen.left == 1));
        gate.open();
        assert!(answer(waits).ends_with("late"));
    }

    #[test]
    fn silence_ends_with_the_server() {
        let server = Server::always(Reply::silence());
        let silent = ask(&server);
        server.request();
        drop(server);
        assert_eq!(answer(silent), "");
    }
}
