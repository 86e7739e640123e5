"""Which encoding bytes are in that neither have a byte-order mark nor are UTF-8: a guess, by chardet and by eye.

chardet's first answer is right for most texts of a few words. What it weighs too little is what no writer writes: a
capital behind a small letter, a Chinese letter inside a Latin word, a sign between two letters, a control character.
Each of these makes an answer worth a third here.
"""

import codecs
import math
import re
import unicodedata
from itertools import islice, pairwise

_SAMPLE_BYTES = 200_000  # at the beginning, at which the guess looks
_JUDGED_CHARS = 4_000  # of those around letters beyond ASCII, by which an answer is judged
_ODDITY_HALVINGS = 1.5  # of an answer's worth, for each oddity
_MAX_ANSWERS = 25  # of chardet's, the likeliest first
# Wider encodings that browsers take in their place: they have the same characters, and more.
_WIDER = {"iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874", "euc_kr": "cp949",
          "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}  # fmt: skip
# Hardly anything that is read today was written in these, but they have a letter for nearly every byte.
_RARE = frozenset(
    (
        *("iso8859-4", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "cp1006", "hp-roman8"),
        *("cp720", "cp737", "cp775", "cp855", "cp857", "cp858", "cp860", "cp861", "cp862", "cp863", "cp864", "cp865"),
        *("cp869", "cp1125", "mac-greek", "mac-iceland", "mac-latin2", "mac-turkish"),
    )
)
_BEYOND_ASCII = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+[\x00-\x7f]?")
_WESTERN_SIGN = re.compile(
    r"[\x00-\x7f]?(?:[’“”„–—…«»€©®™]{1,3}|[\xa0°§·÷×µ])[\x00-\x7f]?"
    r"|[^A-Za-z\x80-\uffff]?[‘•]{1,2}[\x00-\x7f]?"
    r"|[\x00-\x7f]?[£¥¢¼½¾²³¹±][^A-Za-z\x80-\uffff]?"
)
_COMMON_EAST_ASIAN = re.compile("[\u3001-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]")
_LAST_PLANE = 0x10  # of Unicode: the third byte of a character in UTF-32
_MAX_BLOCKS = 6  # of 256 characters, that a text of one or two scripts with its signs takes letters of
_CHARS_PER_USUAL_ONE = 20  # a space, a line end, a figure
_CHARS_PER_ODDITY = 20
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def guess_encoding(data: bytes) -> str | None:
    """The likeliest of the encodings before Unicode; None where the bytes are no text in any."""
    from chardet import EncodingEra, detect_all

    sample = data[:_SAMPLE_BYTES]
    if _has_western_signs_alone(sample):
        return "cp1252"
    eras = EncodingEra.MODERN_WEB | EncodingEra.LEGACY_ISO | EncodingEra.LEGACY_MAC | EncodingEra.DOS
    answers = detect_all(sample, ignore_threshold=True, compat_names=False, encoding_era=eras)[:_MAX_ANSWERS]
    best, best_worth = None, -math.inf
    for answer in answers:
        name = answer["encoding"]
        if name is None or name in _RARE:
            continue
        encoding = _WIDER.get(name, name)
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(sample)  # its last character may be cut
        except (UnicodeDecodeError, LookupError):
            continue
        worth = math.log2(max(answer["confidence"], 1e-9)) - _ODDITY_HALVINGS * _count_oddities(text)
        if worth > best_worth:
            best, best_worth = encoding, worth
    return best or _guess_east_asian_utf_16(data)


def guess_unicode(data: bytes) -> str | None:
    """The UTF-16 or UTF-32 that bytes without a byte-order mark are in; None where they are in neither.

    Half of the bytes of a Latin text are zeros in UTF-16, all on one side; of any other text, those of its spaces
    and line ends are. Whether it is one shows when all of it can be decoded, without control characters.
    """
    sample = data[: _SAMPLE_BYTES // 4 * 4]
    if len(data) % 4 == 0 and not any(sample[3::4]) and max(sample[2::4], default=255) <= _LAST_PLANE:
        order = ["utf-32-le"]
    elif len(data) % 4 == 0 and not any(sample[0::4]) and max(sample[1::4], default=255) <= _LAST_PLANE:
        order = ["utf-32-be"]
    else:
        is_little = sample[1::2].count(0) >= sample[0::2].count(0)
        order = ["utf-16-le", "utf-16-be"] if is_little else ["utf-16-be", "utf-16-le"]
    return next((encoding for encoding in order if _is_unicode_text(data, encoding)), None)


def _has_western_signs_alone(sample: bytes) -> bool:
    """Whether a text is ASCII but for signs such as ’ £ ½ § °, which elsewhere would be letters standing alone."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    parts = [part[0] for part in islice(_BEYOND_ASCII.finditer(text), _JUDGED_CHARS)]
    return bool(parts) and all(map(_WESTERN_SIGN.fullmatch, parts))


def _is_unicode_text(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    sample = text[:_JUDGED_CHARS]
    if "\x00" in text or len(_CONTROL.findall(sample)) > 1 or any(map(_is_unassigned, sample)):
        return False
    # Of pairs of any bytes, few are ASCII characters or the usual ones of East Asia; a text has hardly any others.
    blocks = {ord(character) >> 8 for character in sample if not _COMMON_EAST_ASIAN.match(character)}
    usual = sum(character < "\x80" or bool(_COMMON_EAST_ASIAN.match(character)) for character in sample)
    if _count_oddities(sample) > len(sample) // _CHARS_PER_ODDITY:
        return False
    return len(blocks) <= _MAX_BLOCKS and usual >= len(sample) // _CHARS_PER_USUAL_ONE


def _is_unassigned(character: str) -> bool:
    return unicodedata.category(character) in {"Co", "Cn"}


def _guess_east_asian_utf_16(data: bytes) -> str | None:
    """UTF-16 of a text in Chinese, Japanese or Korean without any space or line end, thus without any zero byte."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text and len(_COMMON_EAST_ASIAN.findall(text)) == len(text):
            return encoding
    return None


def _count_oddities(text: str) -> int:
    """How often something stands in a text that hardly any writer writes."""
    count = length = 0
    for part in _BEYOND_ASCII.finditer(text):
        count += sum(map(_is_odd, *zip(*pairwise(f" {part[0]}"), strict=True)))
        length += len(part[0])
        if length > _JUDGED_CHARS:
            break
    return count


def _is_odd(before: str, character: str) -> bool:
    """Whether a character hardly stands behind another one."""
    kind, kind_before = unicodedata.category(character), unicodedata.category(before)
    if kind in {"Cc", "Co", "Cn"}:
        return character > "\x7f"
    if kind[0] == kind_before[0] == "L":
        script, script_before = _script(character), _script(before)
        return (kind, kind_before) == ("Lu", "Ll") or (script != script_before and "LATIN" in {script, script_before})
    if kind[0] == "L":
        return before > "\x7f" and kind_before in {"Sk", "Sm", "So"}
    return (
        character > "\x7f"
        and kind_before in {"Lu", "Ll", "Lm"}
        and kind in {"Sk", "Sm", "So", "Sc", "Po", "Ps"}
    )  # fmt: skip


def _script(letter: str) -> str:
    """The first word of a letter's name, which is its script's."""
    return unicodedata.name(letter, "").partition(" ")[0]
