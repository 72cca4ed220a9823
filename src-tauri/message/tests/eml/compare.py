"""Reads tests/eml/*.eml with Python's email package and lists where the golden files disagree. For developers; run by hand."""
import json
import pathlib
import sys
from email import message_from_bytes
from email.policy import default

FOLDER = pathlib.Path(__file__).parent


def leaves(message, as_opaque=("message/rfc822",)):
    """Media type and decoded body of each leaf, in order; forwarded messages are leaves here as there."""
    kind = message.get_content_type()
    if message.is_multipart() and kind not in as_opaque:
        for part in message.get_payload():
            yield from leaves(part)
    elif kind in as_opaque:
        yield kind, None
    else:
        yield kind, message.get_payload(decode=True) or b""


def addresses(field):
    return [[a.display_name or None, a.addr_spec] for a in field.addresses] if field else []


def compare(path):
    golden = json.loads(path.with_suffix(".json").read_text())
    raw = path.read_bytes()
    message = message_from_bytes(raw, policy=default)
    found = []

    def check(what, peer, ours):
        if peer != ours:
            found.append(f"  {what}: peer {peer!r}\n  {' ' * len(what)}  ours {ours!r}")

    for name in ("from", "to", "cc", "reply_to"):
        check(name, addresses(message.get(name.replace("_", "-"))), golden["headers"][name])
    subject = message.get("subject")
    check("subject", " ".join(subject.split()) if subject is not None else None, golden["headers"]["subject"])
    date = message.get("date")
    moment = date.datetime if date is not None else None
    check("date", int(moment.timestamp() * 1000) if moment else None, (golden["headers"]["date"] or [None])[0])
    identity = message.get("message-id")
    check("message-id", identity.strip().strip("<>") if identity else None, golden["headers"]["message_id"])
    ours = [part for part in golden["parts"] if part["decoded"] is not None]
    peer = list(leaves(message))
    check("types", [kind for kind, _ in peer], [part["type"] for part in ours])
    for number, ((kind, body), part) in enumerate(zip(peer, ours)):
        if body is not None:
            check(f"size of leaf {number} ({kind})", len(body), part["decoded"])
    return found


def main():
    total = 0
    for path in sorted(FOLDER.glob("*.eml")):
        try:
            found = compare(path)
        except Exception as error:  # The peer gives up on some of these; that is worth a line, too.
            found = [f"  the peer fails: {error}"]
        total += 1
        print(f"{path.name}: {'agrees' if not found else ''}")
        print("\n".join(found), end="\n" if found else "")
    print(f"{total} messages", file=sys.stderr)


main()
