//! Compliance jobs: which of the posts or users that somebody keeps are gone.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

use super::time_of;

/// How long ids may be uploaded, and results downloaded, after a job was made.
const UPLOAD_TIME: SignedDuration = SignedDuration::from_mins(15);
const DOWNLOAD_TIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The id of a job.
pub(crate) type JobId = u64;

/// The kind of a job's ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobKind {
    Posts,
    Users,
}

impl JobKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Posts => "tweets",
            Self::Users => "users",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JobState {
    /// Waits for ids.
    Created,
    /// Has its ids; of a file that cannot be read there will be no results.
    InProgress(Option<Bytes>),
    Failed,
    Complete(Bytes),
}

impl JobState {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::InProgress(_) => "in_progress",
            Self::Failed => "failed",
            Self::Complete(_) => "complete",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: JobId,
    pub(crate) kind: JobKind,
    pub(crate) name: Option<String>,
    pub(crate) resumable: bool,
    pub(crate) state: JobState,
}

impl Job {
    pub(crate) fn upload_expires_at(&self) -> Timestamp {
        time_of(self.id).saturating_add(UPLOAD_TIME).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn download_expires_at(&self) -> Timestamp {
        time_of(self.id).saturating_add(DOWNLOAD_TIME).unwrap_or(Timestamp::MAX)
    }

    /// Goes on with a job whose state was asked for: it is in progress for one look, so that whoever waits for it has to look again.
    pub(crate) fn looked_at(&mut self) {
        if let JobState::InProgress(results) = &mut self.state {
            self.state = results.take().map_or(JobState::Failed, JobState::Complete);
        }
    }
}

/// All jobs by their ids.
pub(crate) type Jobs = BTreeMap<JobId, Job>;
