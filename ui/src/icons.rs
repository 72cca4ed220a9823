//! The icons: one stroked path each, drawn on a grid of 16.

use leptos::prelude::*;

/// Which icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Alert,
    Archive,
    Attach,
    Audit,
    Back,
    Bin,
    Check,
    Clock,
    Close,
    Cloud,
    Copy,
    Draft,
    Expand,
    Eye,
    EyeOff,
    File,
    Folder,
    Forward,
    Help,
    Inbox,
    Info,
    Junk,
    Key,
    Lock,
    Menu,
    Minimise,
    Offline,
    Outbox,
    Pen,
    People,
    Reply,
    ReplyAll,
    Search,
    Seal,
    Send,
    Sent,
    Settings,
    Shield,
    Star,
    Sync,
    Unread,
}

/// Draws an icon. It is decoration: what it means is always said in words beside it or as a label.
#[component]
pub(crate) fn Icon(name: Name) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=path(name) />
        </svg>
    }
}

fn path(name: Name) -> &'static str {
    match name {
        Name::Alert => "M8 2.2 14.3 13.3H1.7zM8 6.4v3.2M8 11.3v.4",
        Name::Archive => "M2 3h12v3H2zM3 6v7h10V6M6.3 8.8h3.4",
        Name::Attach => {
            "M13 7.3 8.2 12.1a3.1 3.1 0 0 1-4.4-4.4l5-5a2 2 0 0 1 2.9 2.9l-4.9 4.9a1 1 0 0 1-1.4-1.4l4.4-4.4"
        }
        Name::Audit => "M4 1.8h8v12.4H4zM6.2 5h3.6M6.2 7.8h3.6M6.2 10.6h2",
        Name::Back => "M10 3 5 8l5 5",
        Name::Bin => "M2.8 4.3h10.4M6 4.3V2.5h4v1.8M4.2 4.3l.6 9.2h6.4l.6-9.2M6.8 7v4M9.2 7v4",
        Name::Check => "M3 8.6 6.4 12 13 4.6",
        Name::Clock => "M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9M8 4.8V8l2.3 1.6",
        Name::Close => "M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4",
        Name::Cloud => "M4.6 12.5a2.9 2.9 0 0 1-.3-5.8 3.9 3.9 0 0 1 7.5.6 2.6 2.6 0 0 1-.2 5.2z",
        Name::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
        Name::Draft => "M3.5 1.8h6l3 3v9.4h-9zM9.5 1.8v3h3M5.8 8h4.4M5.8 10.8h3",
        Name::Expand => "M9.5 2.5h4v4M13.3 2.7 9 7M6.5 13.5h-4v-4M2.7 13.3 7 9",
        Name::Eye => {
            "M1.3 8S3.7 3.6 8 3.6 14.7 8 14.7 8 12.3 12.4 8 12.4 1.3 8 1.3 8M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4"
        }
        Name::EyeOff => {
            "M2.5 2.5l11 11M6.2 3.9A6.6 6.6 0 0 1 8 3.6c4.3 0 6.7 4.4 6.7 4.4a11 11 0 0 1-1.9 2.4M10.4 11.9a6 6 0 0 1-2.4.5C3.7 12.4 1.3 8 1.3 8a11 11 0 0 1 2.4-2.8"
        }
        Name::File => "M3.8 1.7h5l3.4 3.4v9.2H3.8zM8.8 1.7v3.4h3.4",
        Name::Folder => "M1.8 3.5h4.4l1.5 1.8h6.5v7.2H1.8z",
        Name::Forward => "M9.5 3.5 13.5 7l-4 3.5M13.2 7H7a4.5 4.5 0 0 0-4.5 4.5v1",
        Name::Help => {
            "M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9M6.2 6.2a1.8 1.8 0 1 1 2.7 1.6c-.6.3-.9.7-.9 1.3M8 11.2v.3"
        }
        Name::Inbox => {
            "M2 8.8 4 3h8l2 5.8v4.2H2zM2 8.8h3.4c.3 1.5 1.2 2.2 2.6 2.2s2.3-.7 2.6-2.2H14"
        }
        Name::Info => "M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9M8 7.2v4M8 4.7v.4",
        Name::Junk => "M5.3 1.9h5.4l3.4 3.4v5.4l-3.4 3.4H5.3l-3.4-3.4V5.3zM8 4.9v3.6M8 10.7v.4",
        Name::Key => "M5 8a3 3 0 1 0 0 6 3 3 0 0 0 0-6M7.2 8.8l6.3-6.3M11 5l2 2",
        Name::Lock => "M3.5 7.2h9v6.6h-9zM5.2 7.2V5a2.8 2.8 0 0 1 5.6 0v2.2M8 9.8v1.6",
        Name::Menu => "M2.2 4h11.6M2.2 8h11.6M2.2 12h11.6",
        Name::Minimise => "M3 12.2h10",
        Name::Offline => {
            "M2.5 2.5l11 11M6.4 5.3a3.9 3.9 0 0 1 5.4 2 2.6 2.6 0 0 1 1.6 4.2M4.4 6.7a2.9 2.9 0 0 0 .2 5.8h6"
        }
        Name::Outbox => "M2 9v4.2h12V9M8 10V2.4M4.8 5.4 8 2.2l3.2 3.2",
        Name::Pen => "M2.3 13.7l.8-3.4 8-8 2.6 2.6-8 8zM9.6 3.8l2.6 2.6",
        Name::People => {
            "M6 2.6a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2M1.5 13.5c0-2.6 1.9-3.9 4.5-3.9s4.5 1.3 4.5 3.9M10.8 2.9a2.4 2.4 0 0 1 0 4.6M12 9.9c1.6.5 2.5 1.7 2.5 3.6"
        }
        Name::Reply => "M6.5 3.5 2.5 7l4 3.5M2.8 7H9a4.5 4.5 0 0 1 4.5 4.5v1",
        Name::ReplyAll => "M8.5 3.5 4.5 7l4 3.5M5 3.5 1 7l4 3.5M4.8 7H10a4.5 4.5 0 0 1 4.5 4.5v1",
        Name::Search => "M7 2.3a4.7 4.7 0 1 0 0 9.4 4.7 4.7 0 0 0 0-9.4M10.4 10.4l3.4 3.4",
        Name::Seal => {
            "M3.5 7.2h9v6.6h-9zM5.2 7.2V5a2.8 2.8 0 0 1 5.6 0v2.2M6.2 10.4l1.4 1.4 2.3-2.6"
        }
        Name::Send => "M14 2 1.8 6.6l5 2.1 2.2 5.1zM6.8 8.7 14 2",
        Name::Sent => "M14 2 1.8 6.6l5 2.1 2.2 5.1z",
        Name::Settings => {
            "M8 5.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6M8 1.6v2M8 12.4v2M1.6 8h2M12.4 8h2M3.5 3.5l1.4 1.4M11.1 11.1l1.4 1.4M3.5 12.5l1.4-1.4M11.1 4.9l1.4-1.4"
        }
        Name::Shield => {
            "M8 1.7 13.2 3.6v4.2c0 3.2-2.2 5.4-5.2 6.5-3-1.1-5.2-3.3-5.2-6.5V3.6zM5.6 8l1.7 1.7 3.2-3.5"
        }
        Name::Star => "M8 1.9l1.9 3.9 4.2.6-3.1 3 .8 4.3L8 11.6l-3.8 2.1.8-4.3-3.1-3 4.2-.6z",
        Name::Sync => {
            "M13.4 6.5A5.7 5.7 0 0 0 3.2 5M2.6 9.5A5.7 5.7 0 0 0 12.8 11M3 2v3h3M13 14v-3h-3"
        }
        Name::Unread => "M2 4h12v8.5H2zM2 4.4l6 4.4 6-4.4",
    }
}
