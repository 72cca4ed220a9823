//! Judges that the libraries beneath can't log mail or passwords: their levels aren't compiled in.

#[test]
fn debug_and_trace_logs_of_the_libraries_are_compiled_out() {
    assert!(log::STATIC_MAX_LEVEL <= log::LevelFilter::Info);
}

#[test]
fn credentials_do_not_show_themselves() {
    let shown = format!("{:?}", crate::script::credentials());
    assert!(!shown.contains(crate::script::USER) && !shown.contains(crate::script::PASSWORD));
}
