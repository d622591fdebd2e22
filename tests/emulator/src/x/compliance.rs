//! Compliance jobs. Uploaded ids are compared with the state at that moment.

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::{Answer, Call, Entry, Envelope, Problem, View};
use crate::problem::resource_not_found;
use crate::state::{Job, JobId, JobKind, JobState, World, created_at, show_time};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GET, "/2/compliance/jobs", list),
    (Method::POST, "/2/compliance/jobs", create),
    (Method::GET, "/2/compliance/jobs/{id}", by_id),
    (Method::DELETE, "/2/compliance/jobs/{id}", delete),
    (Method::PUT, "/2/compliance/jobs/{id}/upload", upload),
    (Method::GET, "/2/compliance/jobs/{id}/download", download),
];

/// Keeps the tokens of jobs apart from their ids; it is no secret.
const MASK: u64 = 0x00c0_4911_a2ce_5eed;

/// The secret in the URLs of a job, without which nobody gets in.
fn token(id: JobId) -> String {
    format!("{:016x}", id ^ MASK)
}

fn url(x_url: &str, id: JobId, direction: &str) -> String {
    format!("{x_url}/2/compliance/jobs/{id}/{direction}?token={}", token(id))
}

fn render(view: &View, x_url: &str, job: &Job) -> Value {
    let mut object = view.object("compliance_job");
    object.put("id", || Some(job.id.to_string()));
    object.put("type", || Some(job.kind.name()));
    object.put("name", || job.name.as_deref());
    object.put("resumable", || Some(job.resumable));
    object.put("status", || Some(job.state.name()));
    object.put("created_at", || Some(created_at(job.id)));
    object.put("upload_url", || Some(url(x_url, job.id, "upload")));
    object.put("upload_expires_at", || Some(show_time(job.upload_expires_at())));
    object.put("download_url", || Some(url(x_url, job.id, "download")));
    object.put("download_expires_at", || Some(show_time(job.download_expires_at())));
    object.finish()
}

impl Call<'_> {
    fn show_job(&self, job: &Job) -> Result<Answer, Problem> {
        self.data(render(&self.view(), &self.shared.x_url, job))
    }

    /// The job in the path.
    fn job_in_path(&mut self) -> Result<&mut Job, Problem> {
        let id = self.id(0);
        let missing = Problem::not_found(&resource_not_found("compliance_job", self.path_name(0), &self.path[0]));
        self.world.compliance.get_mut(&id).ok_or(missing)
    }

    /// The job in the path, if the request has the token of its URLs.
    fn job_by_url(&mut self) -> Result<&mut Job, Problem> {
        let id = self.job_in_path()?.id;
        if self.query.get("token") != Some(&token(id)) {
            return Err(Problem::forbidden("The token is not the one of this job."));
        }
        self.job_in_path()
    }
}

fn list(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (kind, status) = (call.query.get("type"), call.query.get("status"));
    let view = call.view();
    let mut data = Vec::new();
    for job in call.world.compliance.values_mut().rev() {
        if kind == Some(job.kind.name()) {
            if status.is_none_or(|status| status == job.state.name()) {
                data.push(render(&view, &call.shared.x_url, job));
            }
            // Whoever asks for those that are complete waits for this one.
            job.looked_at();
        }
    }
    let meta = Map::from_iter([("result_count".to_owned(), data.len().into())]);
    call.answer(Envelope { data: (!data.is_empty()).then(|| data.into()), meta, ..Envelope::default() })
}

fn create(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let job = Job {
        id: call.world.next_id(),
        kind: if call.text("type") == Some(JobKind::Users.name()) { JobKind::Users } else { JobKind::Posts },
        name: call.text("name").map(str::to_owned),
        resumable: call.body["resumable"] == true,
        state: JobState::Created,
    };
    let answer = call.show_job(&job);
    call.world.compliance.insert(job.id, job);
    answer
}

fn by_id(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let (view, shared) = (call.view(), call.shared);
    let job = call.job_in_path()?;
    let shown = render(&view, &shared.x_url, job);
    job.looked_at();
    call.data(shown)
}

/// The job is answered as it was.
fn delete(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let id = call.job_in_path()?.id;
    match call.world.compliance.remove(&id) {
        Some(job) => call.show_job(&job),
        None => Err(Problem::missing("compliance_job", "id", &id.to_string())),
    }
}

/// The ids of a file, one on each line, or nothing if something else is there.
fn ids(file: &[u8]) -> Option<Vec<u64>> {
    let lines = std::str::from_utf8(file).ok()?.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| line.bytes().all(|byte| byte.is_ascii_digit()).then(|| line.parse().ok()).flatten()).collect()
}

/// The things named in a file that are gone, a line of JSON for each. When it went is not known here, so `redacted_at` is left out.
fn results(world: &World, kind: JobKind, ids: &[u64]) -> Bytes {
    let gone = ids.iter().filter(|id| match kind {
        JobKind::Posts => world.deleted_author(**id).is_some(),
        JobKind::Users => world.user(**id).is_none(),
    });
    let line = |id: &u64| json!({ "id": id.to_string(), "action": "delete", "created_at": created_at(*id), "reason": "deleted" });
    gone.map(|id| format!("{}\n", line(id))).collect::<String>().into()
}

fn upload(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let now = call.world.now();
    let job = call.job_by_url()?;
    if job.state != JobState::Created {
        return Err(Problem::blank(StatusCode::BAD_REQUEST, "The job has its ids already."));
    }
    if now >= job.upload_expires_at() {
        return Err(Problem::forbidden("The time to upload to this job is over."));
    }
    let kind = job.kind;
    let results = ids(call.raw_body).map(|ids| results(call.world, kind, &ids));
    let (view, shared) = (call.view(), call.shared);
    let job = call.job_in_path()?;
    job.state = JobState::InProgress(results);
    let shown = render(&view, &shared.x_url, job);
    call.data(shown)
}

fn download(call: &mut Call<'_>) -> Result<Answer, Problem> {
    let now = call.world.now();
    let job = call.job_by_url()?;
    if now >= job.download_expires_at() {
        return Err(Problem::forbidden("The time to download from this job is over."));
    }
    let JobState::Complete(results) = &job.state else {
        return Err(Problem::blank(StatusCode::NOT_FOUND, "The job has no results, or not yet."));
    };
    let results = results.clone();
    Ok(Answer::bytes(call.operation.status, results).with_content_type("application/octet-stream"))
}
