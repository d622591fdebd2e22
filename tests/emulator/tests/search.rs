//! Search and counts on the posts of the state.

mod support;

use std::time::Duration;

use paragon_twitter_emulator::Emulator;
use serde_json::{Value, json};
use support::{as_app, get, post, send};

async fn found(emulator: &Emulator, query: &str) -> Vec<String> {
    let query: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let page = get(emulator, &format!("/2/tweets/search/recent?query={query}")).await.ok();
    let items = page["data"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["text"].as_str().expect("a text").to_owned()).collect()
}

#[tokio::test]
async fn search_finds_by_words_tags_authors_and_kinds_newest_first() {
    let builder = Emulator::builder().account("user-42", "Ada", "ada").account("v", "Grace", "grace");
    let emulator = builder.start().await.expect("a free port");
    let first = emulator.x().post("user-42", "good morning #tea");
    emulator.x().post("v", "good night @ada https://example.com/x");
    post(&emulator, json!({ "text": "so it is", "reply": { "in_reply_to_tweet_id": first } })).await;
    assert_eq!(found(&emulator, "good").await, ["good night @ada https://example.com/x", "good morning #tea"]);
    assert_eq!(found(&emulator, "good -night").await, ["good morning #tea"]);
    assert_eq!(found(&emulator, "#tea OR @ada").await.len(), 2);
    assert_eq!(found(&emulator, "from:grace has:links").await.len(), 1);
    assert_eq!(found(&emulator, "from:ada is:reply").await, ["so it is"]);
    assert_eq!(found(&emulator, &format!("conversation_id:{first}")).await.len(), 2);
    assert!(found(&emulator, "nothing").await.is_empty());
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_refused_with_its_reason() {
    let emulator = Emulator::start().await.expect("a free port");
    for query in ["(a", "lang:en", "a%20OR", "nonsense:x"] {
        get(&emulator, &format!("/2/tweets/search/recent?query={query}")).await.invalid("query");
    }
    get(&emulator, "/2/tweets/search/recent").await.invalid("query");
    let backwards = "/2/tweets/search/recent?query=a&start_time=2026-01-02T00:00:00Z&end_time=2026-01-01T00:00:00Z";
    get(&emulator, backwards).await.invalid("start_time");
    get(&emulator, "/2/tweets/search/recent?query=a&start_time=2020-01-02T00:00:00Z").await.invalid("start_time");
}

#[tokio::test]
async fn recent_search_forgets_after_a_week_and_full_search_does_not() {
    let emulator = Emulator::start().await.expect("a free port");
    emulator.x().post("user-42", "old tea");
    emulator.x().advance(Duration::from_secs(8 * 24 * 60 * 60));
    emulator.x().post("user-42", "new tea");
    assert_eq!(found(&emulator, "tea").await, ["new tea"]);
    let all = send(as_app(&emulator, reqwest::Method::GET, "/2/tweets/search/all?query=tea")).await.ok();
    assert_eq!(all["meta"]["result_count"], 2);
}

#[tokio::test]
async fn counts_tell_when_what_was_posted() {
    let emulator = Emulator::start().await.expect("a free port");
    emulator.x().post("user-42", "tea");
    emulator.x().advance(Duration::from_secs(2 * 24 * 60 * 60));
    emulator.x().post("user-42", "tea");
    emulator.x().post("user-42", "tea");
    emulator.x().post("user-42", "coffee");
    emulator.x().advance(Duration::from_secs(60));
    let counts = get(&emulator, "/2/tweets/counts/recent?query=tea&granularity=day").await.ok();
    assert_eq!(counts["meta"]["total_post_count"], 3);
    let days = counts["data"].as_array().expect("days");
    assert!((7..=8).contains(&days.len()));
    let filled: Vec<&Value> = days.iter().map(|day| &day["post_count"]).filter(|count| **count != 0).collect();
    assert_eq!(filled, [&json!(1), &json!(2)]);
    assert!(days.windows(2).all(|pair| pair[0]["end"] == pair[1]["start"]), "{days:?}");

    let full = send(as_app(&emulator, reqwest::Method::GET, "/2/tweets/counts/all?query=tea&granularity=hour")).await.ok();
    assert_eq!(full["meta"]["total_post_count"], 3);
}

#[tokio::test]
async fn counts_and_search_agree_on_what_was_just_posted() {
    let emulator = Emulator::start().await.expect("a free port");
    let app = async |path: &str| send(as_app(&emulator, reqwest::Method::GET, path)).await.ok()["meta"].clone();
    for posts in 1..=3 {
        let id = emulator.x().post("user-42", "tea");
        for list in ["recent", "all"] {
            assert_eq!(app(&format!("/2/tweets/search/{list}?query=tea")).await["result_count"], posts);
            assert_eq!(app(&format!("/2/tweets/counts/{list}?query=tea")).await["total_post_count"], posts);
            assert_eq!(app(&format!("/2/tweets/counts/{list}?query=tea&until_id={id}")).await["total_post_count"], posts - 1);
        }
    }
}

#[tokio::test]
async fn the_full_archive_goes_back_a_month_unless_it_is_told() {
    let emulator = Emulator::start().await.expect("a free port");
    let old = emulator.x().post("user-42", "tea");
    emulator.x().advance(Duration::from_secs(31 * 24 * 60 * 60));
    let before = old.parse::<u64>().expect("a number") - 1;
    for (query, expected) in [
        ("", 0),
        (&*format!("&since_id={before}"), 1),
        ("&start_time=2020-01-01T00:00:00Z", 1),
        // Before there were ids as there are now.
        ("&granularity=day&start_time=2006-03-21T00:00:00Z", 1),
    ] {
        for (list, count) in [("search", "result_count"), ("counts", "total_post_count")] {
            let mut total = 0;
            let query = if list == "search" { query.replace("&granularity=day", "") } else { query.to_owned() };
            let path = format!("/2/tweets/{list}/all?query=tea{query}");
            let mut token = String::new();
            // Counts of years come in pages.
            loop {
                let page = send(as_app(&emulator, reqwest::Method::GET, &format!("{path}{token}"))).await.ok();
                total += page["meta"][count].as_u64().expect("a count");
                let Some(next) = page["meta"]["next_token"].as_str() else { break };
                token = format!("&next_token={next}");
            }
            assert_eq!(total, expected, "{path}");
        }
    }
}

#[tokio::test]
async fn an_id_to_go_on_from_has_to_be_of_the_last_week() {
    let emulator = Emulator::start().await.expect("a free port");
    let old = emulator.x().post("user-42", "tea");
    emulator.x().advance(Duration::from_secs(6 * 24 * 60 * 60));
    let new = emulator.x().post("user-42", "tea");
    emulator.x().advance(Duration::from_secs(2 * 24 * 60 * 60));
    for list in ["search", "counts"] {
        let since = async |id: &str| get(&emulator, &format!("/2/tweets/{list}/recent?query=tea&since_id={id}")).await;
        let message = since(&old).await.invalid("since_id");
        let least = message.split("larger than ").nth(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        let least = least.and_then(|digits| digits.parse::<u64>().ok()).expect("an id");
        let [old, new_number] = [&old, &new].map(|id| id.parse::<u64>().expect("a number"));
        assert!((old + 1..new_number).contains(&least), "{message}");
        since(&new).await.ok();
    }
}

#[tokio::test]
async fn times_that_are_too_late_or_come_with_ids_are_refused() {
    let emulator = Emulator::start().await.expect("a free port");
    let in_seconds = |seconds: i64| (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds)).to_string();
    for list in ["search", "counts"] {
        let path = |query: &str| format!("/2/tweets/{list}/recent?query=tea&{query}");
        for name in ["start_time", "end_time"] {
            for late in [in_seconds(0), in_seconds(3600)] {
                let message = get(&emulator, &path(&format!("{name}={late}"))).await.invalid(name);
                // In minutes, as X has it.
                let late = format!("{}Z", &late[..16]);
                let expected = format!("Invalid '{name}':'{late}'. '{name}' must be a minimum of 10 seconds prior to the request time.");
                assert!(message.contains(&expected), "{message}");
            }
            get(&emulator, &path(&format!("{name}={}", in_seconds(-11)))).await.ok();
            for id in ["since_id", "until_id"] {
                let refused = get(&emulator, &path(&format!("{name}={}&{id}=7", in_seconds(-60)))).await;
                assert!(refused.text.contains(&format!("\"{name}\"")), "{}", refused.text);
                assert!(refused.invalid(id).contains("Invalid use of 'since_id' or 'until_id' in conjunction with"));
            }
        }
    }
    let late = in_seconds(50);
    get(&emulator, &format!("/2/tweets/search/recent?query=tea&end_time={late}")).await.invalid("end_time");
    emulator.x().advance(Duration::from_secs(100));
    get(&emulator, &format!("/2/tweets/search/recent?query=tea&end_time={late}")).await.ok();
}

#[tokio::test]
async fn counts_of_many_years_come_in_pages() {
    let emulator = Emulator::start().await.expect("a free port");
    emulator.x().post("user-42", "tea");
    let path = "/2/tweets/counts/all?query=tea&granularity=minute&start_time=2011-01-01T00:00:00Z&end_time=2026-01-01T00:00:00Z";
    let count = async |path: &str| send(as_app(&emulator, reqwest::Method::GET, path)).await.ok();
    let first = count(path).await;
    let minutes = 31 * 24 * 60;
    assert_eq!(first["data"].as_array().map(Vec::len), Some(minutes));
    let next = first["meta"]["next_token"].as_str().expect("a page more");
    let second = count(&format!("{path}&next_token={next}")).await;
    assert_eq!(second["data"].as_array().map(Vec::len), Some(minutes));
    assert_eq!(second["data"][minutes - 1]["end"], first["data"][0]["start"]);
}

#[tokio::test]
async fn the_far_future_is_after_everything() {
    let emulator = Emulator::start().await.expect("a free port");
    emulator.x().post("user-42", "tea");
    let path = format!("/2/users/{}/tweets?end_time=2400-01-01T00:00:00Z", emulator.paragon().x_user_id("user-42"));
    assert_eq!(get(&emulator, &path).await.ok()["meta"]["result_count"], 1);
}

#[tokio::test]
async fn a_mistake_in_a_query_is_placed_once() {
    let emulator = Emulator::start().await.expect("a free port");
    let message = get(&emulator, "/2/tweets/search/recent?query=tea%20)").await.invalid("query");
    assert_eq!(message.matches("at position").count(), 1, "{message}");
    assert!(message.contains("at position 5"), "{message}");
}

#[tokio::test]
async fn the_token_of_one_search_is_none_of_another() {
    let emulator = Emulator::start().await.expect("a free port");
    let since = emulator.x().post("user-42", "coffee");
    for _ in 0..11 {
        emulator.x().post("user-42", "tea with milk");
    }
    let page = get(&emulator, &format!("/2/tweets/search/recent?query=tea&since_id={since}")).await.ok();
    let token = page["meta"]["next_token"].as_str().expect("a token");
    let with_token = async |query: &str| get(&emulator, &format!("/2/tweets/search/recent?{query}&next_token={token}")).await;
    let milk = format!("query=milk&since_id={since}");
    let sorted = format!("query=tea&since_id={since}&sort_order=recency");
    for other in [&*milk, "query=tea", &*sorted] {
        with_token(other).await.invalid("next_token");
    }
    let rest = with_token(&format!("since_id={since}&max_results=100&post.fields=lang&query=tea")).await.ok();
    assert_eq!(rest["meta"]["result_count"], 1, "the order of parameters and what is shown do not matter");
}
