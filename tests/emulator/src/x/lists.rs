//! Lists of users: their members, who follows and who pins them.

use http::Method;
use serde_json::{Map, Value, json};

use super::{Answer, Call, Entry, Envelope, Included, Page, Problem, View};
use crate::problem::{invalid, resource_not_found};
use crate::state::{List, PostId, Relation, UserId, World, created_at};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::POST, "/2/lists", create),
    (Method::GET, "/2/lists/{id}", by_id),
    (Method::PUT, "/2/lists/{id}", update),
    (Method::DELETE, "/2/lists/{id}", delete),
    (Method::GET, "/2/lists/{id}/tweets", posts),
    (Method::GET, "/2/lists/{id}/followers", followers),
    (Method::GET, "/2/lists/{id}/members", members),
    (Method::POST, "/2/lists/{id}/members", add_member),
    (Method::DELETE, "/2/lists/{id}/members/{user_id}", remove_member),
    (Method::GET, "/2/users/{id}/owned_lists", owned),
    (Method::GET, "/2/users/{id}/list_memberships", memberships),
    (Method::GET, "/2/users/{id}/followed_lists", followed),
    (Method::POST, "/2/users/{id}/followed_lists", follow),
    (Method::DELETE, "/2/users/{id}/followed_lists/{list_id}", unfollow),
    (Method::GET, "/2/users/{id}/pinned_lists", pinned),
    (Method::POST, "/2/users/{id}/pinned_lists", pin),
    (Method::DELETE, "/2/users/{id}/pinned_lists/{list_id}", unpin),
];

/// A list with the fields that were asked for.
fn render(view: &View, world: &World, list: &List) -> Value {
    let mut object = view.object("list");
    object.put("id", || Some(list.id.to_string()));
    object.put("name", || Some(list.name.as_str()));
    object.put("created_at", || Some(created_at(list.id)));
    object.put("description", || Some(list.description.as_str()));
    object.put("follower_count", || Some(world.lists.followed.count_to(list.id)));
    object.put("member_count", || Some(world.lists.members.count_from(list.id)));
    object.put("owner_id", || Some(list.owner.to_string()));
    object.put("private", || Some(list.private));
    object.finish()
}

/// The objects that the expansions bring in for lists.
fn includes(view: &View, world: &World, lists: &[&List]) -> Map<String, Value> {
    let mut included = Included::default();
    if view.expands("owner_id") {
        lists.iter().for_each(|list| included.user(list.owner));
    }
    view.includes(world, &included)
}

impl Call<'_> {
    /// The list in the path, as far as the caller may see it, or the answer that there is none.
    fn list_in_path(&self, index: usize) -> Result<&List, Problem> {
        self.world
            .lists
            .visible(self.id(index), self.viewer())
            .ok_or_else(|| Problem::missing("list", self.path_name(index), &self.path[index]))
    }

    /// The id of the list in the path, which has to be the caller's own.
    fn own_list(&self) -> Result<u64, Problem> {
        let user = self.user()?;
        match self.list_in_path(0) {
            Ok(list) if list.owner == user => Ok(list.id),
            Ok(_) => Err(Problem::forbidden("The list does not belong to the authenticating user.")),
            Err(_) => Err(Problem::not_found(&resource_not_found("list", self.path_name(0), &self.path[0]))),
        }
    }

    /// The caller and the list that the body names, which they must be able to see.
    fn list_in_body(&self) -> Result<(UserId, u64), Problem> {
        let user = self.own_user()?;
        match self.world.lists.visible(self.body_id("list_id"), Some(user)) {
            Some(list) => Ok((user, list.id)),
            None => Err(Problem::not_found(&resource_not_found("list", "list_id", self.text("list_id").unwrap_or_default()))),
        }
    }

    /// Answers with a page of the lists that the caller may see, each with the key of its place.
    fn show_lists(&self, lists: impl Iterator<Item = (u64, u64)>) -> Result<Answer, Problem> {
        let seen = lists.filter_map(|(key, id)| Some((key, self.world.lists.visible(id, self.viewer())?)));
        let page = Page::of(self, seen)?;
        let view = self.view();
        let data: Vec<Value> = page.items.iter().map(|list| render(&view, self.world, list)).collect();
        let includes = includes(&view, self.world, &page.items);
        self.answer(Envelope { data: (!data.is_empty()).then(|| data.into()), includes, meta: page.meta, ..Envelope::default() })
    }
}

fn create(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let owner = call.user()?;
    let (name, description) = (call.text("name").unwrap_or_default().to_owned(), call.text("description").unwrap_or_default().to_owned());
    let id = call.world.next_id();
    let list = List { id, owner, name: name.clone(), description, private: call.body["private"] == true };
    call.world.lists.all.insert(id, list);
    call.data(json!({ "id": id.to_string(), "name": name }))
}

fn by_id(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let list = call.list_in_path(0)?;
    let view = call.view();
    let includes = includes(&view, call.world, &[list]);
    call.answer(Envelope { data: Some(render(&view, call.world, list)), includes, ..Envelope::default() })
}

fn update(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let id = call.own_list()?;
    let (name, description) = (call.text("name").map(str::to_owned), call.text("description").map(str::to_owned));
    let private = call.body["private"].as_bool();
    if let Some(list) = call.world.lists.all.get_mut(&id) {
        list.name = name.unwrap_or_else(|| std::mem::take(&mut list.name));
        list.description = description.unwrap_or_else(|| std::mem::take(&mut list.description));
        list.private = private.unwrap_or(list.private);
    }
    call.data(json!({ "updated": true }))
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let id = call.own_list()?;
    call.world.lists.delete(id);
    call.data(json!({ "deleted": true }))
}

/// The posts of the members, the newest first.
fn posts(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let list = call.list_in_path(0)?;
    let members = call.world.lists.members.from(list.id);
    let mut ids: Vec<PostId> = members.flat_map(|(_, member)| call.world.posts_of(member)).map(|post| post.id).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    call.show_posts(ids.into_iter().filter_map(|id| Some((id, call.world.post(id)?))))
}

fn followers(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let list = call.list_in_path(0)?;
    call.show_users(call.world.lists.followed.to(list.id))
}

fn members(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let list = call.list_in_path(0)?;
    call.show_users(call.world.lists.members.from(list.id))
}

fn add_member(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let list = call.own_list()?;
    let (user, named) = (call.body_id("user_id"), call.text("user_id").unwrap_or_default());
    if call.world.user(user).is_none() {
        return Err(Problem::invalid_request(vec![invalid("user_id", &[named], "$.user_id: is not a user")]));
    }
    let moment = call.world.next_id();
    call.world.lists.members.add(list, user, moment);
    call.data(json!({ "is_member": true }))
}

fn remove_member(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let list = call.own_list()?;
    let user = call.id(1);
    call.world.lists.members.remove(list, user);
    call.data(json!({ "is_member": false }))
}

fn owned(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user_in_path()?;
    call.show_lists(call.world.lists.all.values().rev().filter(|list| list.owner == user.id).map(|list| (list.id, list.id)))
}

fn memberships(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user_in_path()?;
    call.show_lists(call.world.lists.members.to(user.id))
}

fn followed(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user_in_path()?;
    call.show_lists(call.world.lists.followed.from(user.id))
}

fn pinned(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.show_lists(call.world.lists.pinned.from(call.own_user()?))
}

/// Relates the caller to the list in the body.
fn relate(call: &mut Call<'_>, relation: fn(&mut World) -> &mut Relation, name: &str) -> Result<Answer, Problem> {
    let (user, list) = call.list_in_body()?;
    let moment = call.world.next_id();
    relation(call.world).add(user, list, moment);
    call.data(json!({ name: true }))
}

/// Ends the caller's relation to the list in the path, whether there is one or not.
fn part(call: &mut Call<'_>, relation: fn(&mut World) -> &mut Relation, name: &str) -> Result<Answer, Problem> {
    let (user, list) = (call.own_user()?, call.id(1));
    relation(call.world).remove(user, list);
    call.data(json!({ name: false }))
}

fn follow(call: &mut Call<'_>) -> Result<Answer, Problem> {
    relate(call, |world| &mut world.lists.followed, "following")
}

fn unfollow(call: &mut Call<'_>) -> Result<Answer, Problem> {
    part(call, |world| &mut world.lists.followed, "following")
}

fn pin(call: &mut Call<'_>) -> Result<Answer, Problem> {
    relate(call, |world| &mut world.lists.pinned, "pinned")
}

fn unpin(call: &mut Call<'_>) -> Result<Answer, Problem> {
    part(call, |world| &mut world.lists.pinned, "pinned")
}
