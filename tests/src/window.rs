//! The program's real window, driven through `WebKitWebDriver`.
//!
//! Elements are found by their `data-testid` and by nothing else. Every step waits for what it needs, with a deadline.
//! A window that is dropped without [`Window::close`] leaves a picture and the logs in [`results_dir`].

mod driver;
mod evidence;
mod hold;
mod titlebar;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;
use thirtyfour::{Capabilities, Key, TypingData};

use crate::report::{note, results_dir};
use crate::session::{DesktopSession, picture};
use crate::wait::PAUSE;

use driver::Driver;
use hold::{Hold, is_lost};

/// How long a step waits for what it needs, unless told otherwise. Generous: a slow machine is no failure.
const STEP: Duration = Duration::from_secs(30);

/// How long the driver and the program may take to be there.
const START: Duration = Duration::from_mins(1);

/// A window, its driver, and where what they say is written.
#[derive(Debug)]
pub struct Window {
    hold: Mutex<Hold>,
    /// The first driver, and the program that it has started.
    first: Driver,
    variables: Vec<(String, String)>,
    display: String,
    logs: PathBuf,
    closed: bool,
}

impl Window {
    /// Starts a program in the session, with these variables besides the session's, and takes hold of its window.
    ///
    /// # Errors
    /// If the driver doesn't start or the program shows no window.
    pub async fn open(
        session: &DesktopSession,
        program: &Path,
        variables: &[(&str, &str)],
    ) -> Result<Self> {
        let program = session.reachable(program)?;
        let logs = session.log_dir();
        let display = session.display()?.to_owned();
        let mut started = start(session, &program, variables).await;
        if matches!(started, Ok(None)) {
            note("the program lost its inspector's port to another and is started once more");
            started = start(session, &program, variables).await;
        }
        let (first, driver) = started
            .and_then(|started| started.context("the program lost its inspector's port twice"))
            .inspect_err(|_| evidence::keep(&display, &logs))?;
        let hold = Mutex::new(Hold { driver, _another: None });
        let variables = session.variables().to_vec();
        Ok(Self { hold, first, variables, display, logs, closed: false })
    }

    /// The driver itself, for what is not here.
    pub fn driver(&self) -> WebDriver {
        self.held().driver.clone()
    }

    /// The pids of the program and of everything that it started, as seen from outside.
    ///
    /// # Errors
    /// If they can't be listed.
    pub fn pids(&self) -> Result<Vec<u32>> {
        self.first.process().descendants()
    }

    /// Waits for an element and gives it.
    ///
    /// # Errors
    /// If it isn't there and shown in time.
    pub async fn find(&self, id: &str) -> Result<WebElement> {
        self.find_within(id, STEP).await
    }

    /// As [`Window::find`], with a deadline of its own.
    ///
    /// # Errors
    /// As [`Window::find`].
    pub async fn find_within(&self, id: &str, limit: Duration) -> Result<WebElement> {
        self.shown(&selector(id), id, limit).await
    }

    /// Waits for an element that a test id alone doesn't tell from its like.
    ///
    /// # Errors
    /// As [`Window::find`].
    pub async fn find_css(&self, css: &str) -> Result<WebElement> {
        self.shown(css, css, STEP).await
    }

    async fn shown(&self, css: &str, id: &str, limit: Duration) -> Result<WebElement> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(element) = self.shown_now(css).await? {
                return Ok(element);
            }
            if Instant::now() >= deadline {
                bail!("`{id}` is not shown after {} s", limit.as_secs());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The first element that is drawn. The browser is asked itself: the driver takes what an ellipsis may cut off for
    /// hidden.
    async fn shown_now(&self, css: &str) -> Result<Option<WebElement>> {
        let ask = "return [...document.querySelectorAll(arguments[0])].find(element => \
                   element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0) ?? null";
        let answer = match self.driver().execute(ask, vec![css.into()]).await {
            Err(error) if is_lost(&error) => {
                self.take_hold_again().await?;
                self.driver().execute(ask, vec![css.into()]).await
            }
            answer => answer,
        };
        let answer = match answer {
            // It went away between the page's answer and the driver's look at it.
            Err(error) if passes(&error) => return Ok(None),
            answer => answer?,
        };
        if answer.json().is_null() { Ok(None) } else { Ok(Some(answer.element()?)) }
    }

    /// Does something with an element as soon as it is shown. What is drawn anew in between is looked for again: the page
    /// may do so at any moment, and nobody at the window would notice.
    async fn with<T>(
        &self,
        id: &str,
        action: impl AsyncFn(&WebElement) -> WebDriverResult<T>,
    ) -> Result<T> {
        let deadline = Instant::now() + STEP;
        loop {
            let element = self.find(id).await?;
            match action(&element).await {
                Err(error) if passes(&error) && Instant::now() < deadline => {}
                done => return done.with_context(|| format!("`{id}`")),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// All elements with that id, shown or not, without waiting.
    ///
    /// # Errors
    /// If the window is gone.
    pub async fn all(&self, id: &str) -> Result<Vec<WebElement>> {
        Ok(self.driver().find_all(By::Css(selector(id))).await?)
    }

    /// Waits until an element is no longer shown.
    ///
    /// # Errors
    /// If it still is at the deadline.
    pub async fn gone(&self, id: &str) -> Result<()> {
        self.wait_until(&format!("`{id}` to be gone"), STEP, async || {
            Ok(self.shown_now(&selector(id)).await?.is_none())
        })
        .await
    }

    /// Waits until an element has an attribute with that value.
    ///
    /// # Errors
    /// If it hasn't at the deadline; says what it has.
    pub async fn has(&self, id: &str, attribute: &str, value: &str) -> Result<()> {
        let deadline = Instant::now() + STEP;
        loop {
            let element = self.find(id).await?;
            let found = element.attr(attribute).await.unwrap_or_default();
            if found.as_deref() == Some(value) {
                return Ok(());
            }
            if Instant::now() >= deadline {
                bail!("`{id}` has {attribute}={found:?} and should have {value:?}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until an element's text contains these words.
    ///
    /// # Errors
    /// If it doesn't at the deadline.
    pub async fn says(&self, id: &str, words: &str) -> Result<()> {
        self.wait_until(&format!("`{id}` to say {words:?}"), STEP, async || {
            Ok(self.text(id).await?.contains(words))
        })
        .await
    }

    /// Waits for a condition.
    ///
    /// # Errors
    /// Those of `probe`, at once; and one that names `what` at the deadline.
    pub async fn wait_until(
        &self,
        what: &str,
        limit: Duration,
        mut probe: impl AsyncFnMut() -> Result<bool>,
    ) -> Result<()> {
        let deadline = Instant::now() + limit;
        while !probe().await? {
            if Instant::now() >= deadline {
                bail!("waited {} s in vain for {what}", limit.as_secs());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Clicks an element, once it is shown and enabled.
    ///
    /// # Errors
    /// If it can't be clicked in time.
    pub async fn click(&self, id: &str) -> Result<()> {
        self.click_when_ready(id).await?.with_context(|| format!("clicking `{id}`"))
    }

    /// Clicks an element that ends the page, as locking does. The page may not live to answer the driver: what came of the
    /// click is for what follows to see.
    ///
    /// # Errors
    /// If it can't be clicked in time.
    pub async fn click_that_locks(&self, id: &str) -> Result<()> {
        self.click_when_ready(id).await.map(drop)
    }

    /// The driver's answer to the click on an element, once it took one.
    async fn click_when_ready(&self, id: &str) -> Result<WebDriverResult<()>> {
        let deadline = Instant::now() + STEP;
        loop {
            let element = self.find(id).await?;
            if ready(&element).await {
                match element.click().await {
                    Err(error) if passes(&error) => {}
                    answer => return Ok(answer),
                }
            }
            if Instant::now() >= deadline {
                bail!("`{id}` can't be clicked after {} s", STEP.as_secs());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Clicks the button whose text contains these words, once it is there.
    ///
    /// # Errors
    /// If it can't be clicked in time.
    pub async fn click_words(&self, words: &str) -> Result<()> {
        let button = format!("//button[contains(., '{words}')]");
        let clicked = async || match self.driver().find(By::XPath(button.clone())).await {
            Ok(found) => match found.click().await {
                Err(error) if passes(&error) => Ok(false),
                done => Ok(done.map(|()| true)?),
            },
            Err(error) if passes(&error) => Ok(false),
            Err(error) => Err(error.into()),
        };
        self.wait_until(&format!("a button that says {words:?}"), STEP, clicked).await
    }

    /// Types into an element, after what is there.
    ///
    /// # Errors
    /// If it takes no keys.
    pub async fn type_into(&self, id: &str, text: &str) -> Result<()> {
        self.with(id, async |element| element.send_keys(text).await).await
    }

    /// Types into an element in place of what is there.
    ///
    /// # Errors
    /// If it takes no keys.
    pub async fn replace(&self, id: &str, text: &str) -> Result<()> {
        let replace = async |element: &WebElement| {
            element.send_keys(Key::Control + "a").await?;
            element.send_keys(Key::Delete + "").await?;
            element.send_keys(text).await
        };
        self.with(id, replace).await
    }

    /// Puts a long text into an element at once, as pasting does: keys come one by one, and a key block has thousands.
    ///
    /// # Errors
    /// If the element isn't there in time.
    pub async fn paste(&self, id: &str, text: &str) -> Result<()> {
        let insert = "arguments[0].focus(); arguments[0].setRangeText(arguments[1]); \
                      arguments[0].dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }))";
        let pasted = async |field: &WebElement| {
            self.driver().execute(insert, vec![field.to_json()?, text.into()]).await.map(drop)
        };
        self.with(id, pasted).await
    }

    /// Presses keys wherever the focus is.
    ///
    /// # Errors
    /// If the window is gone.
    pub async fn press(&self, keys: impl Into<TypingData>) -> Result<()> {
        let keys = keys.into().to_string();
        let deadline = Instant::now() + STEP;
        loop {
            let pressed =
                async { self.driver().active_element().await?.send_keys(keys.as_str()).await };
            match pressed.await {
                Err(error) if passes(&error) && Instant::now() < deadline => {}
                done => return Ok(done?),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Presses the keys that lock the mailbox. The page ends with it, and may not live to answer the driver: whether it
    /// was locked is for what follows to see.
    pub async fn press_lock(&self) {
        drop(self.press(Key::Control + "l").await);
    }

    /// What an element shows as text.
    ///
    /// # Errors
    /// If it isn't there in time.
    pub async fn text(&self, id: &str) -> Result<String> {
        // It may have been drawn anew since it was found.
        Ok(self.find(id).await?.prop("innerText").await.ok().flatten().unwrap_or_default())
    }

    /// An element's attribute, if it has it.
    ///
    /// # Errors
    /// If the element isn't there in time.
    pub async fn attribute(&self, id: &str, name: &str) -> Result<Option<String>> {
        self.with(id, async |element| element.attr(name).await).await
    }

    /// Chooses an option of a `select` by its value.
    ///
    /// # Errors
    /// If there is no such option.
    pub async fn choose(&self, id: &str, value: &str) -> Result<()> {
        let option = format!("option[value=\"{value}\"]");
        let choose =
            async |list: &WebElement| list.find(By::Css(option.clone())).await?.click().await;
        self.with(id, choose).await
    }

    /// The text inside a frame.
    ///
    /// # Errors
    /// If the frame isn't there in time.
    pub async fn frame_text(&self, id: &str) -> Result<String> {
        self.with(id, async |frame| frame.clone().enter_frame().await).await?;
        let text = async { self.driver().find(By::Tag("body")).await?.text().await }.await;
        self.driver().enter_default_frame().await?;
        Ok(text?)
    }

    /// Saves what the window shows, as PNG.
    ///
    /// It is taken from the display: the driver's own picture comes only with the next change of the page.
    ///
    /// # Errors
    /// If there is no window, or nowhere to save it.
    pub async fn screenshot(&self, file: &Path) -> Result<()> {
        if let Some(dir) = file.parent() {
            fs::create_dir_all(dir)?;
        }
        // The frame after the next one holds everything that the page has changed until now.
        let drawn = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        self.driver().execute_async(drawn, Vec::new()).await?;
        picture(&self.display, file)
    }

    /// Ends the program in the middle of whatever it does, as `kill -9` on it.
    pub fn kill(mut self) {
        self.closed = true;
        self.say_no_farewell();
    }

    /// Closes the window as its user would, and ends the driver.
    ///
    /// # Errors
    /// If the driver can't be reached.
    pub async fn close(mut self) -> Result<()> {
        self.closed = true;
        Ok(self.driver().quit().await?)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if !self.closed {
            evidence::keep(&self.display, &self.logs);
            self.say_no_farewell();
        }
    }
}

/// The log of the driver and the program.
const LOG: &str = "window";

/// Starts a driver, and by it the program; gives nothing if the program couldn't listen where the driver told it to. The
/// driver looks for a free port itself and lets go of it: another may have it before the program does. That is no fault of
/// the program's; any other failure to start is.
async fn start(
    session: &DesktopSession,
    program: &Path,
    variables: &[(&str, &str)],
) -> Result<Option<(Driver, WebDriver)>> {
    let mut command = session.command(Path::new("WebKitWebDriver"))?;
    command.env("TAURI_WEBVIEW_AUTOMATION", "true").envs(variables.iter().copied());
    let log = session.log(LOG)?;
    let said_before = log.metadata()?.len();
    command.stdout(log.try_clone()?).stderr(log);
    let driver = Driver::start(command)?;
    // No browserName: the driver compares it with its own, and the program's is another.
    let mut capabilities = Capabilities::new();
    capabilities.set(
        "webkitgtk:browserOptions",
        serde_json::json!({ "binary": program.to_str().context("a path that is not text")?, "args": [] }),
    )?;
    tokio::select! {
        hold = WebDriver::new(driver.address(), capabilities) => {
            Ok(Some((driver, hold.context("the program showed no window that can be driven")?)))
        }
        // The driver doesn't hear of it, and would wait for minutes.
        lost = until_its_port_is_lost(session, said_before) => lost.map(|()| None),
    }
}

/// Waits until the program says, behind so many bytes of its log, that its port is another's.
async fn until_its_port_is_lost(session: &DesktopSession, behind: u64) -> Result<()> {
    let log = session.log_dir().join(format!("{LOG}.log"));
    loop {
        let said = fs::read(&log)?;
        let said = said.get(usize::try_from(behind)?..).unwrap_or_default();
        if String::from_utf8_lossy(said).contains("Failed to start remote inspector server") {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn selector(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

/// Whether an element takes a click, in the browser's eyes and in the program's.
async fn ready(element: &WebElement) -> bool {
    element.is_enabled().await.unwrap_or(false)
        && element.attr("aria-disabled").await.unwrap_or_default().as_deref() != Some("true")
}

/// Whether an error may be another one, or none, in a moment: the element has just been drawn anew or is covered.
fn passes(error: &WebDriverError) -> bool {
    matches!(
        error.as_inner(),
        WebDriverErrorInner::StaleElementReference(_)
            | WebDriverErrorInner::ElementClickIntercepted(_)
            | WebDriverErrorInner::ElementNotInteractable(_)
            | WebDriverErrorInner::NoSuchElement(_)
    )
}
