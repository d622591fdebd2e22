//! Users: how they are shown, and looking them up.

use http::Method;
use serde_json::{Value, json};

use super::{Answer, Call, Entry, Envelope, Included, Page, Problem, View};
use crate::problem::resource_not_found;
use crate::state::{User, UserId, World, created_at};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/users/me", me),
    (Method::GET, "/2/users", by_ids),
    (Method::GET, "/2/users/by", by_usernames),
    (Method::GET, "/2/users/by/username/{username}", by_username),
    (Method::GET, "/2/users/search", search),
    (Method::GET, "/2/users/{id}", by_id),
];

/// A user with the fields that were asked for.
pub(super) fn render(view: &View, world: &World, user: &User) -> Value {
    let mut object = view.object("user").own(view.viewer == Some(user.id));
    object.put("id", || Some(user.id.to_string()));
    object.put("name", || Some(user.name.as_str()));
    object.put("username", || Some(user.username.as_str()));
    object.put("confirmed_email", || Some(format!("{}@example.com", user.username)));
    object.put("connection_status", || view.viewer.filter(|viewer| *viewer != user.id).map(|viewer| connection(world, viewer, user.id)));
    object.put("created_at", || Some(created_at(user.id)));
    object.put("description", || Some(user.description.as_str()));
    object.put("is_identity_verified", || Some(user.verified));
    object.put("location", || user.location.as_deref());
    object.put("most_recent_post_id", || Some(world.posts_of(user.id).next()?.id.to_string()));
    object.put("pinned_post_id", || Some(user.pinned_post?.to_string()));
    object.put("profile_image_url", || Some(format!("https://example.com/{}.png", user.username)));
    object.put("protected", || Some(user.protected));
    object.put("public_metrics", || Some(metrics(view, world, user)));
    object.put("receives_your_dm", || Some(view.viewer.is_none_or(|viewer| world.may_message(viewer, user.id))));
    object.put("url", || user.url.as_deref());
    object.put("verified", || Some(user.verified));
    object.put("verified_type", || Some(if user.verified { "blue" } else { "none" }));
    object.finish_as(world, user.id)
}

fn metrics(view: &View, world: &World, user: &User) -> Value {
    let media = world.posts_of(user.id).map(|post| post.media.len()).sum::<usize>();
    json!({
        "followers_count": world.follows.count_to(user.id),
        "following_count": world.follows.count_from(user.id),
        view.dialect.spell("post_count"): world.count_posts_of(user.id),
        "listed_count": world.lists.count_public_of(user.id),
        "like_count": world.likes.count_from(user.id),
        "media_count": media,
    })
}

fn connection(world: &World, viewer: UserId, user: UserId) -> Vec<&'static str> {
    let all = [
        ("following", world.follows.has(viewer, user)),
        ("followed_by", world.follows.has(user, viewer)),
        ("blocking", world.blocks.has(viewer, user)),
        ("muting", world.mutes.has(viewer, user)),
    ];
    let names: Vec<&str> = all.into_iter().filter(|(_, holds)| *holds).map(|(name, _)| name).collect();
    if names.is_empty() { vec!["none"] } else { names }
}

/// The objects that the expansions bring in for users.
pub(super) fn expand(view: &View, world: &World, users: &[&User], included: &mut Included) {
    for user in users {
        if view.expands("most_recent_post_id")
            && let Some(post) = world.posts_of(user.id).next()
        {
            included.post(post.id);
        }
        if view.expands("pinned_post_id")
            && let Some(post) = user.pinned_post.and_then(|id| world.post(id))
        {
            included.post(post.id);
        }
    }
}

impl Call<'_> {
    /// Answers with one user.
    pub(super) fn show_user(&self, user: &User) -> Result<Answer, Problem> {
        let view = self.view();
        let mut included = Included::default();
        expand(&view, self.world, &[user], &mut included);
        let includes = view.includes(self.world, &included);
        self.answer(Envelope { data: Some(render(&view, self.world, user)), includes, errors: included.errors, ..Envelope::default() })
    }

    /// Answers with a page of users, each with the key of its place.
    pub(super) fn show_users(&self, users: impl Iterator<Item = (u64, UserId)>) -> Result<Answer, Problem> {
        let page = Page::of(self, users.filter_map(|(key, id)| Some((key, self.world.user(id)?))))?;
        self.list_users(&page.items, Included::default(), page.meta)
    }

    fn list_users(&self, users: &[&User], mut included: Included, meta: serde_json::Map<String, Value>) -> Result<Answer, Problem> {
        let view = self.view();
        expand(&view, self.world, users, &mut included);
        let data: Vec<Value> = users.iter().map(|user| render(&view, self.world, user)).collect();
        let includes = view.includes(self.world, &included);
        self.answer(Envelope { data: (!data.is_empty()).then(|| data.into()), includes, errors: included.errors, meta })
    }

    /// The user in the path.
    pub(super) fn user_in_path(&self) -> Result<&User, Problem> {
        let id = self.id(0);
        self.world.user(id).ok_or_else(|| Problem::missing("user", self.path_name(0), &self.path[0]))
    }

    /// Answers with users that were asked for one by one, and with an error for each that is not there.
    fn each_user<'w>(&'w self, parameter: &str, find: impl Fn(&'w World, &str) -> Option<&'w User>) -> Result<Answer, Problem> {
        let mut users: Vec<&User> = Vec::new();
        let mut included = Included::default();
        for wanted in self.query.list(parameter) {
            match find(self.world, wanted) {
                Some(user) => users.push(user),
                None => included.errors.push(resource_not_found("user", parameter, wanted)),
            }
        }
        self.list_users(&users, included, serde_json::Map::new())
    }
}

fn me(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let id = call.user()?;
    match call.world.user(id) {
        Some(user) => call.show_user(user),
        None => Err(Problem::missing("user", "id", &id.to_string())),
    }
}

fn by_id(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user_in_path()?;
    call.show_user(user)
}

fn by_username(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let name = &call.path[0];
    match call.world.user_by_name(name) {
        Some(user) => call.show_user(user),
        None => Err(Problem::missing("user", "username", name)),
    }
}

fn by_ids(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.each_user("ids", |world, id| world.user(id.parse().ok()?))
}

fn by_usernames(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.each_user("usernames", World::user_by_name)
}

/// X's own ranking is not public: here it is everybody whose name or username has the words, the newest first.
fn search(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let words: Vec<String> = call.query.get("query").unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
    let found = call.world.users().filter(|user| {
        let names = format!("{} {}", user.name, user.username).to_lowercase();
        words.iter().all(|word| names.contains(word.trim_start_matches('@')))
    });
    call.show_users(found.map(|user| (user.id, user.id)))
}
