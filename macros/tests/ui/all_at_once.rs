use paragon_twitter::{Value, paragon_request};

#[paragon_request(GETT, "2/circles/{circle_id}/{}", scope = ["like.read"], integration = "slack!")]
fn everything(
    circel_id: &str,
    max_results: Option<u32>,
    #[qeury] fields: &[u8],
    #[header("a b")] beta: bool,
    #[body] one: &Value,
    #[body] other: &Value,
) -> paragon_twitter::Reply<&Value> {
}

// The function in error is declared all the same, so that its use is no error as well.
async fn user() {
    let _ = everything("", None, &[], true, &Value::Null, &Value::Null);
}

fn main() {}
