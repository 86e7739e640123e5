"""Well-known kinds of file that aren't read: what they are, and what to do instead."""

from pathlib import PurePath

_OCR = "an image; its text would need OCR, which this program doesn't do yet"
_APPLE = "an Apple {} file; export it as {} or PDF"
_SOUND = "a sound recording; give its transcript (.srt, .vtt or .txt)"
_VIDEO = "a video; give its subtitles (.srt or .vtt)"
_ARCHIVE = "an archive; unpack it, or pack it as a .zip"
_DATABASE = "a database; export its tables as .csv or .xlsx"
_TABLE_DATA = "data for programs; export them as .csv"
_DRAWING = "a drawing; print it to PDF"
_PROGRAM = "a program, no document"
_KINDLE = "a Kindle e-book; convert it to .epub"

_ADVICE: dict[str, str] = {
    **dict.fromkeys(
        (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp", ".heic", ".heif", ".avif"), _OCR
    ),
    **dict.fromkeys((".jp2", ".psd", ".ico", ".raw", ".cr2", ".nef", ".jfif"), _OCR),
    **dict.fromkeys((".svg", ".emf", ".wmf", ".ai", ".eps", ".dwg", ".dxf", ".vsd", ".vsdx", ".drawio"), _DRAWING),
    **dict.fromkeys((".mp3", ".wav", ".m4a", ".ogg", ".flac", ".aac", ".wma", ".opus", ".aiff"), _SOUND),
    **dict.fromkeys((".mp4", ".mov", ".avi", ".mkv", ".webm", ".wmv", ".m4v", ".mpg", ".mpeg"), _VIDEO),
    **dict.fromkeys((".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".cab", ".iso", ".dmg"), _ARCHIVE),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3", ".mdb", ".accdb", ".dbf"), _DATABASE),
    **dict.fromkeys(
        (".parquet", ".feather", ".arrow", ".avro", ".pkl", ".npy", ".npz", ".h5", ".mat", ".sav"), _TABLE_DATA
    ),
    **dict.fromkeys(
        (".exe", ".dll", ".so", ".dylib", ".msi", ".apk", ".jar", ".class", ".pyc", ".o", ".bin"), _PROGRAM
    ),
    **dict.fromkeys((".mobi", ".azw", ".azw3"), _KINDLE),
    **dict.fromkeys((".ttf", ".otf", ".woff", ".woff2"), "a font, no document"),
    **dict.fromkeys((".pst", ".ost"), "an Outlook mailbox; export its mails as .eml, .msg or .mbox"),
    ".pages": _APPLE.format("Pages", "Word"),
    ".key": _APPLE.format("Keynote", "PowerPoint"),
    ".numbers": _APPLE.format("Numbers", "Excel"),
    ".one": "a OneNote section; export its pages as PDF or Word",
    ".wpd": "a WordPerfect file; save it as .docx or .pdf",
    ".wps": "a Works file; save it as .docx or .pdf",
    ".hwp": "a Hangul file; save it as .docx or .pdf",
    ".pub": "a Publisher file; save it as PDF",
    ".indd": "an InDesign file; export it as PDF",
    ".mpp": "a Project file; export it as .xlsx or PDF",
    ".djvu": "a DjVu file; convert it to PDF",
    ".ps": "a PostScript file; convert it to PDF",
    ".xps": "an XPS file; print it to PDF",
    ".oxps": "an XPS file; print it to PDF",
    ".chm": "a help file; convert it to .html or PDF",
    ".xlsb": "a binary Excel file; save it as .xlsx",
    ".ics": "a calendar; export it as .csv",
    ".vcf": "contacts; export them as .csv",
    ".p7m": "a signed or encrypted mail; open it and save it as .eml",
    ".gdoc": "a link to a Google document; download it as .docx",
    ".gsheet": "a link to a Google sheet; download it as .xlsx",
    ".gslides": "a link to Google slides; download them as .pptx",
}


def no_kind_reason(file_name: str) -> str:
    """Why a file of no supported kind isn't read, by its name; for well-known kinds also what to do.

    >>> no_kind_reason("scan.PNG")
    "no supported kind: '.PNG' is an image; its text would need OCR, which this program doesn't do yet"
    >>> no_kind_reason("notes.xyz")
    "no supported kind: '.xyz'"
    """
    path = PurePath(file_name)
    advice = _ADVICE.get(path.suffix.lower())
    return f"no supported kind: '{path.suffix or path.name}'" + (f" is {advice}" if advice else "")
