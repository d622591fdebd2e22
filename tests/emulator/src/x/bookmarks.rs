//! Bookmarked posts, and the folders that they are in.

use http::Method;
use serde_json::{Value, json};

use super::{Answer, Call, Entry, Envelope, Page, Problem};
use crate::problem::{invalid, resource_not_found};
use crate::state::{Folder, PostId, UserId};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/users/{id}/bookmarks", list),
    (Method::POST, "/2/users/{id}/bookmarks", add),
    (Method::DELETE, "/2/users/{id}/bookmarks/{tweet_id}", remove),
    (Method::GET, "/2/users/{id}/bookmarks/folders", folders),
    (Method::POST, "/2/users/{id}/bookmarks/folders", create_folder),
    (Method::GET, "/2/users/{id}/bookmarks/folders/{folder_id}", folder),
];

fn list(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.own_user()?;
    call.show_posts(call.world.bookmarks.posts.from(user).filter_map(|(moment, id)| Some((moment, call.world.post(id)?))))
}

/// Bookmarks one post, or several, each with its own success.
fn add(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.own_user()?;
    let folder = match call.text("folder_id") {
        Some(named) => {
            let folder = call.world.bookmarks.folders.get(&call.body_id("folder_id")).filter(|folder| folder.owner == user);
            let fault = || {
                Problem::invalid_request(vec![invalid("folder_id", &[named], "$.folder_id: is not a folder of the authenticating user")])
            };
            Some(folder.ok_or_else(fault)?.id)
        }
        None => None,
    };
    let Some(ids) = call.body["tweet_ids"].as_array().cloned() else {
        let (_, post) = call.post_in_body()?;
        bookmark(call, user, post, folder);
        return call.data(json!({ "bookmarked": true }));
    };
    let (mut data, mut errors) = (Vec::new(), Vec::new());
    for named in ids.iter().filter_map(Value::as_str) {
        match named.parse().ok().filter(|id| call.world.post(*id).is_some_and(|post| call.sees(post))) {
            Some(post) => {
                bookmark(call, user, post, folder);
                data.push(json!({ "tweet_id": named, "bookmarked": true }));
            }
            None => errors.push(json!({ "tweet_id": named, "title": "Not Found Error", "detail": "There is no such post." })),
        }
    }
    call.answer(Envelope { data: Some(data.into()), errors, ..Envelope::default() })
}

fn bookmark(call: &mut Call<'_>, user: UserId, post: PostId, folder: Option<u64>) {
    let moment = call.world.next_id();
    call.world.bookmarks.posts.add(user, post, moment);
    if let Some(folder) = folder {
        call.world.bookmarks.filed.add(folder, post, moment);
    }
}

fn remove(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (user, post) = (call.own_user()?, call.id(1));
    call.world.bookmarks.remove(user, post);
    call.data(json!({ "bookmarked": false }))
}

fn render(folder: &Folder) -> Value {
    json!({ "id": folder.id.to_string(), "name": folder.name })
}

fn folders(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.own_user()?;
    let own = call.world.bookmarks.folders.values().rev().filter(|folder| folder.owner == user);
    let page = Page::of(call, own.map(|folder| (folder.id, render(folder))))?;
    call.answer(Envelope { data: Some(page.items.into()), meta: page.meta, ..Envelope::default() })
}

fn create_folder(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let owner = call.own_user()?;
    let name = call.text("name").unwrap_or_default().to_owned();
    let folder = Folder { id: call.world.next_id(), owner, name };
    let data = render(&folder);
    call.world.bookmarks.folders.insert(folder.id, folder);
    call.data(data)
}

fn folder(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.own_user()?;
    let id = call.id(1);
    if call.world.bookmarks.folders.get(&id).is_none_or(|folder| folder.owner != user) {
        return Err(Problem::not_found(&resource_not_found("folder", call.path_name(1), &call.path[1])));
    }
    let filed = call.world.bookmarks.filed.from(id).filter(|(_, post)| call.world.post(*post).is_some_and(|post| call.sees(post)));
    let page = Page::of(call, filed.map(|(moment, post)| (moment, json!({ "id": post.to_string() }))))?;
    call.answer(Envelope { data: Some(page.items.into()), meta: page.meta, ..Envelope::default() })
}
