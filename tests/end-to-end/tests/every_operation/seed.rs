//! The inputs of the calls of the table.

use paragon_twitter::types::{DmAttachmentInput, PostReplyInput};
use paragon_twitter::{Result, Twitter};
use paragon_twitter_emulator::{Emulator, Processing};

/// The fields and expansions that most lists of users and posts take.
pub const USER: [&str; 4] = ["created_at", "description", "public_metrics", "verified"];
pub const USER_EXPANSIONS: [&str; 2] = ["pinned_post_id", "most_recent_post_id"];
pub const POST: [&str; 5] = ["created_at", "conversation_id", "entities", "lang", "public_metrics"];
pub const POST_EXPANSIONS: [&str; 4] = ["author_id", "referenced_posts", "in_reply_to_user_id", "attachments.media_keys"];
pub const MEDIA: [&str; 3] = ["type", "width", "height"];

/// Paragon's names of the users behind [`Cast`](crate::call::Cast), and of one more who only is there.
pub const ADA: &str = paragon_twitter_emulator::DEFAULT_USER_ID;
pub const GRACE: &str = "user-43";
pub const ALAN: &str = "user-44";

/// The ids that calls need. An id that is not made at the start is empty until a call of the table has made it.
#[derive(Default)]
pub struct Seed {
    /// Ada, Grace and Alan as users of X.
    pub me: String,
    pub grace: String,
    pub alan: String,
    /// A post of Grace; one of Ada, which Grace has liked, quoted and reposted; and Grace's reply to it.
    pub post: String,
    pub question: String,
    pub reply: String,
    /// Subtitles that Ada has uploaded, and an image that she sent to Grace: the event, the image and the name of its file.
    pub subtitles: String,
    pub image: [String; 3],
    /// Ids that no call makes: these are nobody's.
    pub space: String,
    pub community: String,
    pub news: String,
    /// Ids that calls make.
    pub article: String,
    pub bot: String,
    pub broadcast: String,
    pub call: String,
    pub chat: String,
    pub chat_media: String,
    pub chat_upload: String,
    pub connection: String,
    pub conversation: String,
    pub dm_event: String,
    pub folder: String,
    pub invite: String,
    pub job: String,
    pub job_token: String,
    pub list: String,
    pub media: String,
    pub media_key: String,
    pub my_post: String,
    pub note: String,
    pub rule: String,
    pub scheduled_broadcast: String,
    pub scheduled_call: String,
    pub source: String,
    pub subscription: String,
    pub user_broadcast: String,
    pub user_source: String,
    pub webhook: String,
}

impl Seed {
    pub async fn new(emulator: &Emulator, ada: &Twitter, grace: &Twitter) -> Result<Self> {
        let question = emulator.x().post(ADA, "Who is up for a walk?");
        let reply = grace.posts().create().text("I am").reply(PostReplyInput::new(&question)).await?;
        grace.posts().create().text("Ask Ada").quote_post_id(&question).await?;
        let (me, id) = (emulator.paragon().x_user_id(ADA), emulator.paragon().x_user_id(GRACE));
        grace.users().follow(&id, &me).await?;
        grace.users().like(&id, &question).await?;
        grace.users().repost(&id, &question).await?;
        let subtitles = upload(ada, "subtitles", "text/srt", b"1").await?;
        let image = send_image(ada, &id).await?;
        // The upload of the table is a video, and asked for once.
        emulator.x().process_next_upload(Processing::succeeds_after(1));
        Ok(Self {
            me,
            grace: id,
            alan: emulator.paragon().x_user_id(ALAN),
            post: emulator.x().post(GRACE, "Good morning @ada, a #walk? https://example.com"),
            question,
            reply: reply.data.id.to_string(),
            subtitles,
            image,
            space: "1DXxyRYNejbKM".to_owned(),
            community: "1146654567674912769".to_owned(),
            news: "1806321734923456789".to_owned(),
            ..Self::default()
        })
    }
}

/// Uploads something, and returns its id.
async fn upload(twitter: &Twitter, category: &str, media_type: &str, bytes: &'static [u8]) -> Result<String> {
    let begun = twitter.media().initialize_upload().media_category(category).media_type(media_type).total_bytes(bytes.len() as i64).await?;
    let id = begun.data.id.unwrap_or_default();
    twitter.media().append_upload(&id, 0, bytes).await?;
    twitter.media().finalize_upload(&id).await?;
    Ok(id.to_string())
}

/// Sends an image, and returns the event, the image, and the name of the file that it can be had under.
async fn send_image(from: &Twitter, to: &str) -> Result<[String; 3]> {
    let image = upload(from, "dm_image", "image/gif", b"GIF89a").await?;
    let sent = from.direct_messages().send(to).text("Look").attachments([DmAttachmentInput::new(&image)]).await?;
    let event = sent.data.dm_event_id.unwrap_or_default().to_string();
    let shown = from.direct_messages().get_event(&event).dm_event_fields(["attachments"]);
    let shown = shown.expansions(["attachments.media_keys"]).media_fields(["url"]).await?;
    let url = shown.includes.media.into_iter().find_map(|medium| medium.url).unwrap_or_default();
    let file = url.rsplit('/').next().unwrap_or_default().to_owned();
    Ok([event, image, file])
}

/// Remembers an id, if an answer has one.
pub fn set(place: &mut String, id: Option<impl ToString>) {
    if let Some(id) = id {
        *place = id.to_string();
    }
}
