"""The other files that mails come in: Outlook's, mailboxes, and web pages saved as mails."""

import datetime as dt
import struct
from typing import Any

import pytest

from assistant.errors import ReadingError
from assistant.readers import read_bytes, unpack
from assistant.types import Document
from tests.support.outlook import compound_file, outlook_mail

LIMIT = 1_000_000
SUBJECT, BODY, CLASS, SENDER, SENDER_ADDRESS, SENDER_SMTP, HEADERS = 0x37, 0x1000, 0x1A, 0x0C1A, 0x0C1F, 0x5D01, 0x7D
CONTENT, LONG_NAME, MIME_TYPE, CONTENT_ID = 0x3701, 0x3707, 0x370E, 0x3712
PUMPS = {
    SUBJECT: "Pumps",
    BODY: "The pumps cost 18 euros.",
    CLASS: "IPM.Note",
    SENDER: "Dana Holt",
    SENDER_SMTP: "d@x.org",
}

PACKED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
PLAIN = struct.pack("<IIII", 38, 26, 0x414C454D, 0) + b"{\\rtf1\\ansi hello world}\r\n "


def read(data: bytes, name: str) -> Document:
    return read_bytes(data, name, max_bytes=LIMIT)


def words(document: Document, kind: str) -> list[str]:
    """The words of all blocks of a kind."""
    return [document.text[block.start : block.end] for block in document.blocks if block.kind == kind]


class TestOutlook:
    """``.msg`` files."""

    def test_a_mail_has_its_head_and_text(self) -> None:
        """Names and addresses come from its properties, without Exchange's own addresses."""
        recipients = [(1, "Sam Reed", "sam@x.org"), (2, "Eva", "/O=EX/CN=1"), (3, "", "kim@x.org")]
        document = read(compound_file(outlook_mail(PUMPS, recipients=recipients)), "a.msg")
        assert words(document, "message") == [
            "From: Dana Holt <d@x.org>\nTo: Sam Reed <sam@x.org>\nCc: Eva\nBcc: kim@x.org\nSubject: Pumps"
        ]
        assert words(document, "paragraph") == ["The pumps cost 18 euros."]
        assert (document.title, document.author, document.kind) == ("Pumps", "Dana Holt", "msg")

    def test_the_head_that_it_was_sent_with_tells_sender_and_day(self) -> None:
        """A mail that came over the internet keeps it."""
        headers = "From: Eve <e@x.org>\r\nDate: Tue, 5 Mar 2024 10:12:00 +0100\r\n"
        document = read(compound_file(outlook_mail({**PUMPS, HEADERS: headers})), "a.msg")
        assert (document.author, document.date) == ("Eve", dt.date(2024, 3, 5))
        assert "Date: Tue, 5 Mar 2024 10:12:00 +0100 (2024-03-05)\n" in document.text

    def test_html_is_read_where_there_is_no_plain_text(self) -> None:
        """As in a mail of any other kind."""
        mail = {number: text for number, text in PUMPS.items() if number != BODY}
        document = read(compound_file(outlook_mail(mail, html=b"<p>The pumps <b>arrive</b> today.</p>")), "a.msg")
        assert words(document, "paragraph") == ["The pumps arrive today."]

    @pytest.mark.parametrize("html", [b"\x00\x01\x02" * 99, b"<div>" * 3_000 + b"x", b"\xff\xfe\x00\xd8"])
    def test_html_that_is_no_text_is_said(self, html: bytes) -> None:
        """The rest of the mail is read, as in a mail of any other kind."""
        mail = {number: text for number, text in PUMPS.items() if number != BODY}
        document = read(compound_file(outlook_mail(mail, html=html, rich_text=PLAIN)), "a.msg")
        assert words(document, "paragraph") == ["hello world"]
        assert document.notes[0].startswith("a part of it is not read: ")

    @pytest.mark.parametrize("rich_text", [PACKED, PLAIN])
    def test_rich_text_is_read_where_there_is_nothing_else(self, rich_text: bytes) -> None:
        """Packed, as in the example of the format's own description, or as it is."""
        mail = {number: text for number, text in PUMPS.items() if number != BODY}
        document = read(compound_file(outlook_mail(mail, rich_text=rich_text)), "a.msg")
        assert words(document, "paragraph") == ["hello world"]

    def test_damaged_rich_text_is_refused(self) -> None:
        """It may say that it unpacks to more than there is memory."""
        for damaged in (b"LZFu", b"\xff" * 16 + b"x" * 99):
            with pytest.raises(ReadingError):
                read(compound_file(outlook_mail({CLASS: "IPM.Note", SUBJECT: "x"}, rich_text=damaged)), "a.msg")

    def test_quoted_mails_are_messages(self) -> None:
        """Outlook writes their heads in several lines."""
        text = (
            "Yes.\r\n\r\n-----Original Message-----\r\nFrom: Sam\r\nSent: Monday\r\nSubject: Price\r\n\r\nIs it 18?\r\n"
        )
        document = read(compound_file(outlook_mail({**PUMPS, BODY: text})), "a.msg")
        assert words(document, "heading") == ["Pumps", "Price"]
        assert words(document, "message")[1].endswith("From: Sam\nSent: Monday\nSubject: Price")

    def test_attached_files_and_mails_are_told_apart(self) -> None:
        """A file is a document of its own, a mail is a message of this one, a picture of the text is counted."""
        inner = outlook_mail({SUBJECT: "Inner", BODY: "The valves are blue.", CLASS: "IPM.Note"}, header_size=24)
        attachments: list[dict[Any, Any]] = [
            {LONG_NAME: "plan.txt", CONTENT: b"A plan. " * 1_000},
            {LONG_NAME: "logo.png", CONTENT: b"\x89PNG", MIME_TYPE: "image/png", CONTENT_ID: "logo"},
            inner,
        ]
        data = compound_file(outlook_mail(PUMPS, attachments=attachments))
        document = read(data, "a.msg")
        assert words(document, "heading") == ["Pumps", "Inner"]
        assert words(document, "paragraph") == ["The pumps cost 18 euros.", "The valves are blue."]
        assert "Attachments: plan.txt" in document.text
        assert document.notes == ("1 picture in it is not read",)
        assert [(member.name, len(member.content)) for member in unpack(data, "a.msg", LIMIT).members] == [
            ("plan.txt", 8_000)
        ]

    @pytest.mark.parametrize(
        ("mail_class", "attachment"),
        [
            ("IPM.Note.SMIME", {LONG_NAME: "smime.p7m", CONTENT: b"0\x82"}),
            ("IPM.Note", {LONG_NAME: "version.asc", CONTENT: b"1", MIME_TYPE: "application/pgp-encrypted"}),
        ],
    )
    def test_an_encrypted_mail_is_named_as_such(self, mail_class: str, attachment: dict[int, str | bytes]) -> None:
        """With S/MIME and with PGP."""
        data = compound_file(outlook_mail({CLASS: mail_class, SUBJECT: "x"}, attachments=[attachment]))
        with pytest.raises(ReadingError, match=r"^encrypted"):
            read(data, "a.msg")

    def test_a_signed_mail_is_read(self) -> None:
        """Its text is in the part that was signed."""
        signed = b"Content-Type: multipart/signed; boundary=b\n\n--b\n\nThe pumps cost 18 euros.\n--b--\n"
        mail = {CLASS: "IPM.Note.SMIME.MultipartSigned", SUBJECT: "Pumps"}
        data = compound_file(outlook_mail(mail, attachments=[{LONG_NAME: "smime.p7m", CONTENT: signed}]))
        assert words(read(data, "a.msg"), "paragraph") == ["The pumps cost 18 euros."]

    def test_mails_that_are_nested_without_end_are_refused(self) -> None:
        """A mail in a mail in a mail, and so on."""
        mail = outlook_mail({SUBJECT: "0", BODY: "Deep."}, header_size=24)
        for depth in range(1, 12):
            mail = outlook_mail({SUBJECT: str(depth)}, attachments=[mail], header_size=32 if depth == 11 else 24)
        with pytest.raises(ReadingError, match="in one another"):
            read(compound_file(mail), "a.msg")

    def test_other_files_are_refused(self) -> None:
        """A text, and a compound file of another kind."""
        with pytest.raises(ReadingError, match=r"not a real \.msg file"):
            read(b"Subject: x\n\nHello.", "a.msg")
        with pytest.raises(ReadingError, match=r"not a real \.msg file"):
            read(compound_file({"WordDocument": b"x" * 5_000}), "a.msg")


class TestMailboxes:
    """``.mbox`` files."""

    BOX = (
        b"From dana@x.org Tue Mar  5 10:12:00 2024\nFrom: Dana <dana@x.org>\nSubject: Pumps\n"
        b"Date: Tue, 5 Mar 2024 10:12:00 +0100\n\nThe pumps cost 18 euros.\n>From here on it rains.\n\n"
        b"From sam@x.org Wed Mar  6 09:00:00 2024\nFrom: Sam <sam@x.org>\nSubject: Re: Pumps\nIn-Reply-To: <1@x>\n"
        b"Date: Wed, 6 Mar 2024 09:00:00 +0100\n\nFrom now on they cost 20 euros.\n\n"
    )

    def test_each_mail_is_a_message(self) -> None:
        """In their order; an answer is one level below, and a line of the text that begins so is none."""
        document = read(self.BOX, "a.mbox")
        assert words(document, "heading") == ["Pumps", "Re: Pumps"]
        assert [block.level for block in document.blocks if block.kind == "heading"] == [1, 2]
        assert words(document, "paragraph") == [
            "The pumps cost 18 euros.",
            "From here on it rains.",
            "From now on they cost 20 euros.",
        ]
        assert (document.title, document.date) == ("Pumps", dt.date(2024, 3, 6))

    def test_a_mailbox_with_other_line_ends_is_read(self) -> None:
        """As mail programs of Windows write them."""
        assert words(read(self.BOX.replace(b"\n", b"\r\n"), "a.mbox"), "heading") == ["Pumps", "Re: Pumps"]

    def test_a_file_without_mails_is_refused(self) -> None:
        """The reason says what a single mail is called."""
        with pytest.raises(ReadingError, match=r"\.eml"):
            read(b"Subject: Pumps\n\nThe pumps cost 18 euros.", "a.mbox")


class TestSavedPages:
    """``.mht`` files."""

    PAGE = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://example.org/pumps\nSubject: Our pumps\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\nContent-Type: text/html; charset={}\n'
        "Content-Transfer-Encoding: quoted-printable\nContent-Location: https://example.org/pumps\n\n{}\n--b\n"
        "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--\n"
    )

    @pytest.mark.parametrize(("charset", "letter"), [("utf-8", "=C3=BC"), ("iso-8859-1", "=FC")])
    def test_the_page_is_read_as_a_page(self, charset: str, letter: str) -> None:
        """In the encoding of its part, whatever the page itself declares."""
        page = f'<html><head><meta charset=3D"koi8-r"></head><body><p>Pumps f{letter}r all.</p></body></html>'
        document = read(self.PAGE.format(charset, page).encode(), "a.mht")
        assert words(document, "paragraph") == ["Pumps für all."]
        assert (document.kind, document.url) == ("mht", "https://example.org/pumps")

    def test_its_title_is_what_it_was_saved_as(self) -> None:
        """Where the page itself has none."""
        assert read(self.PAGE.format("utf-8", "<p>Pumps for all of us.</p>").encode(), "a.mhtml").title == "Our pumps"

    def test_a_file_without_a_page_is_refused(self) -> None:
        """As one that is only called so."""
        with pytest.raises(ReadingError, match=r"not a real \.mht file"):
            read(b"Just some words.", "a.mht")
