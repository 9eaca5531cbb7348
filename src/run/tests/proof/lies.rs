//! Writes that are executed, and answered as if they were not: by the instance, by a gateway before it, or by a firewall.

use axum::http::{Response, StatusCode};

/// What a write is answered with after it was executed: a status and a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lie {
    status: u16,
    /// The code of the error, an empty one for none; without it, a page of HTML.
    code: Option<&'static str>,
}

const LIES: [Lie; 11] = [
    // No 601 and 602: of these the documentation is clear that nothing was executed.
    answer("709"),
    answer("604"),
    answer("606"),
    answer("608"),
    answer("615"),
    answer("4711"),
    // A failure without a reason.
    answer(""),
    page(401),
    page(403),
    page(413),
    page(302),
];

const fn answer(code: &'static str) -> Lie {
    Lie {
        status: 200,
        code: Some(code),
    }
}

const fn page(status: u16) -> Lie {
    Lie { status, code: None }
}

impl Lie {
    pub(super) fn draw(random: &mut fastrand::Rng) -> Self {
        *random.choice(&LIES).unwrap()
    }

    /// The answer.
    pub(super) fn told(self) -> Response<Vec<u8>> {
        let body = match self.code {
            None => "<html><title>No</title></html>".to_owned(),
            Some("") => r#"{"requestId":"a#1","success":false}"#.to_owned(),
            Some(code) => format!(
                r#"{{"requestId":"a#1","success":false,"errors":[{{"code":"{code}","message":"no"}}]}}"#
            ),
        };
        let mut response = Response::new(body.into_bytes());
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
        response
    }
}
