use std::future::ready;
use std::sync::atomic::AtomicU32;

use tokio::sync::oneshot;

use super::*;
use crate::wire::error::ErrorKind;

fn account(user: &str) -> Account {
    (user.into(), None)
}

#[tokio::test]
async fn an_id_is_looked_up_once_and_forgotten_when_told_to() {
    let ids = OwnIds::default();
    let unused = || async { panic!("looked up again") };
    assert_eq!(&*ids.get(&account("u"), ready(Ok("12".to_owned()))).await.unwrap().0, "12");
    assert_eq!(&*ids.get(&account("u"), unused()).await.unwrap().0, "12");
    let second = ("u".into(), Some("second".to_owned()));
    assert_eq!(&*ids.get(&second, ready(Ok("34".to_owned()))).await.unwrap().0, "34");
    ids.forget(&account("u"));
    assert_eq!(&*ids.get(&account("u"), ready(Ok("56".to_owned()))).await.unwrap().0, "56");
    assert_eq!(&*ids.get(&second, unused()).await.unwrap().0, "34");
}

/// Three who ask while one look-up is under way, and a fourth who asks when it is over.
async fn three_and_a_fourth(outcome: Result<String>) -> (Vec<Result<(Arc<str>, bool)>>, Result<(Arc<str>, bool)>, u32) {
    let (ids, look_ups, account) = (OwnIds::default(), AtomicU32::new(0), account("u"));
    let (open, gate) = oneshot::channel();
    let first = async {
        look_ups.fetch_add(1, Ordering::SeqCst);
        gate.await.unwrap()
    };
    let another = || async {
        look_ups.fetch_add(1, Ordering::SeqCst);
        Ok("another".to_owned())
    };
    // They are polled in this order, so all of them ask before the look-up ends.
    let asked = tokio::join!(ids.get(&account, first), ids.get(&account, another()), ids.get(&account, another()), async {
        open.send(outcome).unwrap();
    });
    let fourth = ids.get(&account, another()).await;
    (vec![asked.0, asked.1, asked.2], fourth, look_ups.into_inner())
}

#[tokio::test]
async fn all_who_ask_at_the_same_time_share_one_id() {
    let (asked, fourth, look_ups) = three_and_a_fourth(Ok("12".to_owned())).await;
    assert!(asked.iter().all(|id| &*id.as_ref().unwrap().0 == "12"));
    assert_eq!((&*fourth.unwrap().0, look_ups), ("12", 1));
}

#[tokio::test]
async fn all_who_ask_at_the_same_time_share_one_failure_and_the_next_tries_again() {
    let failure = Error::connect("no route").with_source("the cable is cut");
    let (asked, fourth, look_ups) = three_and_a_fourth(Err(failure)).await;
    for failed in asked {
        let error = failed.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Connect, "no route"));
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the cable is cut");
    }
    assert_eq!((&*fourth.unwrap().0, look_ups), ("another", 2));
}

#[tokio::test]
async fn whose_time_is_up_fails_alone() {
    let (asked, fourth, look_ups) = three_and_a_fourth(Err(Error::too_slow("no answer"))).await;
    assert!(asked[0].as_ref().unwrap_err().is_timeout());
    assert!(asked[1..].iter().chain([&fourth]).all(|id| &*id.as_ref().unwrap().0 == "another"));
    assert_eq!(look_ups, 2);
}

#[tokio::test]
async fn whoever_gives_up_leaves_the_look_up_to_the_next() {
    let (ids, account) = (OwnIds::default(), account("u"));
    let hanging = tokio::time::timeout(std::time::Duration::ZERO, ids.get(&account, std::future::pending()));
    assert!(hanging.await.is_err());
    assert_eq!(&*ids.get(&account, ready(Ok("12".to_owned()))).await.unwrap().0, "12");
}

#[tokio::test]
async fn only_so_many_ids_are_kept() {
    let ids = OwnIds::default();
    for user in 0..=MOST {
        ids.get(&account(&user.to_string()), ready(Ok("1".to_owned()))).await.unwrap();
    }
    assert_eq!(ids.0.lock().unwrap().len(), MOST / 2 + 1);
    assert_eq!(&*ids.get(&account(&MOST.to_string()), ready(Ok("2".to_owned()))).await.unwrap().0, "1");
}
