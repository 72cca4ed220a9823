//! The root of the window: asks the engine for its state and shows the screen that belongs to it.

use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use wardmail_api::session::{AppStatus, CloseWindow, GetStatus, LockReason, LockState};
use wardmail_api::{ApiError, AppEvent, UnixMs};

use crate::backend;
use crate::controls::{Loading, Remote, Retry};
use crate::mailbox::Mailbox;
use crate::scope::Scope;
use crate::setup::{Continue, Welcome};
use crate::time;
use crate::toasts::Toasts;
use crate::unlock::{SetAsideOffer, UnlockScreen};

type Listener = Rc<dyn Fn(AppEvent)>;

/// What every screen may use.
#[derive(Clone, Copy)]
pub(crate) struct App {
    status: RwSignal<Remote<AppStatus>>,
    /// Why the mailbox was locked before the last unlock: then work that was open comes back.
    locked_before: RwSignal<Option<LockReason>>,
    /// The time, once a second.
    pub(crate) clock: ReadSignal<UnixMs>,
    pub(crate) toasts: Toasts,
    listeners: StoredValue<BTreeMap<u32, Listener>, LocalStorage>,
    scope: Scope,
}

impl App {
    /// The state as last heard.
    pub(crate) fn status(self) -> Option<AppStatus> {
        self.status.with(|status| status.ready().cloned())
    }

    /// Takes the state in that a command answered with.
    pub(crate) fn entered(self, status: AppStatus) {
        self.status.set(Remote::Ready(status));
    }

    /// Asks for the state anew.
    pub(crate) fn refresh(self) {
        self.scope.spawn(async move {
            self.status.set(backend::call(GetStatus {}).await.into());
        });
    }

    /// The mailbox is locked: what was on the screen goes.
    pub(crate) fn locked(self) {
        self.toasts.clear();
        self.status.set(Remote::Loading);
        self.refresh();
    }

    /// Tells why the mailbox had been locked, once.
    pub(crate) fn take_locked_before(self) -> Option<LockReason> {
        self.locked_before.try_update_untracked(Option::take).flatten()
    }

    /// Remembers, before an unlock, why the mailbox is locked.
    pub(crate) fn remember_lock(self) {
        let reason = self.status.with_untracked(|s| s.ready().and_then(|s| s.locked_because));
        self.locked_before.set(reason);
    }

    /// Listens to the engine for as long as the screen that is being built is shown.
    pub(crate) fn on_event(self, listener: impl Fn(AppEvent) + 'static) {
        let id = self.listeners.try_update_value(|all| {
            let id = all.last_key_value().map_or(0, |(last, _)| last + 1);
            all.insert(id, Rc::new(listener) as Listener);
            id
        });
        on_cleanup(move || {
            self.listeners.try_update_value(|all| id.map(|id| all.remove(&id)));
        });
    }

    fn shows_mailbox(self) -> bool {
        self.status.with_untracked(|status| Screen::of(status) == Screen::Mailbox)
    }

    fn tell(self, event: AppEvent) {
        let listeners: Vec<Listener> = self
            .listeners
            .try_with_value(|all| all.values().cloned().collect())
            .unwrap_or_default();
        for listener in listeners {
            listener(event);
        }
        if matches!(event, AppEvent::Locked { .. }) {
            self.locked();
        } else if matches!(event, AppEvent::CloseAsked { .. }) && !self.shows_mailbox() {
            // Nobody writes on any other screen.
            self.scope.spawn(async move {
                // A window that is not closed by this is closed by the backend a little later.
                let _closed = backend::call(CloseWindow { close: true }).await;
            });
        }
    }
}

/// What every screen may use, from within one. It is always there: [`Root`] provides it before it draws any.
pub(crate) fn app() -> App {
    expect_context()
}

fn start() -> App {
    let (clock, tick) = signal(time::now_unix());
    let app = App {
        status: RwSignal::new(Remote::Loading),
        locked_before: RwSignal::new(None),
        clock,
        toasts: Toasts::new(),
        listeners: StoredValue::new_local(BTreeMap::new()),
        scope: Scope::here(),
    };
    provide_context(app);
    app.scope.spawn(async move {
        loop {
            time::sleep(1_000.0).await;
            tick.set(time::now_unix());
        }
    });
    app.scope.spawn(async move {
        if let Err(error) = backend::listen(move |event| app.tell(event)).await {
            app.status.set(Remote::Failed(error));
            return;
        }
        app.status.set(backend::call(GetStatus {}).await.into());
    });
    app
}

/// Which screen is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Screen {
    Starting,
    Failed(ApiError),
    Welcome,
    Unlock,
    Continue,
    Mailbox,
}

impl Screen {
    fn of(status: &Remote<AppStatus>) -> Self {
        match status {
            Remote::Loading => Self::Starting,
            Remote::Failed(error) => Self::Failed(*error),
            Remote::Ready(status) => match status.state {
                LockState::SetUp => Self::Welcome,
                LockState::Locked => Self::Unlock,
                LockState::Unlocked if status.next_step.is_some() => Self::Continue,
                LockState::Unlocked => Self::Mailbox,
            },
        }
    }
}

/// The root component.
#[component]
pub(crate) fn Root() -> impl IntoView {
    let app = start();
    let screen = Memo::new(move |_| app.status.with(Screen::of));
    move || match screen.get() {
        Screen::Starting => {
            view! { <div class="gate"><Loading testid="starting" /></div> }.into_any()
        }
        Screen::Failed(error) => view! {
            <div class="gate" data-testid="fatal">
                <Retry error testid="fatal-retry" on_retry=Callback::new(move |()| app.refresh()) />
                <SetAsideOffer error=Signal::stored(Some(error)) />
            </div>
        }
        .into_any(),
        Screen::Welcome => view! { <Welcome /> }.into_any(),
        Screen::Unlock => view! { <UnlockScreen /> }.into_any(),
        Screen::Continue => view! { <Continue /> }.into_any(),
        Screen::Mailbox => view! { <Mailbox /> }.into_any(),
    }
}
