//! The way to the engine: requests and events over Tauri's IPC. Nothing else in the window may use it.

use serde::de::DeserializeOwned;
use wardmail_api::event::EVENT;
use wardmail_api::{ApiError, AppEvent, Command, ErrorCode};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI_INTERNALS__"])]
    async fn invoke(name: &str, arguments: JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI_INTERNALS__"], js_name = transformCallback)]
    fn transform_callback(callback: &JsValue, once: bool) -> Result<JsValue, JsValue>;
}

/// Sends a request and waits for its answer.
///
/// # Errors
/// What the engine says; [`ErrorCode::Internal`] where the answer makes no sense.
pub(crate) async fn call<C: Command>(request: C) -> Result<C::Output, ApiError> {
    let json = serde_json::to_string(&request).map_err(|_| ErrorCode::Internal)?;
    drop(request);
    read(&exchange(C::NAME, json).await?)
}

/// Listens to what the engine tells unasked, for as long as the page lives.
///
/// # Errors
/// When the shell refuses.
pub(crate) async fn listen(tell: impl Fn(AppEvent) + 'static) -> Result<(), ApiError> {
    let callback = Closure::<dyn Fn(JsValue)>::new(move |message: JsValue| {
        let payload = js_sys::Reflect::get(&message, &JsValue::from_str("payload"));
        // An event that this window doesn't know belongs to a newer shell: there is none, so it is dropped.
        if let Ok(event) = payload.map_err(failure).and_then(|payload| read(&text(&payload)?)) {
            tell(event);
        }
    })
    .into_js_value();
    let handler = transform_callback(&callback, false).map_err(failure)?;
    let arguments = object(&[
        ("event", JsValue::from_str(EVENT)),
        ("target", object(&[("kind", JsValue::from_str("Any"))])?),
        ("handler", handler),
    ])?;
    invoke("plugin:event|listen", arguments).await.map_err(failure)?;
    Ok(())
}

async fn exchange(name: &str, json: String) -> Result<String, ApiError> {
    let request = js_sys::JSON::parse(&json).map_err(failure)?;
    drop(json);
    let answer = invoke(name, object(&[("request", request)])?).await.map_err(failure)?;
    text(&answer)
}

fn object(members: &[(&str, JsValue)]) -> Result<JsValue, ApiError> {
    let object = js_sys::Object::new();
    for (name, value) in members {
        js_sys::Reflect::set(&object, &JsValue::from_str(name), value).map_err(failure)?;
    }
    Ok(object.into())
}

/// An answer as JSON; a command that answers with nothing gives `null`.
fn text(value: &JsValue) -> Result<String, ApiError> {
    if value.is_undefined() {
        return Ok("null".to_owned());
    }
    js_sys::JSON::stringify(value).map(String::from).map_err(failure)
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, ApiError> {
    serde_json::from_str(json).map_err(|_| ErrorCode::Internal.into())
}

/// A rejection: the engine's error, or whatever the shell says, which is never shown.
#[expect(clippy::needless_pass_by_value, reason = "a function for map_err")]
fn failure(rejected: JsValue) -> ApiError {
    js_sys::JSON::stringify(&rejected)
        .ok()
        .and_then(|json| serde_json::from_str(&String::from(json)).ok())
        .unwrap_or_else(|| ErrorCode::Internal.into())
}
