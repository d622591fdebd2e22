//! An entry of the table of calls.

use std::pin::Pin;
use std::time::Duration;

use paragon_twitter::{Events, Reply, Result, Timestamp, Twitter};
use paragon_twitter_emulator::Emulator;

use crate::causes::Cause;
use crate::seed::Seed;

/// How long a stream may take to bring the caused event.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who is there to make calls.
pub struct Cast {
    pub emulator: Emulator,
    /// Ada, whose calls are recorded and checked.
    pub ada: Twitter,
    /// Grace, whose calls are not.
    pub grace: Twitter,
}

type Outcome<'a> = Pin<Box<dyn Future<Output = std::result::Result<(), String>> + 'a>>;

type Run = dyn for<'a> Fn(&'a Cast, &'a mut Seed) -> Outcome<'a>;

/// A call of one operation, which is known by its method and the template of its path.
pub struct Call {
    pub method: &'static str,
    pub template: &'static str,
    pub run: Box<Run>,
}

impl Call {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    fn new(method: &'static str, template: &'static str, run: impl for<'a> Fn(&'a Cast, &'a mut Seed) -> Outcome<'a> + 'static) -> Self {
        Self { method, template, run: Box::new(run) }
    }
}

/// A call that has to succeed.
pub fn call<T: 'static, R: IntoFuture<Output = Result<Reply<T>>, IntoFuture: 'static>>(
    method: &'static str,
    template: &'static str,
    request: impl Fn(&Twitter, &Seed) -> R + 'static,
) -> Call {
    keep(method, template, request, |_, _| ())
}

/// A call that has to succeed, and whose answer has the ids that later ones need.
pub fn keep<T: 'static, R: IntoFuture<Output = Result<Reply<T>>, IntoFuture: 'static>>(
    method: &'static str,
    template: &'static str,
    request: impl Fn(&Twitter, &Seed) -> R + 'static,
    keep: fn(&mut Seed, T),
) -> Call {
    Call::new(method, template, move |cast, seed| {
        let answer = request(&cast.ada, seed).into_future();
        Box::pin(async move {
            keep(seed, answer.await.map_err(|error| error.to_string())?.data);
            Ok(())
        })
    })
}

/// A stream that has to bring the event that is caused once it is open.
pub fn stream<T: 'static, R: IntoFuture<Output = Result<Events<T>>, IntoFuture: 'static>>(
    template: &'static str,
    request: impl Fn(&Twitter, &Seed) -> R + 'static,
    cause: Cause,
) -> Call {
    Call::new("GET", template, move |cast, seed| {
        let opening = request(&cast.ada, seed).into_future();
        Box::pin(async move {
            let mut events = opening.await.map_err(|error| error.to_string())?;
            cause.happen(cast, seed).await.map_err(|error| format!("what the stream is to bring could not be caused: {error}"))?;
            match tokio::time::timeout(PATIENCE, events.next()).await {
                Ok(Some(event)) => event.map(drop).map_err(|error| error.to_string()),
                Ok(None) => Err("the stream ended before anything came".to_owned()),
                Err(_) => Err(format!("nothing came within {PATIENCE:?} of {cause:?}")),
            }
        })
    })
}

/// A moment in a query.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}
