//! Operations of apps and accounts: webhooks, compliance jobs, bots, articles, usage, the description itself.

use paragon_twitter::types::{ArticleBlockInput, ArticleContentInput, ArticleEntityInput};

use crate::call::{Call, at, call, keep};
use crate::seed::{POST, USER, USER_EXPANSIONS, set};

const JOB: [&str; 3] = ["created_at", "status", "upload_url"];

pub fn calls() -> Vec<Call> {
    [webhooks(), compliance(), bots(), accounts()].into_iter().flatten().collect()
}

fn webhooks() -> Vec<Call> {
    vec![
        keep(
            "POST",
            "/2/webhooks",
            |t, _| t.webhooks().create("https://hooks.example.com/x"),
            |s, webhook| set(&mut s.webhook, webhook.id),
        ),
        call("GET", "/2/webhooks", |t, _| t.webhooks().list().webhook_config_fields(["created_at", "url", "valid"])),
        call("PUT", "/2/webhooks/{webhook_id}", |t, s| t.webhooks().validate(&s.webhook)),
        call("POST", "/2/webhooks/replay", |t, s| t.webhooks().replay(&s.webhook, at("2026-10-01T00:00:00Z"), at("2026-10-02T00:00:00Z"))),
        call("POST", "/2/account_activity/webhooks/{webhook_id}/subscriptions/all", |t, s| {
            t.account_activity().create_subscription(&s.webhook)
        }),
        call("GET", "/2/account_activity/webhooks/{webhook_id}/subscriptions/all", |t, s| {
            t.account_activity().check_subscription(&s.webhook)
        }),
        call("GET", "/2/account_activity/webhooks/{webhook_id}/subscriptions/all/list", |t, s| {
            t.account_activity().subscriptions(&s.webhook)
        }),
        call("GET", "/2/account_activity/subscriptions/count", |t, _| t.account_activity().subscription_count()),
        call("DELETE", "/2/account_activity/webhooks/{webhook_id}/subscriptions/{user_id}/all", |t, s| {
            t.account_activity().delete_subscription(&s.webhook, &s.me)
        }),
        call("POST", "/2/tweets/search/webhooks/{webhook_id}", |t, s| t.webhooks().create_stream_link(&s.webhook)),
        call("GET", "/2/tweets/search/webhooks", |t, _| t.webhooks().stream_links()),
        call("DELETE", "/2/tweets/search/webhooks/{webhook_id}", |t, s| t.webhooks().delete_stream_link(&s.webhook)),
        call("DELETE", "/2/webhooks/{webhook_id}", |t, s| t.webhooks().delete(&s.webhook)),
    ]
}

fn compliance() -> Vec<Call> {
    vec![
        keep(
            "POST",
            "/2/compliance/jobs",
            |t, _| t.compliance().create_job("users").name("Nightly").resumable(false).compliance_job_fields(JOB),
            |s, job| {
                set(&mut s.job, job.id);
                set(&mut s.job_token, job.upload_url.as_deref().and_then(|url| Some(url.split_once("token=")?.1)));
            },
        ),
        call("PUT", "/2/compliance/jobs/{id}/upload", |t, s| t.compliance().upload_ids(&s.job, &s.job_token, format!("{}\n12\n", s.grace))),
        call("GET", "/2/compliance/jobs", |t, _| t.compliance().jobs("users").compliance_job_fields(JOB)),
        call("GET", "/2/compliance/jobs/{id}", |t, s| t.compliance().get_job(&s.job).compliance_job_fields(JOB)),
        call("GET", "/2/compliance/jobs/{id}/download", |t, s| t.compliance().download_results(&s.job, &s.job_token)),
        call("DELETE", "/2/compliance/jobs/{id}", |t, s| t.compliance().cancel_job(&s.job).compliance_job_fields(JOB)),
    ]
}

fn bots() -> Vec<Call> {
    vec![
        keep(
            "POST",
            "/2/bots",
            |t, _| t.bots().create("walk_bot").display_name("Walk bot").scopes(["tweet.read"]),
            |s, bot| set(&mut s.bot, bot.id),
        ),
        call("GET", "/2/bots", |t, _| t.bots().list().user_fields(USER).expansions(USER_EXPANSIONS).post_fields(POST)),
        call("PUT", "/2/bots/{id}", |t, s| t.bots().update(&s.bot).display_name("Run bot").dm_permission("no_one")),
        call("POST", "/2/bots/{id}/token", |t, s| t.bots().rotate_token(&s.bot).scopes(["tweet.read"])),
        call("DELETE", "/2/bots/{id}/token", |t, s| t.bots().revoke_token(&s.bot)),
        call("DELETE", "/2/bots/{id}", |t, s| t.bots().delete(&s.bot)),
    ]
}

fn accounts() -> Vec<Call> {
    vec![
        call("POST", "/2/account", |t, _| t.account().get_or_create().metadata("walks")),
        call("GET", "/2/account", |t, _| t.account().get()),
        keep(
            "POST",
            "/2/articles/draft",
            |t, _| {
                let content = ArticleContentInput::new([ArticleBlockInput::new("Go.", "unstyled")], [] as [ArticleEntityInput; 0]);
                t.articles().create_draft("On walking", content)
            },
            |s, article| set(&mut s.article, article.id),
        ),
        call("POST", "/2/articles/{article_id}/publish", |t, s| t.articles().publish(&s.article)),
        call("GET", "/2/usage/credits", |t, _| t.usage().credits()),
        call("GET", "/2/usage/tweets", |t, _| t.usage().posts().days(7).usage_fields(["project_cap", "project_usage"])),
        call("GET", "/2/openapi.json", |t, _| t.general().openapi()),
    ]
}
