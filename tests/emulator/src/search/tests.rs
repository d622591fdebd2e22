//! Queries by table: matches, refusals, and properties of all queries.

use proptest::prelude::*;

use super::subject::{Annotation, Place};
use super::*;

/// A post of Ada's with something of everything.
fn matched_by(query: &Query, text: &str) -> bool {
    let expanded = ["https://Docs.Example.com/Guide/start".to_owned()];
    let annotations = [Annotation { domain: 10, entity: 799, entity_name: "Charles Babbage" }];
    let place = Place {
        id: "fd70c22040963ac7",
        name: "New York City",
        country_code: "US",
        point: Some(geo::Point { longitude: -73.99, latitude: 40.73 }),
    };
    query.matches(&Subject {
        id: 1_346_889_436_626_259_968,
        text,
        expanded_urls: &expanded,
        author: Author {
            id: 42,
            username: "Ada",
            name: "Ada Lovelace PhD",
            bio: "Analyst of engines",
            location: "London, Great Britain",
            verified: true,
            followers: 1_500,
            following: 10,
            listed: 3,
            posts: 200,
        },
        conversation: 100,
        in_reply_to: Some(Reference { post: 101, author: 43, username: "Charles" }),
        repost_of: None,
        quote_of: Some(Reference { post: 102, author: 44, username: "Mary" }),
        lang: Some(&|| "en"),
        source: "X for iPhone",
        has_images: true,
        has_videos: false,
        has_gifs: false,
        lists: &[7],
        place: Some(place),
        annotations: &annotations,
        is_nullcast: false,
    })
}

const TEXT: &str = "I like Coca-Cola, a Café in #Zürich and 東京都 😃 $TWTR with @Charles https://t.co/abc1";

#[track_caller]
fn search(query: &str) -> bool {
    matched_by(&Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}")), TEXT)
}

#[track_caller]
fn rule(query: &str) -> bool {
    matched_by(&Query::parse_rule(query).unwrap_or_else(|error| panic!("{query}: {error}")), TEXT)
}

#[test]
fn operators_match_what_they_name_and_nothing_else() {
    for (yes, no) in [
        ("like", "lik"),
        ("LIKE", "dislike"),
        ("cola", "col"),
        ("\"coca cola\"", "\"cola coca\""),
        ("coca-cola", "pepsi-cola"),
        ("cafe", "cafes"),
        ("café", "cafés"),
        ("東京", "京東"),
        ("😃", "😡"),
        ("zurich", "zuric"),
        ("#zürich", "#zür"),
        ("#Zurich", "#like"),
        ("$twtr", "$twt"),
        ("@charles", "@charle"),
        ("from:ada", "from:charles"),
        ("FROM:ADA", "FROM:a"),
        ("from:42", "from:4"),
        ("to:charles", "to:ada"),
        ("to:43", "to:42"),
        ("in_reply_to_tweet_id:101", "in_reply_to_tweet_id:100"),
        ("in_reply_to_status_id:101", "in_reply_to_post_id:102"),
        ("quotes_of_tweet_id:102", "quotes_of_post_id:101"),
        ("conversation_id:100", "conversation_id:1001"),
        ("list:7", "list:8"),
        ("url:\"https://t.co\"", "url:\"http://t.co\""),
        ("url:guide", "url:guid"),
        ("url:\"docs.example.com/guide\"", "url:\"example.com/docs\""),
        ("context:10.799", "context:10.798"),
        ("context:10.*", "context:11.*"),
        ("context:*.799", "context:*.10"),
        ("entity:\"charles babbage\"", "entity:\"charles darwin\""),
        ("place:\"new york city\"", "place:\"new city\""),
        ("place:fd70c22040963ac7", "place:fd70c22040963ac8"),
        ("place_country:us", "place_country:GB"),
        ("point_radius:[-73.98 40.75 2mi]", "point_radius:[-73.98 40.75 1mi]"),
        ("point_radius:[-73.98 40.75 3km]", "point_radius:[-73.98 40.75 2km]"),
        ("bounding_box:[-74.1 40.7 -73.9 40.8]", "bounding_box:[-74.1 40.74 -73.9 40.8]"),
        ("like lang:en", "like lang:de"),
        ("like is:reply", "like -is:reply"),
        ("like is:quote", "like -is:quote"),
        ("like -is:retweet", "like is:retweet"),
        ("like -is:repost", "like is:repost"),
        ("like is:verified", "like -is:verified"),
        ("like -is:nullcast", "pepsi -is:nullcast"),
        ("like has:hashtags", "like -has:hashtags"),
        ("like has:cashtags", "like -has:cashtags"),
        ("like has:mentions", "like -has:mentions"),
        ("like has:links", "like -has:links"),
        ("like has:media", "like -has:media_link"),
        ("like has:images", "like -has:images"),
        ("like -has:videos", "like has:video_link"),
        ("like has:geo", "like -has:geo"),
    ] {
        assert!(search(yes), "{yes} matches");
        assert!(!search(no), "{no} does not match");
    }
}

#[test]
fn the_language_is_told_only_if_nothing_else_decides() {
    let told = std::cell::Cell::new(0);
    let lang = || {
        told.set(told.get() + 1);
        "en"
    };
    for (text, matches, times) in [
        ("like", true, 0),
        ("like lang:en", true, 1),
        ("lang:en like", true, 1),
        ("like -lang:de", true, 1),
        ("lang:en pepsi", false, 0),
        ("-lang:de (pepsi OR fanta)", false, 0),
    ] {
        told.set(0);
        let query = Query::parse(text).expect(text);
        assert_eq!(query.matches(&Subject { text: "I like cola", lang: Some(&lang), ..Subject::default() }), matches, "{text}");
        assert_eq!(told.get(), times, "{text}");
    }
}

#[test]
fn rules_have_operators_of_their_own() {
    for (yes, no) in [
        ("\"like cola\"~1", "\"like cola\"~0"),
        ("\"cola like\"~3", "\"cola like\"~2"),
        ("bio:analyst", "bio:engine"),
        ("bio_name:phd", "bio_name:md"),
        ("bio_location:\"great britain\"", "bio_location:\"britain great\""),
        ("url_contains:\"/guide/st\"", "url_contains:guides"),
        ("like source:\"x for iphone\"", "like source:iphone"),
        ("followers_count:1500", "followers_count:1501"),
        ("min_followers:1000", "min_followers:2000"),
        ("followers_count:1000..1500", "followers_count:1000..1499"),
        ("following_count:10", "following_count:11"),
        ("listed_count:1..3", "listed_count:4..5"),
        ("tweets_count:100", "posts_count:201"),
        ("like sample:100", "pepsi sample:100"),
        ("like", "url_title:like"),
    ] {
        assert!(rule(yes), "{yes} matches");
        assert!(!rule(no), "{no} does not match");
        // All but the last pair have an operator that search does not know.
        assert!(Query::parse(no).is_err(), "{no} is no search");
    }
    assert!(Query::parse_rule("list:7").is_err());
    assert!(Query::parse_rule("quotes_of_tweet_id:7").is_err());
}

#[test]
fn an_accent_counts_in_rules_only() {
    assert!(search("cafe") && search("café") && search("cafe\u{301}"));
    assert!(!rule("cafe") && rule("café") && rule("cafe\u{301}"));
}

#[test]
fn terms_are_combined_as_x_does() {
    for (query, expected) in [
        ("like coca", true),
        ("like pepsi", false),
        ("pepsi OR like", true),
        // The first is `like OR (pepsi tonic)`.
        ("like OR pepsi tonic", true),
        ("(like OR pepsi) tonic", false),
        ("pepsi tonic OR like", true),
        ("like -pepsi", true),
        ("like -coca", false),
        ("like -(pepsi OR coca)", false),
        ("like -(pepsi coca)", true),
        ("like -(-coca)", true),
        ("(like)(coca)", true),
        ("(pepsi)OR(coca)", true),
        ("like\"coca cola\"", true),
        ("  like\n\tcoca ", true),
        // A keyword in quotes is not an operator.
        ("\"or\" OR like", true),
        ("like \"and\"", true),
    ] {
        assert_eq!(search(query), expected, "{query}");
    }
}

#[test]
fn a_wrong_query_is_refused_where_it_is_wrong() {
    for (query, offset) in [
        ("", 0),
        ("   ", 3),
        ("()", 1),
        ("cat (", 5),
        ("cat (dog", 4),
        ("cat)", 3),
        ("cat \"dog", 4),
        ("cat \"dog\\\"", 4),
        ("cat \"\"", 4),
        ("cat \"...\"", 4),
        ("OR cat", 0),
        ("cat OR", 6),
        ("cat OR OR dog", 7),
        ("(cat OR) dog", 7),
        ("cat or dog", 4),
        ("cat AND dog", 4),
        ("cat - dog", 4),
        ("cat --dog", 4),
        ("cat, dog", 3),
        ("cat & dog", 4),
        ("cat ...", 4),
        ("cat colour:red", 4),
        ("https://example.com", 0),
        ("cat embedding:dog", 4),
        ("cat from:", 4),
        ("cat from:@ada", 4),
        ("cat from:\"ada lovelace\"", 4),
        ("cat from:much_too_long_name", 4),
        ("cat conversation_id:+1", 4),
        ("cat is:happy", 4),
        ("cat has:cats", 4),
        ("cat lang:english", 4),
        ("cat place_country:USA", 4),
        ("cat context:10", 4),
        ("cat context:*.*", 4),
        ("cat point_radius:[1 2 3]", 4),
        ("cat point_radius:[1 2 3km", 4),
        ("cat point_radius:[1 2 25mi]", 4),
        ("cat point_radius:[1 91 1mi]", 4),
        ("cat point_radius:[1 NaN 1mi]", 4),
        ("cat bounding_box:[1 2 3 4]", 4),
        ("cat #", 4),
        ("cat #1", 4),
        ("cat #a-b", 4),
        ("cat $", 4),
        ("cat $1", 4),
        ("cat @", 4),
        ("cat @a.b", 4),
        ("cat is:nullcast", 4),
        ("cat -(-is:nullcast)", 7),
        ("list:1 list:2", 7),
        ("zürich &", 8),
        // Operators that cannot stand alone.
        ("lang:en", 0),
        ("is:retweet", 0),
        ("has:links", 0),
        ("has:links OR is:retweet", 0),
        ("cat OR has:links", 7),
        ("-cat", 0),
        ("-cat -dog", 0),
        ("dog OR -cat", 7),
        ("has:links -cat", 0),
        ("-(-cat)", 0),
    ] {
        let error = Query::parse(query).expect_err(query);
        assert_eq!(error.offset, offset, "{query}: {error}");
        let position = query[..offset].chars().count() + 1;
        assert!(error.message.ends_with(&format!("(at position {position})")), "{query}: {error}");
    }
    for query in
        ["cat -sample:1", "cat sample:0", "cat sample:101", "sample:10", "\"a b\"~7", "\"a b\"~", "source:x", "cat listed_count:2..1"]
    {
        assert!(Query::parse_rule(query).is_err(), "{query}");
    }
}

#[test]
fn an_error_names_the_token() {
    let message = |query| Query::parse(query).unwrap_err().to_string();
    assert!(message("cat colour:red").contains("'colour'"));
    assert!(message("cat is:happy").contains("'happy'"));
    assert!(message("cat #1").contains("'#1'"));
    assert!(message("cat, dog").contains("','"));
}

#[test]
fn parentheses_may_be_nested_but_not_without_end() {
    let nested = |depth: usize| format!("{}cat{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Query::parse(&nested(40)).is_ok());
    assert!(Query::parse(&nested(41)).is_err());
    assert!(Query::parse(&"-(".repeat(100_000)).is_err());
}

#[test]
fn a_sample_takes_its_share_of_posts_and_always_the_same() {
    let query = Query::parse_rule("cat sample:30").unwrap();
    let taken = |query: &Query| -> Vec<u64> {
        let ids = (0..10_000).map(|i| (1_346_889_436_626_u64 + i) << 22);
        ids.filter(|&id| query.matches(&Subject { id, text: "cat", ..Subject::default() })).collect()
    };
    let count = taken(&query).len();
    assert!((2_800..3_200).contains(&count), "{count} of 10000");
    assert_eq!(taken(&query), taken(&query));
}

#[test]
fn reposts_are_found_by_what_they_repeat() {
    let original = Reference { post: 5, author: 43, username: "Charles" };
    let repost = Subject { text: "RT @Charles: hello", repost_of: Some(original), ..Subject::default() };
    for (query, expected) in [
        ("retweets_of:charles", true),
        ("reposts_of:43", true),
        ("retweets_of:ada", false),
        ("retweets_of_tweet_id:5", true),
        ("reposts_of_post_id:6", false),
        ("hello is:retweet", true),
        ("hello -is:repost", false),
    ] {
        assert_eq!(Query::parse(query).unwrap().matches(&repost), expected, "{query}");
    }
}

#[test]
fn a_query_tells_its_list() {
    assert_eq!(Query::parse("cat list:12").unwrap().list(), Some(12));
    assert_eq!(Query::parse("cat").unwrap().list(), None);
}

/// Terms that stand alone, in both products.
fn standing() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zé東😃]{1,4}",
        "\"[a-zA-Z0-9 .,'\\\\]{0,5}[a-z]\"",
        "#[a-zü_]{1,5}[a-z]",
        "\\$[A-Z]{1,6}",
        "@[a-z0-9_]{1,15}",
        "(from|to|retweets_of|reposts_of):[A-Za-z0-9_]{1,15}",
        "(conversation_id|in_reply_to_post_id|retweets_of_tweet_id):[0-9]{1,18}",
        "url:\"?[a-z]{1,5}\"?".prop_filter("balanced", |text| text.matches('"').count() != 1),
        "context:[0-9]{1,3}\\.(\\*|[0-9]{1,5})",
        "place:[a-z]{1,5}",
        "place_country:[a-z]{2}",
        "point_radius:\\[[0-9]{1,2}\\.[0-9]{1,6} -[0-8]?[0-9] [1-9]\\.[0-9](mi|km)\\]",
    ]
    .prop_filter("a logical word", |text| !words::is_logical(text))
}

fn term() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => standing(),
        1 => "-?(is:(repost|retweet|reply|quote|verified)|has:(links|media|videos|video_link|geo)|lang:[a-z]{2})",
    ]
}

/// Queries that are valid because a standing term is put in front.
fn query() -> impl Strategy<Value = String> {
    let tree = term().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.join(" ")),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" OR "))),
            inner.prop_map(|inner| format!("-({inner})")),
        ]
    });
    (standing(), tree).prop_map(|(first, tree)| format!("{first} ({tree})"))
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused_within_it(text in "\\PC*") {
        for parsed in [Query::parse(&text), Query::parse_rule(&text)] {
            match parsed {
                Ok(query) => prop_assert!(!query.to_string().is_empty()),
                Err(error) => prop_assert!(text.is_char_boundary(error.offset)),
            }
        }
    }

    #[test]
    fn texts_of_signs_are_parsed_or_refused_within_them(text in "([()\"\\\\:~#@$\\[\\]. -]|OR|-|cat|is:|from:|é|\\n){0,40}") {
        for query in [Query::parse(&text), Query::parse_rule(&text)].into_iter().flatten() {
            let shown = query.to_string();
            let again = if query.product == Product::Search { Query::parse(&shown) } else { Query::parse_rule(&shown) };
            prop_assert_eq!(again.as_ref(), Ok(&query), "{}", shown);
        }
    }

    #[test]
    fn a_query_shows_itself_as_it_is(text in query()) {
        let query = Query::parse(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        let shown = query.to_string();
        let again = Query::parse(&shown);
prop_assert_eq!(again.as_ref(), Ok(&query), "{}", shown);
        let rule = Query::parse_rule(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        let again = Query::parse_rule(&rule.to_string());
prop_assert_eq!(again.as_ref(), Ok(&rule), "{}", rule);
    }

    #[test]
    fn two_negations_cancel_and_one_excludes(text in query(), post in "[a-zé東😃 #@]{0,12}") {
        let matched = |query: String| matched_by(&Query::parse(&query).unwrap(), &format!("like {post}"));
        let plain = matched(format!("like ({text})"));
        prop_assert_eq!(matched(format!("like -(-({text}))")), plain);
        prop_assert_eq!(matched(format!("like -({text})")), !plain);
    }

    #[test]
    fn order_does_not_matter(one in query(), other in query(), post in "[a-zé東😃 #@]{0,12}") {
        let matched = |query: String| matched_by(&Query::parse(&query).unwrap(), &post);
        prop_assert_eq!(matched(format!("({one}) ({other})")), matched(format!("({other}) ({one})")));
        prop_assert_eq!(matched(format!("({one}) OR ({other})")), matched(format!("{other} OR {one}")));
    }

    #[test]
    fn entities_are_where_they_say(text in "([a-zé東😃 #@$.:/]|https://|#tag|@name|\\$CASH|a\\.bc|\\PC){0,30}") {
        let chars: Vec<char> = text.chars().collect();
        let found = entities(&text);
        for (sign, tags) in [(1, &found.hashtags), (1, &found.cashtags), (1, &found.mentions), (0, &found.urls)] {
            for tag in tags {
                let there: String = chars[tag.start + sign..tag.end].iter().collect();
                prop_assert_eq!(&there, &tag.text);
            }
        }
    }
}

/// The entities found, as `kind:text@start-end`.
fn found(text: &str) -> Vec<String> {
    let entities = entities(text);
    let kinds = [("#", entities.hashtags), ("$", entities.cashtags), ("@", entities.mentions), ("url ", entities.urls)];
    let show = |(kind, tags): (&str, Vec<Tag>)| -> Vec<String> {
        tags.iter().map(|tag| format!("{kind}{} {}-{}", tag.text, tag.start, tag.end)).collect()
    };
    kinds.into_iter().flat_map(show).collect()
}

#[test]
fn entities_are_found_by_character() {
    for (text, expected) in [
        ("#Zürich", &["#Zürich 0-7"][..]),
        ("é #a, #b_1!", &["#a 2-4", "#b_1 6-10"]),
        ("#東京 ＃大阪", &["#東京 0-3", "#大阪 4-7"]),
        ("a#b &#c ##d #1 # #", &[]),
        ("#1st", &["#1st 0-4"]),
        ("@ada .@Mary_1: RT @x", &["@ada 0-4", "@Mary_1 6-13", "@x 18-20"]),
        ("me@example.com @@a @much_too_long_names @é", &[]),
        ("@fifteen_letters", &["@fifteen_letters 0-16"]),
        ("$TWTR $brk.a $1 US$ $toolong1", &["$TWTR 0-5", "$brk.a 6-12"]),
        ("😃 https://example.com/a?b=c#d.", &["url https://example.com/a?b=c#d 2-29"]),
        ("(see http://a.example.org/x_(y)), ok", &["url http://a.example.org/x_(y) 5-31"]),
        ("HTTPS://EXAMPLE.COM", &["url HTTPS://EXAMPLE.COM 0-19"]),
        ("https://example.com/@ada/#tag", &["url https://example.com/@ada/#tag 0-29"]),
        ("xhttp://example.com http:// http://localhost https://1.2 http", &[]),
        ("", &[]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}
