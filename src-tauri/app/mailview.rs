//! Serves the HTML of an opened message to the script-less frame that shows it.
//!
//! The frame's address is a random token that the engine gave out for this message and forgets at
//! lock. The page arrives sanitised; the headers here make sure that nothing in it could run or
//! load even if sanitising had failed.

use tauri::{
    Runtime, UriSchemeContext, UriSchemeResponder,
    http::{Request, Response, StatusCode, header},
};

use crate::engine;

/// The scheme of the frame's address.
pub(crate) const SCHEME: &str = "mailview";

/// No script, no load, no form, no parent: pictures only as data that the engine put in.
const CSP: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; sandbox";

/// Answers the frame.
#[expect(clippy::needless_pass_by_value, reason = "the shell's signature for scheme handlers")]
pub(crate) fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let engine = engine(context.app_handle());
    let token = request.uri().path().trim_start_matches('/').to_owned();
    tauri::async_runtime::spawn(async move {
        responder.respond(match engine.frame(&token).await {
            Some(html) => answer(StatusCode::OK, html),
            None => answer(StatusCode::NOT_FOUND, Vec::new()),
        });
    });
}

fn answer(status: StatusCode, html: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(html);
    *response.status_mut() = status;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_DNS_PREFETCH_CONTROL, "off"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    response
}
