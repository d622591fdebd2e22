//! Lists by the page and by the item, and streams.

use super::*;

#[derive(Debug, Deserialize)]
struct Numbered {
    number: u64,
}

#[paragon_request(GET, "/2/circles/{id}/numbers", page = "next")]
fn items(twitter: &Twitter, id: u8) -> Items<Numbered>;

#[paragon_request(GET, "/2/circles/{id}/numbers", page = "next")]
async fn items_later(twitter: &Twitter, id: u8) -> Result<Items<Numbered>>;

#[paragon_request(GET, "/2/circles/{id}/numbers", page = "next")]
fn pages(twitter: &Twitter, id: u8, #[query("next")] from: Option<&str>) -> Pages<Vec<Numbered>>;

#[paragon_request(GET, "/2/circles/stream", auth = "app")]
async fn stream(twitter: &Twitter) -> Result<Events<Numbered>>;

#[paragon_request(GET, "/2/circles/stream", auth = "app")]
async fn posts(twitter: &Twitter) -> Result<Events<Post>>;

async fn three_pages() -> (Emulator, Twitter) {
    let (emulator, twitter) = start().await;
    emulator.x().route(Method::GET, "/2/circles/{id}/numbers", |request| {
        let page: u64 = request.path.rsplit_once("?next=").map_or(0, |(_, page)| page.parse().expect("a number"));
        let meta = if page < 2 { json!({"next_token": (page + 1).to_string()}) } else { json!({}) };
        json!({"data": [{"number": page * 2}, {"number": page * 2 + 1}], "meta": meta})
    });
    (emulator, twitter)
}

async fn numbers(mut items: Items<Numbered>) -> Vec<u64> {
    let mut numbers = Vec::new();
    while let Some(item) = items.next().await {
        numbers.push(item.expect("an item").number);
    }
    numbers
}

#[tokio::test]
async fn items_are_those_of_all_pages() {
    let (emulator, twitter) = three_pages().await;
    assert_eq!(numbers(items(&twitter, 1)).await, [0, 1, 2, 3, 4, 5]);
    assert_eq!(numbers(items_later(&twitter, 1).await.expect("items")).await, [0, 1, 2, 3, 4, 5]);
    let targets: Vec<_> = emulator.requests().iter().map(|request| target(request).to_owned()).collect();
    let expected = ["", "?next=1", "?next=2"].map(|query| format!("twitter/2/circles/1/numbers{query}"));
    assert_eq!(targets, [expected.clone(), expected].concat());
}

#[tokio::test]
async fn pages_begin_where_the_caller_says() {
    let (_emulator, twitter) = three_pages().await;
    let mut pages = pages(&twitter, 1, Some("1"));
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.expect("a page").data[0].number);
    }
    assert_eq!(sizes, [2, 4]);
}

#[tokio::test]
async fn a_stream_yields_its_documents() {
    let (emulator, twitter) = start().await;
    let body = "{\"data\":{\"number\":1,\"id\":\"7\"}}\r\n\r\n{\"errors\":[{\"title\":\"odd\"}]}\n{\"data\":{\"number\":2}}";
    emulator.x().route(Method::GET, "/2/circles/stream", move |_| Bytes::from_static(body.as_bytes()));
    let mut events = stream(&twitter).await.expect("a stream");
    assert_eq!(events.next().await.expect("a document").expect("a number").data.number, 1);
    assert_eq!(events.next().await.expect("a document").expect_err("a problem").problems()[0].title(), Some("odd"));
    assert_eq!(events.next().await.expect("a document").expect("a number").data.number, 2);
    assert!(events.next().await.is_none());
    assert_eq!(last(&emulator).listener, paragon_twitter_emulator::Listener::X);
    let mut events = posts(&twitter).await.expect("a stream");
    assert_eq!(events.next().await.expect("a document").expect("a post").data.id, "7");
}
