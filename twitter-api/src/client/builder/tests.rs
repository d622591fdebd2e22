use super::*;
use crate::client::handles::ParagonUser;
use crate::wire::error::ErrorKind;

const KEY: &str = include_str!("../../engine/token/keys/signing.pem");
const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln";

fn refused(builder: ParagonBuilder) -> String {
    let error = builder.build().expect_err("built");
    assert_eq!(error.kind(), ErrorKind::Config);
    error.to_string()
}

fn with_token() -> ParagonBuilder {
    Paragon::builder("project").user_token(TOKEN)
}

#[test]
fn a_client_goes_to_the_cloud_of_paragon_and_to_x() {
    let paragon = with_token().build().unwrap();
    assert_eq!(format!("{:?}", paragon.0.proxy), "https://proxy.useparagon.com/projects/project/sdk/proxy");
    assert_eq!(format!("{:?}", paragon.0.x), "https://api.x.com");
    assert_eq!(paragon.project_id(), "project");
}

#[test]
fn an_installation_of_one_s_own_has_other_hosts() {
    let paragon = with_token().on_premise_host("paragon.example.com").build().unwrap();
    assert_eq!(format!("{:?}", paragon.0.proxy), "https://worker-proxy.paragon.example.com/projects/project/sdk/proxy");
    let paragon =
        with_token().on_premise_host("a.example").proxy_url("http://127.0.0.1:9/behind/").x_url("http://[::1]:8/").build().unwrap();
    assert_eq!(format!("{:?}", paragon.0.proxy), "http://127.0.0.1:9/behind/projects/project/sdk/proxy");
    assert_eq!(format!("{:?}", paragon.0.x), "http://[::1]:8");
    for host in ["https://a.example", "a.example/x", "u@a.example", " "] {
        assert!(refused(with_token().on_premise_host(host)).contains("on_premise_host"));
    }
}

#[test]
fn a_project_id_stays_one_segment_of_the_path() {
    let paragon = Paragon::builder(" a/b?ü ").user_token(TOKEN).build().unwrap();
    assert_eq!(format!("{:?}", paragon.0.proxy), "https://proxy.useparagon.com/projects/a%2Fb%3F%C3%BC/sdk/proxy");
    assert!(refused(Paragon::builder(" ").user_token(TOKEN)).contains("project id is empty"));
    assert!(refused(Paragon::builder("..").user_token(TOKEN)).contains("project id"));
}

#[test]
fn an_address_that_cannot_work_is_refused_without_showing_its_password() {
    for (url, expected) in [
        ("proxy.useparagon.com", "relative URL"),
        ("ftp://a.example", "https://"),
        ("https://user:hunter2@a.example", "user name or password"),
        ("https://a.example/?x=1", "query"),
        ("https://a.example/#x", "fragment"),
        ("", "proxy_url"),
    ] {
        let shown = refused(with_token().proxy_url(url));
        assert!(shown.contains(expected) && !shown.contains("hunter2"), "{shown}");
    }
    assert!(refused(with_token().x_url("x")).contains("`x_url`"));
}

#[test]
fn user_tokens_have_exactly_one_source() {
    assert!(refused(Paragon::builder("project")).contains("no way to get user tokens"));
    assert!(refused(with_token().signing_key_pem(KEY).unwrap()).contains("more than one source"));
    assert!(refused(with_token().user_token_source(|user| async { Ok(user) })).contains("more than one source"));
    Paragon::builder("project").bearer_token("AAAA%2Bx").build().unwrap();
}

#[test]
fn a_wrong_setting_is_told_when_the_client_is_built() {
    assert!(refused(with_token().bearer_token(" ")).contains("app-only bearer token is empty"));
    assert!(refused(with_token().user_agent("a\nb")).contains("user_agent"));
    assert!(refused(Paragon::builder("project").user_token(KEY)).contains("signing_key_pem"));
    let error = Paragon::builder("project").signing_key_pem("nonsense").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[test]
fn debug_shows_no_secret() {
    let body = KEY.lines().nth(1).unwrap();
    let builder = Paragon::builder("project").signing_key_pem(KEY).unwrap().bearer_token("AAAAbearer");
    let shown = format!("{builder:?}");
    assert!(!shown.contains(body) && !shown.contains("AAAAbearer"));

    let signing = builder.build().unwrap();
    let user = signing.user("user-42").with_credential("credential-1");
    let shown = format!("{signing:?} {user:?} {user:#?}");
    assert!(!shown.contains(body) && !shown.contains("AAAAbearer"), "{shown}");
    assert!(shown.contains("user-42") && shown.contains("credential-1"));

    let supplied = with_token();
    let shown = format!("{supplied:?}") + &format!("{:?}", supplied.build().unwrap());
    assert!(!shown.contains("eyJ"), "{shown}");
}

#[tokio::test]
async fn a_user_s_token_can_be_had_for_the_browser() {
    let time = Timestamp::from_second(1_795_000_000).unwrap();
    let paragon = Paragon::builder("project").signing_key_pem(KEY).unwrap().clock(Arc::new(move || time)).build().unwrap();
    let token = paragon.user("user-42").token().await.unwrap();
    assert_eq!(token.split('.').count(), 3);
    assert_eq!(paragon.clone().user("user-42").token().await.unwrap(), token, "clones share what is kept");
}

#[test]
fn clients_and_users_can_cross_threads() {
    fn check<T: Clone + Send + Sync + fmt::Debug + 'static>() {}
    check::<Paragon>();
    check::<ParagonUser>();
}
