//! Where a task belongs: it ends with the screen that started it.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

/// The part of the page that is being built now; tasks started in it end when it goes.
///
/// Taken when a screen is built and not where a task starts: a piece of the screen that is drawn
/// anew (because the task said that it is busy, for example) must not end its own task.
#[derive(Clone, Copy)]
pub(crate) struct Scope(StoredValue<Owner>);

impl Scope {
    /// The scope of the screen that is being built.
    pub(crate) fn here() -> Self {
        Self(StoredValue::new(Owner::current().unwrap_or_default()))
    }

    /// Starts a task that ends with the scope.
    pub(crate) fn spawn(self, task: impl Future<Output = ()> + 'static) {
        if let Some(owner) = self.0.try_get_value() {
            // Boxed, so that what surrounds a task is in the program once and not once for each.
            let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
            owner.with(|| spawn_local_scoped_with_cancellation(task));
        }
    }

    /// Calls `act` after so many milliseconds, unless the scope is gone by then.
    pub(crate) fn after(self, milliseconds: f64, act: impl FnOnce() + 'static) {
        self.spawn(async move {
            crate::time::sleep(milliseconds).await;
            act();
        });
    }
}
