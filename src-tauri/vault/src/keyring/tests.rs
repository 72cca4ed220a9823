//! The queue before the keyring, against stores that misbehave on purpose. The real keyring's tests are in `tests/`.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Condvar, Mutex};

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};

use super::*;

const SOON: Duration = Duration::from_millis(50);
const LATER: Duration = Duration::from_mins(1);

/// Stands in for a keyring that hangs: every call waits for the gate. It records how many calls it saw, and whether two
/// ever overlapped.
#[derive(Debug)]
struct Hanging {
    state: Mutex<State>,
    changed: Condvar,
    inner: Arc<CredentialStore>,
}

#[derive(Debug, Default)]
struct State {
    open: bool,
    calls: u32,
    inside: u32,
    overlapped: bool,
}

impl Hanging {
    fn new() -> Arc<Self> {
        let inner: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
        Arc::new(Self { state: Mutex::default(), changed: Condvar::new(), inner })
    }

    fn open(&self) {
        self.state.lock().unwrap().open = true;
        self.changed.notify_all();
    }

    fn calls(&self) -> u32 {
        self.state.lock().unwrap().calls
    }

    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.calls += 1;
        state.inside += 1;
        state.overlapped |= state.inside > 1;
        self.changed.notify_all();
        let mut state = self.changed.wait_while(state, |state| !state.open).unwrap();
        state.inside -= 1;
    }
}

impl CredentialStoreApi for Hanging {
    fn vendor(&self) -> String {
        "hanging".into()
    }

    fn id(&self) -> String {
        "hanging".into()
    }

    fn build(
        &self,
        service: &str,
        user: &str,
        _: Option<&HashMap<&str, &str>>,
    ) -> keyring_core::Result<Entry> {
        self.pass();
        self.inner.build(service, user, None)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn a_keyring_that_hangs_is_given_up_and_never_called_twice_at_once() {
    let store = Hanging::new();
    let impatient = Keyring::with_store(store.clone(), SOON);
    let patient = Keyring { timeout: LATER, ..impatient.clone() };
    let secret = [7; 32];
    // One is under way when its caller gives it up. On a slow machine the thread may come too late for the first ones.
    while store.calls() == 0 {
        assert!(matches!(impatient.write_counter(&Item::Probe, 1), Err(KeyringError::TimedOut)));
    }
    // These wait in line and are given up before they begin.
    for _ in 0..3 {
        assert!(matches!(impatient.write_counter(&Item::Probe, 2), Err(KeyringError::TimedOut)));
    }
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| patient.write_secret(&[1; 16], Slot::B, &secret));
        store.open();
        waiting.join().unwrap().unwrap();
    });
    assert_eq!(*patient.read_secret(&[1; 16], Slot::B).unwrap(), secret);
    let state = store.state.lock().unwrap();
    // One that hung, two for the write and its check, one for the read: none of those that were given up.
    assert_eq!((state.calls, state.overlapped), (4, false));
}

/// Stands in for a keyring library that panics.
#[derive(Debug)]
struct Panicking;

impl CredentialStoreApi for Panicking {
    fn vendor(&self) -> String {
        "panicking".into()
    }

    fn id(&self) -> String {
        "panicking".into()
    }

    fn build(
        &self,
        _: &str,
        _: &str,
        _: Option<&HashMap<&str, &str>>,
    ) -> keyring_core::Result<Entry> {
        panic!("on purpose")
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn a_panic_in_the_library_is_an_error_and_the_thread_goes_on() {
    let keyring = Keyring::with_store(Arc::new(Panicking), LATER);
    for _ in 0..2 {
        assert!(matches!(keyring.probe(), Err(KeyringError::Failed(None))));
    }
}

fn in_memory() -> Keyring {
    Keyring::with_store(keyring_core::mock::Store::new().unwrap(), LATER)
}

#[test]
fn missing_and_damaged_entries_are_told_apart() {
    let keyring = in_memory();
    assert!(matches!(keyring.read_secret(&[1; 16], Slot::A), Err(KeyringError::ItemMissing)));
    assert_eq!(keyring.read_counter(&Item::Epoch([1; 16])).unwrap(), None);
    keyring.delete(&Item::Epoch([1; 16])).unwrap();
    for damage in [&b""[..], b"AAAA", b"not base64!", &[b'A'; 1000]] {
        keyring.write(&Item::DeviceSecret([1; 16], Slot::A), damage).unwrap();
        assert!(matches!(keyring.read_secret(&[1; 16], Slot::A), Err(KeyringError::ItemDamaged)));
        keyring.write(&Item::Epoch([1; 16]), damage).unwrap();
        assert!(matches!(
            keyring.read_counter(&Item::Epoch([1; 16])),
            Err(KeyringError::ItemDamaged)
        ));
    }
}

#[test]
fn slots_and_profiles_do_not_mix() {
    let keyring = in_memory();
    keyring.write_secret(&[1; 16], Slot::A, &[1; 32]).unwrap();
    keyring.write_secret(&[1; 16], Slot::B, &[2; 32]).unwrap();
    keyring.write_secret(&[2; 16], Slot::A, &[3; 32]).unwrap();
    assert_eq!(*keyring.read_secret(&[1; 16], Slot::A).unwrap(), [1; 32]);
    assert_eq!(*keyring.read_secret(&[1; 16], Slot::B).unwrap(), [2; 32]);
    assert_eq!(*keyring.read_secret(&[2; 16], Slot::A).unwrap(), [3; 32]);
}

/// The entry is text, since some keyrings take nothing else.
#[test]
fn what_is_stored_is_text() {
    let keyring = in_memory();
    keyring.write_secret(&[1; 16], Slot::A, &[0xff; 32]).unwrap();
    let stored = keyring.read(&Item::DeviceSecret([1; 16], Slot::A)).unwrap();
    assert!(stored.iter().all(u8::is_ascii_graphic));
}

#[test]
fn no_error_carries_what_was_stored() {
    for error in [
        Error::BadEncoding(b"needle".to_vec()),
        Error::BadDataFormat(b"needle".to_vec(), "x".into()),
    ] {
        let error = store::classify(error);
        assert!(matches!(error, KeyringError::ItemDamaged));
        assert!(
            !format!("{error} {error:?}").contains("needle")
                && !format!("{error:?}").contains("110")
        );
    }
}
