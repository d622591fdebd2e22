use super::*;

#[derive(Debug)]
struct Layer(BoxError);

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the layer failed")
    }
}

impl StdError for Layer {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

#[test]
fn an_error_says_whether_a_server_may_have_seen_the_request() {
    let unsent = [TransportError::unsent("x"), TransportError::refused("x"), TransportError::new(Kind::TimedOut { unsent: true }, "x")];
    assert!(unsent.iter().all(TransportError::is_unsent));
    let sent = [TransportError::broken("x"), TransportError::timed_out("x"), TransportError::new(Kind::Misconfigured, "x")];
    assert!(!sent.iter().any(TransportError::is_unsent));
    assert_eq!(sent.map(|error| error.is_timeout()), [false, true, false]);
}

#[test]
fn a_layer_does_not_hide_what_is_known() {
    let layered = |error| TransportError::of(Layer(Box::new(Layer(Box::new(error)))));
    let error = layered(TransportError::unsent("refused"));
    assert!(error.is_unsent());
    assert_eq!(error.to_string(), "the layer failed");
    assert!(layered(TransportError::timed_out("late")).is_timeout());
    assert!(!TransportError::of("something else").is_unsent());
    assert_eq!(TransportError::of(TransportError::refused("no")).kind(), Kind::Refused);
}

#[test]
fn a_cause_is_told_once() {
    let error = TransportError::broken(Layer("reset".into()));
    assert_eq!(error.to_string(), "the layer failed");
    assert_eq!(error.source().unwrap().to_string(), "reset");
}
