//! Every operation of the description, called through the typed client against the emulator: as a connected user through Paragon or, where X
//! takes apps only, directly. Requests and responses are held against the description, which the client reads more tolerantly.

mod apps;
mod call;
mod causes;
mod check;
mod live;
mod messages;
mod posts;
mod seed;
mod streams;
mod users;

use std::collections::BTreeSet;

use call::{Call, Cast};
use check::{DIRECT, PARAGON, Row, check};
use end_to_end::{Description, Operation};
use paragon_twitter::Paragon;
use paragon_twitter_emulator::{Dialect, Emulator};
use paragon_twitter_test_support::Recorder;
use seed::{ADA, ALAN, GRACE, Seed};

/// All calls, in an order in which the earlier ones make the objects that the later ones need.
fn table() -> Vec<Call> {
    [posts::calls(), users::calls(), messages::calls(), live::calls(), streams::calls(), apps::calls()].into_iter().flatten().collect()
}

#[test]
fn the_table_has_each_operation_of_the_description_once() {
    let description = Description::load();
    let described: BTreeSet<String> = description.operations().iter().map(Operation::name).collect();
    let mut called = BTreeSet::new();
    let twice: Vec<String> = table().iter().map(Call::name).filter(|name| !called.insert(name.clone())).collect();
    let missing: Vec<&String> = described.difference(&called).collect();
    let unknown: Vec<&String> = called.difference(&described).collect();
    assert!(
        missing.is_empty() && unknown.is_empty() && twice.is_empty(),
        "missing: {missing:#?}\nunknown: {unknown:#?}\ntwice: {twice:#?}"
    );
}

#[tokio::test]
async fn every_operation_answers_as_described() {
    let description = Description::load();
    let accounts = [(ADA, "Ada Lovelace", "ada"), (GRACE, "Grace Hopper", "grace"), (ALAN, "Alan Turing", "alan")];
    let builder = accounts.into_iter().fold(Emulator::builder(), |builder, (id, name, username)| builder.account(id, name, username));
    let emulator = builder.dialect(Dialect::Post).rate_limit(1_000_000).start().await.expect("a loopback port");
    let through_paragon = Recorder::start(emulator.url()).expect("a loopback port");
    let direct = Recorder::start(emulator.x_url()).expect("a loopback port");
    let ada = client(&emulator, through_paragon.url(), direct.url()).user(ADA).twitter();
    let unrecorded = client(&emulator, emulator.url(), emulator.x_url());
    let grace = unrecorded.user(GRACE).twitter();
    let mut seed = Seed::new(&emulator, &unrecorded.user(ADA).twitter(), &grace).await.expect("what the calls need");
    let cast = Cast { emulator, ada, grace };

    let (mut validated, mut failures) = (0, Vec::new());
    for call in table() {
        let outcome = (call.run)(&cast, &mut seed).await;
        let recorders = [(PARAGON, &through_paragon), (DIRECT, &direct)];
        let recorded = recorders.into_iter().flat_map(|(via, recorder)| recorder.take().into_iter().map(move |exchange| (via, exchange)));
        let exchanges: Vec<_> = recorded.collect();
        let name = call.name();
        let operation = description.operations().iter().find(|operation| operation.name() == name).expect("the other test sees to this");
        let Row { via, status, parts, faults } = check(&description, operation, outcome, &exchanges);
        println!("{name:86} {via:8} {status:3} {:9} {parts}", if faults.is_empty() { "validated" } else { "FAILED" });
        if faults.is_empty() {
            validated += 1;
        } else {
            failures.push(format!("{name}\n    {}", faults.join("\n    ")));
        }
    }
    println!("{validated} of {}", description.operations().len());
    assert!(failures.is_empty(), "{} operations failed:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(validated, description.operations().len());
}

/// A client of an emulator, which may be behind other addresses.
fn client(emulator: &Emulator, url: &str, x_url: &str) -> Paragon {
    let builder = Paragon::builder(emulator.project_id()).signing_key_pem(emulator.signing_key_pem()).expect("the emulator's key");
    builder.bearer_token(emulator.bearer_token()).proxy_url(url).x_url(x_url).build().expect("a client")
}
