//! The lock from within: the countdown, the signs of life that put it off, the way out.

mod leaving;

use leptos::ev;
use leptos::prelude::*;
use wardmail_api::session::{Activity, CloseWindow, Lock, LockOutcome};
use wardmail_api::{AppEvent, UnixMs};
use wardmail_logic::clock::{seconds_left, span};

use crate::app::app;
use crate::compose::{self, Unsaved};
use crate::controls::Button;
use crate::icons::{Icon, Name};
use crate::mailbox::Mail;
use crate::{backend, time, words};

use self::leaving::Leaving;
pub(crate) use self::leaving::{LeavingDialog, Way};

/// Milliseconds between two signs of life at least.
const ACTIVITY_EVERY: f64 = 15_000.0;

/// Locks, and says when it will happen by itself.
#[derive(Clone, Copy)]
pub(crate) struct LockGuard {
    mail: Mail,
    locks_at: RwSignal<Option<UnixMs>>,
    /// How many seconds that was away when it was set: the clock that is shown ticks behind.
    most: RwSignal<u64>,
    /// The engine said that it is near.
    soon: RwSignal<bool>,
    told: StoredValue<f64>,
    /// Somebody was about to leave while messages can still be undone.
    leaving: RwSignal<Option<Leaving>>,
}

impl LockGuard {
    /// Starts to count, and to tell the engine that somebody is there.
    pub(crate) fn start(mail: Mail) -> Self {
        let guard = Self {
            mail,
            locks_at: RwSignal::new(None),
            most: RwSignal::new(u64::MAX),
            soon: RwSignal::new(false),
            told: StoredValue::new(0.0),
            leaving: RwSignal::new(None),
        };
        app().on_event(move |event| {
            if let AppEvent::LockSoon { seconds } = event {
                guard.set(seconds);
                guard.soon.set(true);
            } else if let AppEvent::CloseAsked { waiting: count } = event {
                if count == 0 {
                    guard.close_window();
                } else {
                    guard.leaving.set(Some(Leaving::new(count, Way::Close)));
                }
            }
        });
        let keys = window_event_listener(ev::keydown, move |_| guard.touch());
        let mouse = window_event_listener(ev::pointerdown, move |_| guard.touch());
        let moves = window_event_listener(ev::pointermove, move |_| guard.touch());
        let wheel = window_event_listener(ev::wheel, move |_| guard.touch());
        on_cleanup(move || {
            keys.remove();
            mouse.remove();
            moves.remove();
            wheel.remove();
        });
        guard.tell();
        guard
    }

    /// Somebody did something.
    fn touch(self) {
        let quiet = time::now() - self.told.get_value();
        if quiet >= ACTIVITY_EVERY || self.soon.get_untracked() {
            self.tell();
        }
    }

    fn tell(self) {
        self.told.set_value(time::now());
        self.soon.set(false);
        self.mail.scope.spawn(async move {
            // An engine that can't hear it locks earlier than need be: that harms nothing.
            if let Ok(countdown) = backend::call(Activity {}).await {
                self.set(countdown.seconds);
            }
        });
    }

    fn set(self, seconds: u64) {
        let ms = i64::try_from(seconds).unwrap_or(i64::MAX / 2_000).saturating_mul(1_000);
        self.most.set(seconds);
        self.locks_at.set(Some(time::now_unix().saturating_add(ms)));
    }

    /// Locks; asks first if what is being written can't be saved, or if messages wait in the undo window.
    pub(crate) fn lock(self) {
        let mail = self.mail;
        mail.scope.spawn(async move {
            let go = move || self.lock_now(false);
            match mail.save_shown().await {
                Ok(()) => go(),
                Err(code) => {
                    mail.unsaved.set(Some(Unsaved::new(code, compose::Leaving::Lock, go)));
                }
            }
        });
    }

    /// Locks; asks first if messages wait in the undo window, unless `force`.
    fn lock_now(self, force: bool) {
        self.mail.scope.spawn(async move {
            match backend::call(Lock { force }).await {
                Ok(LockOutcome::Locked) => self.mail.app.locked(),
                Ok(LockOutcome::MessagesWait { count }) => {
                    self.leaving.set(Some(Leaving::new(count, Way::Lock)));
                }
                Err(error) => self.mail.app.toasts.error(error),
            }
        });
    }

    /// Closes the window, which somebody asked for; asks first if what is being written can't be saved.
    fn close_window(self) {
        let mail = self.mail;
        mail.scope.spawn(async move {
            if let Err(code) = mail.save_shown().await {
                // At once: the program takes a page that doesn't answer for one that hangs, and ends.
                self.keep_open();
                self.leaving.set(None);
                let go = move || self.answer_close(true);
                mail.unsaved.set(Some(Unsaved::new(code, compose::Leaving::Window, go)));
            } else {
                self.answer_close(true);
            }
        });
    }

    /// The window stays, although somebody asked to close it.
    fn keep_open(self) {
        self.answer_close(false);
    }

    fn answer_close(self, close: bool) {
        self.mail.scope.spawn(async move {
            if let Err(error) = backend::call(CloseWindow { close }).await {
                self.mail.app.toasts.error(error);
            }
        });
    }

    fn seconds(self) -> Option<u64> {
        let left = seconds_left(self.locks_at.get()?, self.mail.app.clock.get());
        Some(left.min(self.most.get()))
    }
}

/// "Locks in 9 min".
#[component]
pub(crate) fn Countdown(guard: LockGuard) -> impl IntoView {
    let text = Memo::new(move |_| guard.seconds().map(span));
    view! {
        <span class="countdown" data-testid="lock-countdown" aria-live="off">
            {move || text.get().map(|span| words::mailbox::locks_in(&span))}
        </span>
    }
}

/// The warning shortly before the mailbox locks itself.
#[component]
pub(crate) fn LockSoonBanner(guard: LockGuard) -> impl IntoView {
    move || {
        guard.soon.get().then(|| {
            let left = untrack(|| guard.seconds());
            view! {
                <div class="banner" role="alert" data-testid="lock-soon">
                    <Icon name=Name::Clock />
                    // Said once: a text that changes every second would be read out every second.
                    <span>{left.map(|left| words::mailbox::lock_soon(&span(left)))}</span>
                    <Button
                        testid="lock-soon-stay"
                        label=words::mailbox::STAY
                        on_press=move |()| guard.tell()
                    />
                </div>
            }
        })
    }
}
