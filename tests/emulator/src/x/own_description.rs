//! X's description of itself, by which the emulator works.

use http::Method;

use super::{Answer, Call, Entry, Problem};

pub(super) const HANDLERS: &[Entry] = &[(Method::GET, "/2/openapi.json", description)];

fn description(call: &mut Call<'_>) -> Result<Answer, Problem> {
    Ok(Answer::json(call.operation.status, call.shared.description.document()))
}
