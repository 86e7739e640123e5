"""Mails: what their heads, texts and threads become, whatever their encodings and however broken they are."""

import datetime as dt
from base64 import b64encode
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers import read_bytes, unpack
from assistant.structure import BlockKind
from assistant.types import Document

HEAD = b"From: Kim Weber <kim@example.org>\nTo: Lea Roth <lea@example.org>\nSubject: Delivery\n"


def read(data: bytes, name: str = "a.eml") -> Document:
    return read_bytes(data, name, max_bytes=1_000_000)


def blocks(document: Document) -> list[tuple[BlockKind, str]]:
    """The kind and the words of each block."""
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def body(document: Document) -> list[tuple[BlockKind, str]]:
    """The blocks below the first head of a mail."""
    kinds = [block.kind for block in document.blocks]
    return blocks(document)[kinds.index("message") + 1 :]


def mail(text: str, **head: str) -> bytes:
    """A mail in UTF-8 with this text."""
    message = EmailMessage(policy=SMTP)
    for name, value in ({"From": "dana@example.org", "Subject": "Delivery"} | head).items():
        message[name] = value
    message.set_content(text)
    return message.as_bytes()


class TestHeads:
    """Who wrote to whom, when, and of what."""

    def test_a_mail_begins_with_its_subject_and_its_head(self) -> None:
        """The subject is the heading, title too; the head is one block with a line for each fact."""
        subject, date = "Subject: Delivery\n", "Tue, 5 Mar 2024 10:12:00 +0100"
        document = read(HEAD + f"Date: {date}\n\nThe cranes come on 7 May to pier 2.\n".encode())
        assert blocks(document) == [
            ("heading", "Delivery"),
            (
                "message",
                f"{HEAD.decode().removesuffix(subject)}Date: {date} (2024-03-05)\n{subject.strip()}",
            ),
            ("paragraph", "The cranes come on 7 May to pier 2."),
        ]
        assert (document.title, document.author, document.date) == ("Delivery", "Kim Weber", dt.date(2024, 3, 5))

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("=?utf-8?B?TGllZmVydW5nIGbDvHIgWsO8cmljaA==?=", "Lieferung für Zürich"),
            ("=?iso-8859-1?Q?Gr=FC=DFe?= =?iso-8859-1?Q?_aus_Bern?=", "Grüße aus Bern"),
            ("=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
            ("=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?= pumps", "Привет pumps"),
            ("=?utf-8?Q?two words here?=", "two words here"),
            ("=?x-none?Q?kept?= as it is", "kept as it is"),
            ("=?utf-8?B?not base64!?=", "=?utf-8?B?not base64!?="),
            ("folded\n over two lines", "folded over two lines"),
        ],
    )
    def test_a_subject_is_shown_in_plain_letters(self, written: str, shown: str) -> None:
        """Encoded words of any encoding are decoded, also where a letter is cut in two."""
        assert read(f"Subject: {written}\n\nThe pumps are here.".encode()).title == shown

    def test_a_head_with_bytes_beyond_ascii_is_decoded(self) -> None:
        """Some programs put UTF-8 or Latin letters right into a head."""
        assert "From: Jürg <j@x.ch>" in read("From: Jürg <j@x.ch>\n\nHello there.".encode()).text
        assert "From: Jürg <j@x.ch>" in read("From: Jürg <j@x.ch>\n\nHello there.".encode("latin-1")).text

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ('"Holt, Dana" <d@x.org>', '"Holt, Dana" <d@x.org>'),
            ('"Dana Holt" <d@x.org>, <sam@x.org>', "Dana Holt <d@x.org>, sam@x.org"),
            ("\"'Dana'\" <d@x.org>", "Dana <d@x.org>"),
        ],
    )
    def test_addresses_are_shown_without_marks_that_say_nothing(self, written: str, shown: str) -> None:
        """A name keeps its quotation marks only where a comma in it would part it."""
        assert f"To: {shown}\n" in read(f"To: {written}\nSubject: x\n\nHello there.".encode()).text

    @pytest.mark.parametrize("date", ["INVALID", "Tue, 99 Foo 2024 10:12:00", "0000-00-00", "9" * 400])
    def test_a_date_that_is_none_is_shown_as_it_is(self, date: str) -> None:
        """The mail is read, and has no day."""
        document = read(f"Date: {date}\nSubject: x\n\nThe pumps are here.".encode())
        assert f"Date: {date}" in document.text
        assert document.date is None

    def test_lines_that_are_no_head_are_text(self) -> None:
        """A head that breaks off in the middle loses nothing of what follows."""
        text = read(b"Subject: Pumps\nthis line is none of a head\nTo: sam@x.org\n\nThey arrive today.").text
        assert "this line is none of a head" in text
        assert "They arrive today." in text

    def test_a_mail_in_utf_16_is_read(self) -> None:
        """With a byte-order mark, and as it comes without one."""
        whole = HEAD.decode() + "Content-Type: text/plain; charset=us-ascii\n\nThe pumps arrive today at noon.\n"
        for data in (whole.encode("utf-16"), whole.encode("utf-16-le")):
            assert "The pumps arrive today at noon." in read(data).text


class TestTexts:
    """What the text of a mail becomes."""

    @pytest.mark.parametrize(
        ("charset", "declared"),
        [
            ("utf-8", "utf-8"),
            ("iso-8859-1", "iso-8859-1"),
            ("cp1252", "iso-8859-1"),
            ("utf-8", "us-ascii"),
            ("utf-8", "iso-8859-1"),
            ("utf-8", "no-such-charset"),
            ("koi8-r", "koi8-r"),
            ("iso-2022-jp", "iso-2022-jp"),
        ],
    )
    def test_a_text_is_decoded_by_what_it_is(self, charset: str, declared: str) -> None:
        """What the mail declares counts, unless the bytes are UTF-8 beyond doubt."""
        text = {"koi8-r": "Насосы прибывают сегодня.", "iso-2022-jp": "ポンプは今日届きます。"}.get(
            charset, "Die Pumpen für Köln kosten “mehr”, müssen aber früher da sein."
        )
        if charset == "iso-8859-1":
            text = text.replace("“", '"').replace("”", '"')
        head = HEAD + f"Content-Type: text/plain; charset={declared}\n\n".encode()
        assert body(read(head + text.encode(charset))) == [("paragraph", text)]

    def test_a_text_without_a_charset_is_read(self) -> None:
        """UTF-8 is tried first."""
        assert body(read(HEAD + "\nDie Pumpen für Köln.".encode())) == [("paragraph", "Die Pumpen für Köln.")]

    def test_lines_that_were_broken_to_fit_are_joined(self) -> None:
        """A line goes on where its next word would not have fitted; others stand alone."""
        text = (
            "The pumps that you ordered in February have left the works in Basel and\n"
            "will arrive on 9 March.\n\nBest regards,\nDana Holt\nHead of Pumps\n"
        )
        assert [words for _, words in body(read(mail(text)))] == [
            "The pumps that you ordered in February have left the works in Basel and will arrive on 9 March.",
            "Best regards,",
            "Dana Holt",
            "Head of Pumps",
        ]

    def test_one_line_that_is_longer_does_not_part_the_others(self) -> None:
        """As an address of a page, which is never broken."""
        wrapped = "The pumps that you ordered in early February have left the works\nin Basel and come soon.\n"
        address = "https://example.org/" + "pumps/" * 12
        assert [words for _, words in body(read(mail(f"{wrapped}\n{address}\n")))] == [
            "The pumps that you ordered in early February have left the works in Basel and come soon.",
            address,
        ]

    def test_flowed_lines_are_joined_as_they_say(self) -> None:
        """A space at the end of a line says that it goes on; with DelSp that space is no part of the text."""
        head = b"Content-Type: text/plain; format=flowed; delsp=%s\n\n"
        document = read(HEAD + head % b"no" + b"The pumps \narrive today.\nBring \nhelp.\n")
        assert [words for _, words in body(document)] == ["The pumps arrive today.", "Bring help."]
        document = read(HEAD + head % b"yes" + b"https://example.org/a \n/b is the page.\n")
        assert [words for _, words in body(document)] == ["https://example.org/a/b is the page."]

    def test_lists_are_items(self) -> None:
        """Bullets and numbers at the beginning of lines make items, and numbers are kept."""
        document = read(mail("We need:\n\n- pumps\n- valves\n\n1. Order them.\n2. Pay them.\n"))
        assert body(document) == [
            ("paragraph", "We need:"),
            ("item", "pumps"),
            ("item", "valves"),
            ("item", "1. Order them."),
            ("item", "2. Pay them."),
        ]

    def test_of_two_forms_the_plain_one_is_read(self) -> None:
        """Each statement is read once."""
        message = EmailMessage()
        message["Subject"] = "Pumps"
        message.set_content("The pumps arrive today.")
        message.add_alternative("<p>The pumps <b>arrive</b> today.</p>", subtype="html")
        assert body(read(message.as_bytes())) == [("paragraph", "The pumps arrive today.")]

    def test_a_plain_form_that_says_next_to_nothing_is_not_taken(self) -> None:
        """The HTML is read where the plain text lacks its words."""
        message = EmailMessage()
        message["Subject"] = "Pumps"
        message.set_content("Your program does not show HTML.")
        message.add_alternative("<p>The cranes come on 7 May to pier 2.</p>", subtype="html")
        assert body(read(message.as_bytes())) == [("paragraph", "The cranes come on 7 May to pier 2.")]

    def test_hidden_text_is_left_out_with_a_note(self) -> None:
        """As the words that a program shows before a mail is opened; not where the plain text is read instead."""
        hidden = "<div style='display:none'>Nobody sees these words of the newsletter.</div>"
        message = EmailMessage()
        message["Subject"] = "Pumps"
        message.set_content(f"{hidden}<p>The cranes come today.</p>", subtype="html")
        document = read(message.as_bytes())
        assert body(document) == [("paragraph", "The cranes come today.")]
        assert document.notes == ("hidden text in it is left out",)
        message.set_content("The cranes come today.")
        message.add_alternative(f"{hidden}<p>The cranes come today.</p>", subtype="html")
        assert read(message.as_bytes()).notes == ()

    @pytest.mark.parametrize(
        ("hidden", "notes"), [("Rent: 1 euro", ("hidden text in it is left out",)), ("\u200c \u034f \u200c", ())]
    )
    def test_a_few_hidden_words_are_told_too(self, hidden: str, notes: tuple[str, ...]) -> None:
        """A mail has no buttons whose labels are hidden; its preview may say anything, but not by blanks alone."""
        text = f"<p>The cranes come today.</p><p style='display:none'>{hidden}</p>"
        message = EmailMessage()
        message.set_content(text, subtype="html")
        assert read(message.as_bytes()).notes == notes

    def test_a_mail_without_text_is_its_head(self) -> None:
        """One that only brings files says which."""
        message = EmailMessage()
        message["Subject"] = "Plans"
        message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Pläne.pdf")
        assert blocks(read(message.as_bytes())) == [
            ("heading", "Plans"),
            ("message", "Subject: Plans\nAttachments: Pläne.pdf"),
        ]

    def test_a_file_without_a_mail_is_refused(self) -> None:
        """White space is no mail, and bytes are no text."""
        with pytest.raises(ReadingError, match="empty"):
            read(b"   \n\n   \n")
        with pytest.raises(ReadingError, match=r"not text|empty"):
            read(b"\x00\x01\x02\x03" * 100)

    @given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40))
    def test_every_word_of_a_text_is_kept(self, word: str) -> None:
        """Marks of quoting aside, no characters of a line get lost."""
        line = f"Before {word} behind"
        text = read(HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + line.encode()).text
        assert "".join(char for char in line if char.isalnum()) in "".join(char for char in text if char.isalnum())


class TestThreads:
    """Mails that a mail quotes or forwards."""

    def test_a_quoted_mail_begins_where_its_head_stands(self) -> None:
        """The line that says who wrote is a head, and the marks of quoting go."""
        document = read(
            mail("We agree.\n\nOn 5 March 2024, Dana Holt <dana@example.org>\nwrote:\n> The pumps cost 18 euros.\n")
        )
        assert body(document) == [
            ("paragraph", "We agree."),
            ("message", "On 5 March 2024, Dana Holt <dana@example.org> wrote:"),
            ("paragraph", "The pumps cost 18 euros."),
        ]

    @pytest.mark.parametrize(
        "line",
        [
            "Am 05.03.2024 um 10:12 schrieb Dana Holt:",
            "Le 5 mars 2024 à 10:12, Dana Holt <d@x.org> a écrit :",
            "El mar, 5 mar 2024 a las 10:12, Dana Holt (<d@x.org>) escribió:",
            "Dana Holt wrote:",
        ],
    )
    def test_heads_of_quoted_mails_are_known_in_other_languages(self, line: str) -> None:
        """As mail programs write them."""
        assert ("message", line) in body(read(mail(f"We agree.\n\n{line}\n\n> The pumps cost 18 euros.\n")))

    def test_a_sentence_that_ends_in_wrote_is_none(self) -> None:
        """Without anything quoted behind it a line is text."""
        assert ("message", "This is what she wrote:") not in body(read(mail("This is what she wrote:\nHello there.")))

    @pytest.mark.parametrize(
        ("marker", "labels"),
        [
            ("-----Original Message-----", ("From", "Sent", "To", "Subject")),
            ("-----Ursprüngliche Nachricht-----", ("Von", "Gesendet", "An", "Betreff")),
            ("________________________________", ("De", "Envoyé", "À", "Objet")),
            ("---------- Forwarded message ---------", ("From", "Date", "To", "Subject")),
        ],
    )
    def test_a_head_of_several_lines_is_one(self, marker: str, labels: tuple[str, ...]) -> None:
        """It begins with its subject as a heading, as every mail does."""
        values = ("Dana Holt", "Tuesday, 5 March 2024", "Sam Reed", "Delivery of the pumps")
        lines = "\n".join(f"{label}: {value}" for label, value in zip(labels, values, strict=True))
        document = read(mail(f"See below.\n\n{marker}\n{lines}\n\nThe pumps cost 18 euros.\n"))
        *_, heading, (kind, head), text = body(document)
        assert heading == ("heading", "Delivery of the pumps")
        assert (kind, head[-len(lines) :]) == ("message", lines)
        assert text == ("paragraph", "The pumps cost 18 euros.")

    def test_a_head_in_html_is_one_too(self) -> None:
        """Its lines, which are parts of one paragraph there, are lines again."""
        head = "<b>From:</b> Kim Weber<br><b>Sent:</b> Tuesday, 5 March<br><b>To:</b> Lea<br><b>Subject:</b> Price: new"
        older = "<div>On 4 March, Lea wrote:</div><blockquote>How much?</blockquote>"
        html = f"<p>Yes.</p><p>{head}</p><p>It is 18 euros.</p>{older}"
        document = read(HEAD + b"Content-Type: text/html\n\n" + html.encode())
        assert body(document) == [
            ("paragraph", "Yes."),
            ("heading", "Price: new"),
            ("message", "From: Kim Weber\nSent: Tuesday, 5 March\nTo: Lea\nSubject: Price: new"),
            ("paragraph", "It is 18 euros."),
            ("message", "On 4 March, Lea wrote:"),
            ("paragraph", "How much?"),
        ]

    def test_mails_that_are_forwarded_whole_are_messages_too(self) -> None:
        """Each has its own heading and head; so have those of a digest."""
        inner, outer = EmailMessage(), EmailMessage()
        inner["From"], inner["Subject"] = "Eve <eve@x.org>", "The pumps"
        inner.set_content("The pumps cost 18 euros.")
        outer["From"], outer["Subject"] = "Sam <sam@x.org>", "Fwd: The pumps"
        outer.set_content("Look at this.")
        outer.add_attachment(inner)
        document = read(outer.as_bytes())
        assert [words for kind, words in blocks(document) if kind == "heading"] == ["Fwd: The pumps", "The pumps"]
        assert [block.level for block in document.blocks if block.kind == "heading"] == [1, 2]
        assert body(document)[-1] == ("paragraph", "The pumps cost 18 euros.")
        assert document.author == "Sam"

    def test_a_signature_stays_text(self) -> None:
        """Its lines stand alone; the dashes before it go."""
        document = read(mail("The pumps arrive today.\n\n-- \nDana Holt\n+41 44 123 45 67\n"))
        assert [words for _, words in body(document)] == ["The pumps arrive today.", "Dana Holt", "+41 44 123 45 67"]


class TestSecrets:
    """What can only be read with a key."""

    @pytest.mark.parametrize(
        "parts",
        [
            b"Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/x-a\n\nhIw\n--b--\n",
            b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nMIIB\n",
            b"\n-----BEGIN PGP MESSAGE-----\n\nhIwDY32h\n-----END PGP MESSAGE-----\n",
        ],
    )
    def test_an_encrypted_mail_is_named_as_such(self, parts: bytes) -> None:
        """With PGP, in the text too, and with S/MIME."""
        with pytest.raises(ReadingError, match=r"^encrypted"):
            read(HEAD + parts)

    def test_a_signed_mail_is_read_without_its_signature(self) -> None:
        """The signature is no attachment either."""
        signed = HEAD + (
            b'Content-Type: multipart/signed; boundary=b; protocol="application/pkcs7-signature"\n\n--b\n'
            b"Content-Type: text/plain\n\nThe pumps cost 18 euros.\n--b\n"
            b"Content-Type: application/pkcs7-signature; name=smime.p7s\n\nMIIB\n--b--\n"
        )
        assert body(read(signed)) == [("paragraph", "The pumps cost 18 euros.")]
        assert unpack(signed, "a.eml", 1_000_000).members == ()
        clear = HEAD + (
            b"\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nThe pumps cost 18 euros.\n"
            b"-----BEGIN PGP SIGNATURE-----\n\niQIz\n-----END PGP SIGNATURE-----\n"
        )
        assert body(read(clear)) == [("paragraph", "The pumps cost 18 euros.")]

    def test_a_mail_within_its_signature_is_read(self) -> None:
        """As Outlook signs: no key is needed for that."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kim")])
        today = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(1).not_valid_before(today).not_valid_after(today + dt.timedelta(days=1))
        certificate = builder.sign(key, hashes.SHA256())
        inner = b"Content-Type: text/plain; charset=utf-8\r\n\r\nThe pumps cost 18 euros.\r\n"
        signer = PKCS7SignatureBuilder().set_data(inner).add_signer(certificate, key, hashes.SHA256())
        signed = b64encode(signer.sign(Encoding.DER, [PKCS7Options.Binary]))
        kind = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\nContent-Transfer-Encoding: base64\n\n"
        assert body(read(HEAD + kind + signed))[-1] == ("paragraph", "The pumps cost 18 euros.")
        with pytest.raises(ReadingError, match=r"^damaged"):
            read(HEAD + kind + signed[:80])

    def test_a_signature_whose_lengths_are_marked_at_the_end_is_read(self) -> None:
        """As programs write it that sign while they read, the text in pieces."""

        def value(tag: int, *content: bytes) -> bytes:
            return bytes([tag, 0x80]) + b"".join(content) + b"\x00\x00"

        pieces = (b"\x04" + bytes([len(piece)]) + piece for piece in (b"\r\nThe pumps", b" cost 18 euros."))
        oid = b"\x06\x01\x2a"
        content = value(0x30, oid, value(0xA0, value(0x24, *pieces)))
        signed = value(0x30, oid, value(0xA0, value(0x30, b"\x02\x01\x01", b"\x31\x00", content)))
        kind = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\nContent-Transfer-Encoding: base64\n\n"
        assert body(read(HEAD + kind + b64encode(signed)))[-1] == ("paragraph", "The pumps cost 18 euros.")
        with pytest.raises(ReadingError, match=r"^damaged"):
            read(HEAD + kind + b64encode(b"\x30\x80" * 50_000))


class TestAttachments:
    """The files that come with a mail."""

    @pytest.mark.parametrize(
        ("parameter", "name"),
        [
            ('filename="plan.txt"', "plan.txt"),
            ("filename*=utf-8''Pl%C3%A4ne.txt", "Pläne.txt"),
            ("filename*0*=iso-8859-1''Pl%E4ne%20; filename*1=und.txt", "Pläne und.txt"),
            ('filename="=?utf-8?B?UGzDpG5lLnR4dA==?="', "Pläne.txt"),
            ('filename="odd=file=name.txt"', "odd=file=name.txt"),
            ('filename="C:\\\\Users\\\\Dana\\\\plan.txt"', "plan.txt"),
            ('filename="../../etc/plan.txt"', "plan.txt"),
        ],
    )
    def test_a_file_has_the_last_part_of_its_name(self, parameter: str, name: str) -> None:
        """In whatever way the name is written."""
        data = (
            HEAD
            + (
                "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee the plan.\n--b\n"
                f"Content-Type: text/plain\nContent-Disposition: attachment; {parameter}\n\nThe plan.\n--b--\n"
            ).encode()
        )
        (member,) = unpack(data, "a.eml", 1_000_000).members
        assert (member.name, member.content.strip()) == (name, b"The plan.")
        assert "The plan." not in read(data).text

    def test_pictures_that_the_text_shows_are_only_counted(self) -> None:
        """A note says how many; one that is sent as a file is named like any other."""
        message = EmailMessage()
        message["Subject"] = "Pumps"
        message.set_content("See the pump.")
        message.add_alternative("<p>See the pump.<img src='cid:p'></p>", subtype="html")
        message.get_payload()[1].add_related(b"\x89PNG", maintype="image", subtype="png", cid="<p>")  # type: ignore[index, union-attr]
        message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="pump.png")
        data = message.as_bytes()
        assert read(data).notes == ("1 picture in it is not read",)
        unpacked = unpack(data, "a.eml", 1_000_000)
        assert [skipped.source for skipped in unpacked.skipped] == ["pump.png"]

    def test_files_of_one_name_are_numbered(self) -> None:
        """So that neither takes the other's place."""
        message = EmailMessage()
        message.set_content("Two plans.")
        for content in (b"First.", b"Second."):
            message.add_attachment(content, maintype="text", subtype="plain", filename="plan.txt")
        members = unpack(message.as_bytes(), "a.eml", 1_000_000).members
        assert [(member.name, member.content) for member in members] == [
            ("plan.txt", b"First."),
            ("plan (2).txt", b"Second."),
        ]
