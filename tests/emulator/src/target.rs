//! A request, and the operation of X that it is for.

use crate::description::{Operation, captures};
use crate::message::{Listener, RecordedRequest};
use crate::shared::Shared;
use crate::state::Caller;
use crate::{paragon, x};

pub(crate) struct Target<'a> {
    shared: &'a Shared,
    pub(crate) request: &'a RecordedRequest,
    /// The path at X, without the query; empty for a request to another service of Paragon.
    x_path: String,
    pub(crate) operation: Option<&'a Operation>,
}

impl<'a> Target<'a> {
    pub(crate) fn of(shared: &'a Shared, request: &'a RecordedRequest) -> Self {
        let x_path = match request.listener {
            Listener::Paragon => paragon::proxied_path(request),
            Listener::X => Some(request.path_only().to_owned()),
        };
        let x_path = x_path.unwrap_or_default();
        let operation = shared.description.operation_at(&request.method, &x_path);
        Self { shared, request, x_path, operation }
    }

    /// The path as a test names it: X's path if there is one.
    pub(crate) fn path(&self) -> &str {
        if self.x_path.is_empty() { self.request.path_only() } else { &self.x_path }
    }

    /// Returns whether the path is one of a template. A template of the description means its operation: `/2/users/{id}` is not `/2/users/me`.
    pub(crate) fn fits(&self, template: &str) -> bool {
        match self.operation {
            Some(operation) if operation.template == template => true,
            // It is the template of another operation.
            Some(_) if self.shared.description.operations().iter().any(|operation| operation.template == template) => false,
            _ => [self.request.path_only(), &self.x_path].into_iter().any(|path| captures(template, path).is_some()),
        }
    }

    /// On whose behalf X is called, if that can be told.
    pub(crate) fn sender(&self) -> Option<Caller> {
        match self.request.listener {
            Listener::Paragon => paragon::sender(self.shared, self.request),
            Listener::X => Some(x::sender(self.shared, self.request)?.0),
        }
    }
}
