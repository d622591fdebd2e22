//! X's description of itself: the one that the emulator works by.

use http::Method;

use super::{Answer, Call, Entry, Problem};

pub(super) const HANDLERS: &[Entry] = &[(Method::GET, "/2/openapi.json", description)];

fn description(call: &mut Call<'_>) -> Result<Answer, Problem> {
    Ok(Answer::json(call.operation.status, call.shared.description.document()))
}
