//! A practice: servers, a desktop, a colleague with gpg, and somebody at the program's window.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use wardmail_tests::clinic::{COLLEAGUE, OWNER};
use wardmail_tests::clinician::PASSPHRASE;
use wardmail_tests::{
    Clinician, DesktopSession, Gpg, Keyring, Letter, Provider, Settings, Stored, Window, skip,
};

/// How long mail may take through every server, on a slow machine.
pub(crate) const LONG: Duration = Duration::from_secs(90);

/// Everything around the window.
#[derive(Debug)]
pub(crate) struct Practice {
    pub(crate) provider: Provider,
    pub(crate) session: DesktopSession,
    pub(crate) colleague: Gpg,
    /// What the file dialogs answer.
    answer: PathBuf,
    program: PathBuf,
}

impl Practice {
    /// Everything started, with the provider's policy installed and changed as the test wants it; or nothing, and the
    /// test is skipped.
    pub(crate) fn open(change: impl FnOnce(&mut Value)) -> Option<Self> {
        Self::with(Settings::default(), Keyring::Unlocked, change)
    }

    pub(crate) fn with(
        settings: Settings,
        keyring: Keyring,
        change: impl FnOnce(&mut Value),
    ) -> Option<Self> {
        let Some(program) = std::env::var_os("WARDMAIL_BIN").map(PathBuf::from) else {
            skip("WARDMAIL_BIN names no program; `cargo xtask test` sets it");
            return None;
        };
        let provider = Provider::with(settings).unwrap();
        let session = DesktopSession::with(keyring).unwrap();
        let mut policy = provider.policy();
        change(&mut policy);
        session.install_policy(&policy).unwrap();
        let colleague = Gpg::new(&format!("Priya Raman <{COLLEAGUE}>")).unwrap();
        let answer = session.write_readonly("answer", b"").unwrap();
        Some(Self { provider, session, colleague, answer, program })
    }

    /// The program's window, which shows what the profile is ready for.
    pub(crate) async fn window(&self) -> Window {
        self.window_with(&[]).await
    }

    /// As [`Practice::window`], with more variables.
    pub(crate) async fn window_with(&self, more: &[(&str, &str)]) -> Window {
        let answer = [("WARDMAIL_DIALOG_ANSWER", self.answer.to_str().unwrap())];
        Window::open(&self.session, &self.program, &[&answer, more].concat()).await.unwrap()
    }

    /// The program itself.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// Sets the program up in its window: passphrase, recovery code, account, key, and the colleague's certificate,
    /// compared. Gives the recovery code.
    pub(crate) async fn set_up(&self, window: &Window) -> String {
        let clinician = Clinician::at(window);
        let code = clinician.begin_profile(PASSPHRASE).await.unwrap();
        let owner = self.provider.user(OWNER).unwrap();
        clinician.add_account(owner, &self.provider).await.unwrap();
        clinician.make_key().await.unwrap();
        self.exchange_certificates(window).await;
        code
    }

    /// The colleague's certificate comes into the window, and the owner's to the colleague.
    pub(crate) async fn exchange_certificates(&self, window: &Window) {
        window.click("place-people").await.unwrap();
        window.click("certificate-import-open").await.unwrap();
        let theirs = self.colleague.certificate().unwrap();
        paste(window, "certificate-import-text", &theirs).await;
        window.click("certificate-import-submit").await.unwrap();
        window.gone("certificate-import-text").await.unwrap();
        window.click("certificate-compare").await.unwrap();
        window.click("compare-match").await.unwrap();
        window.has("certificate-row", "data-trust", "verified").await.unwrap();
        let shown = window.attribute("certificate-row", "data-fingerprint").await.unwrap();
        assert_eq!(bare(&shown.unwrap()), self.colleague.fingerprint());
        self.colleague.import(&own_certificate(window).await).unwrap();
    }

    /// The desktop tells that its screen is locked.
    pub(crate) fn lock_screen(&self) {
        let told = self
            .session
            .command(Path::new("dbus-send"))
            .unwrap()
            .args(["--session", "--type=signal", "/org/freedesktop/ScreenSaver"])
            .args(["org.freedesktop.ScreenSaver.ActiveChanged", "boolean:true"])
            .status()
            .unwrap();
        assert!(told.success());
    }

    /// What the next file dialogs answer: a path a line.
    pub(crate) fn answer_dialogs(&self, path: &Path) {
        std::fs::write(&self.answer, path.to_str().unwrap()).unwrap();
    }

    /// The colleague writes to the owner, encrypted and signed.
    pub(crate) fn colleague_writes(&self, message_id: &str, subject: &str, body: &str) {
        let letter = letter(message_id, subject, body);
        let raw = self.colleague.seal(&letter, &[OWNER, self.colleague.fingerprint()]).unwrap();
        self.provider.deliver(COLLEAGUE, OWNER, &raw).unwrap();
    }

    /// Waits for the colleague's next message with this text, which only the colleague can read.
    pub(crate) fn colleague_gets(&self, text: &str) -> (Stored, wardmail_tests::Opened) {
        let opened = |stored: &Stored| self.colleague.open(&stored.raw).ok();
        let stored = self
            .provider
            .wait_for(COLLEAGUE, "INBOX", LONG, |stored| {
                opened(stored).is_some_and(|opened| opened.text().contains(text))
            })
            .unwrap();
        let opened = opened(&stored).unwrap();
        (stored, opened)
    }

    /// The state that the newest message in the outbox comes to, and no other on the way but `queued` and `sending`.
    pub(crate) async fn is_sent(&self, window: &Window) {
        Clinician::at(window).outbox_is("sent").await.unwrap();
    }
}

/// A policy that leaves no time to undo.
pub(crate) fn at_once(policy: &mut Value) {
    policy["send"] = json!({ "undoSeconds": 0 });
}

pub(crate) fn letter<'a>(message_id: &'a str, subject: &'a str, body: &'a str) -> Letter<'a> {
    Letter {
        from: "Priya Raman <priya.raman@hospital.example>",
        to: "Mei Chen <mei.chen@clinic.example>",
        subject,
        body,
        date: "Sat, 21 Nov 2026 09:30:00 -0500",
        message_id,
        in_reply_to: None,
    }
}

/// Puts a long text into a field in place of what is there, as pasting does.
pub(crate) async fn paste(window: &Window, id: &str, text: &str) {
    const PASTE: &str = "const [field, text] = arguments;
        const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
        field.focus();
        Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, text);
        field.dispatchEvent(new Event('input', { bubbles: true }));";
    let field = window.find(id).await.unwrap().to_json().unwrap();
    window.driver().execute(PASTE, vec![field, text.into()]).await.unwrap();
}

/// A field's value, which WebDriver calls a property.
pub(crate) async fn value(window: &Window, id: &str) -> String {
    window.find(id).await.unwrap().prop("value").await.unwrap().unwrap_or_default()
}

/// The own certificate, as the window gives it away.
async fn own_certificate(window: &Window) -> String {
    window.click("own-key-export").await.unwrap();
    let armored = value(window, "certificate-text").await;
    window.click("dialog-close").await.unwrap();
    armored
}

/// A fingerprint without what makes it readable.
pub(crate) fn bare(fingerprint: &str) -> String {
    fingerprint.replace(' ', "").to_uppercase()
}

/// Waits for the locked screen, in a page that isn't the one before: its process has ended.
pub(crate) async fn is_locked(window: &Window, page_before: u32) {
    // The driver knows no page while one process ends and the next begins.
    let shown = async || {
        let ended = !Path::new(&format!("/proc/{page_before}")).exists();
        Ok(ended && window.find_within("unlock", Duration::ZERO).await.is_ok())
    };
    window.wait_until("the locked screen in a new page", LONG, shown).await.unwrap();
}

/// The process of the page.
pub(crate) fn page_of(window: &Window) -> u32 {
    process(window, "WebKitWebProces").unwrap()
}

/// The process of that name among those of the window; the kernel keeps 15 letters.
pub(crate) fn process(window: &Window, name: &str) -> Option<u32> {
    window.pids().unwrap().into_iter().find(|pid| name_of(*pid) == name)
}

/// The name of a process.
pub(crate) fn name_of(pid: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.trim().to_owned()
}
