//! Whom a user follows, mutes and blocks.

use http::Method;
use serde_json::json;

use super::{Answer, Call, Entry, Problem};
use crate::problem::invalid;
use crate::state::{UserId, World};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/users/me/followers", my_followers),
    (Method::GET, "/2/users/me/following", my_following),
    (Method::GET, "/2/users/{id}/followers", followers),
    (Method::GET, "/2/users/{id}/following", following),
    (Method::POST, "/2/users/{id}/following", follow),
    (Method::DELETE, "/2/users/{source_user_id}/following/{target_user_id}", unfollow),
    (Method::GET, "/2/users/{id}/muting", muting),
    (Method::POST, "/2/users/{id}/muting", mute),
    (Method::DELETE, "/2/users/{source_user_id}/muting/{target_user_id}", unmute),
    (Method::GET, "/2/users/{id}/blocking", blocking),
    (Method::POST, "/2/users/{id}/blocking", block),
    (Method::DELETE, "/2/users/{source_user_id}/blocking/{target_user_id}", unblock),
];

fn my_followers(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.show_users(call.world.follows.to(call.user()?))
}

fn my_following(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.show_users(call.world.follows.from(call.user()?))
}

fn followers(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user_in_path()?;
    call.show_users(call.world.follows.to(user.id))
}

fn following(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let user = call.user_in_path()?;
    call.show_users(call.world.follows.from(user.id))
}

fn muting(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.show_users(call.world.mutes.from(call.own_user()?))
}

fn blocking(call: &mut Call<'_>) -> Result<Answer, Problem> {
    call.show_users(call.world.blocks.from(call.own_user()?))
}

/// The caller, and the other user whom the body names.
fn target_in_body(call: &Call<'_>) -> Result<(UserId, UserId), Problem> {
    let user = call.own_user()?;
    let target = call.body_id("target_user_id");
    let named = call.text("target_user_id").unwrap_or_default();
    let fault = if call.world.user(target).is_none() {
        "is not a user"
    } else if target == user {
        "is the authenticating user"
    } else {
        return Ok((user, target));
    };
    Err(Problem::invalid_request(vec![invalid("target_user_id", &[named], format!("$.target_user_id: {fault}"))]))
}

/// Ends a relation of the caller with the user in the path, whether there is one or not.
fn end(call: &mut Call<'_>, end: fn(&mut World, UserId, UserId), name: &str) -> Result<Answer, Problem> {
    let user = call.own_user()?;
    let target = call.id(1);
    end(call.world, user, target);
    call.data(json!({ name: false }))
}

fn follow(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (user, target) = target_in_body(call)?;
    if call.world.blocks.has(target, user) {
        return Err(Problem::forbidden("You have been blocked from following this account."));
    }
    // A protected user would have to agree, which nobody does here.
    let pending = call.world.user(target).is_some_and(|target| target.protected) && !call.world.follows.has(user, target);
    if !pending {
        call.world.follow(user, target);
    }
    call.data(json!({ "following": !pending, "pending_follow": pending }))
}

fn unfollow(call: &mut Call<'_>) -> Result<Answer, Problem> {
    end(call, World::unfollow, "following")
}

fn mute(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (user, target) = target_in_body(call)?;
    call.world.mute(user, target);
    call.data(json!({ "muting": true }))
}

fn unmute(call: &mut Call<'_>) -> Result<Answer, Problem> {
    end(call, World::unmute, "muting")
}

/// A block ends following in both directions.
fn block(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (user, target) = target_in_body(call)?;
    call.world.block(user, target);
    call.world.unfollow(user, target);
    call.world.unfollow(target, user);
    call.data(json!({ "blocking": true }))
}

fn unblock(call: &mut Call<'_>) -> Result<Answer, Problem> {
    end(call, World::unblock, "blocking")
}
