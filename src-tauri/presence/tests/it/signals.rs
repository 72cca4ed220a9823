//! One signal after the other, and the sleep that waits.

use std::sync::mpsc::TryRecvError;

use wardmail_presence::{Buses, Coverage, Signal, Watcher};

use crate::mock::{Bus, Inhibitor, MockLogin};

const ALL: Coverage = Coverage { session: true, screen_saver: true, sleep: true, lid: true };

/// A watcher that listens to the mock, and the inhibitor that it took.
fn watching(bus: &Bus, login: &MockLogin) -> (Watcher, Inhibitor) {
    let buses = Buses { system: Some(bus.address.clone()), session: Some(bus.address.clone()) };
    let watcher = Watcher::start(buses);
    let inhibitor = login.inhibitors.recv().unwrap();
    // Two buses, two threads: both must listen before anything is said.
    while watcher.coverage() != ALL {
        std::thread::yield_now();
    }
    (watcher, inhibitor)
}

fn next(watcher: &mut Watcher) -> Signal {
    async_io::block_on(watcher.next()).unwrap()
}

#[test]
fn each_sign_of_absence_is_a_signal_and_nothing_else_is() {
    let bus = Bus::start();
    let login = MockLogin::start(&bus);
    let (mut watcher, _inhibitor) = watching(&bus, &login);
    // Before each sign: what must pass without one.
    login.other_session_locks();
    login.session("LockedHint", false);
    login.lock();
    assert!(matches!(next(&mut watcher), Signal::ScreenLocked));

    login.session("LockedHint", true);
    assert!(matches!(next(&mut watcher), Signal::ScreenLocked));

    login.session("Active", true);
    login.session("Active", false);
    assert!(matches!(next(&mut watcher), Signal::UserSwitched));

    login.session("IdleHint", false);
    login.session("IdleHint", true);
    assert!(matches!(next(&mut watcher), Signal::Idle));

    login.lid(false);
    login.lid(true);
    assert!(matches!(next(&mut watcher), Signal::LidClosed));

    for desktop in ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"] {
        login.screen_saver(desktop, false);
        login.screen_saver(desktop, true);
        assert!(matches!(next(&mut watcher), Signal::ScreenLocked));
    }
}

#[test]
fn the_computer_sleeps_only_after_the_hold_is_dropped_and_every_sleep_is_held() {
    let bus = Bus::start();
    let login = MockLogin::start(&bus);
    let (mut watcher, mut inhibitor) = watching(&bus, &login);
    for _ in 0..3 {
        assert_eq!((inhibitor.what.as_str(), inhibitor.mode.as_str()), ("sleep", "delay"));
        login.sleep(true);
        let Signal::GoingToSleep(hold) = next(&mut watcher) else { panic!("no sleep") };
        drop(hold);
        inhibitor.wait_released();
        assert!(matches!(login.inhibitors.try_recv(), Err(TryRecvError::Empty)));
        login.sleep(false);
        inhibitor = login.inhibitors.recv().unwrap();
    }
}

#[test]
fn a_watcher_that_is_dropped_lets_the_computer_sleep() {
    let bus = Bus::start();
    let login = MockLogin::start(&bus);
    let (watcher, inhibitor) = watching(&bus, &login);
    drop(watcher);
    inhibitor.wait_released();
}

#[test]
fn without_a_bus_nothing_is_covered_and_nothing_fails() {
    let nowhere = Some("unix:path=/nonexistent/bus".to_owned());
    let watcher = Watcher::start(Buses { system: nowhere.clone(), session: nowhere });
    assert_eq!(watcher.coverage(), Coverage::default());
}
