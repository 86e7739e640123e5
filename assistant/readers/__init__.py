"""Files in, documents out: the room that knows file formats. `registry` lists the kinds of file and their readers."""

from assistant.readers.archives.unpacking import Member, Unpacked, unpack
from assistant.readers.discovery import Survey, survey
from assistant.readers.documents import file_source, load_bytes, read_bytes, read_file
from assistant.readers.extract import document_id
from assistant.readers.llamaindex import from_llamaindex
from assistant.readers.processes.worker_replies import ReadFile
from assistant.readers.processes.workers import FileReaders, ReaderPool
from assistant.readers.registry import (
    FILE_KINDS,
    KIND_BY_SUFFIX,
    FileKind,
    file_kind,
    may_hold_files,
)
from assistant.structure.version import READER_VERSION

__all__ = [
    "FILE_KINDS",
    "KIND_BY_SUFFIX",
    "READER_VERSION",
    "FileKind",
    "FileReaders",
    "Member",
    "ReadFile",
    "ReaderPool",
    "Survey",
    "Unpacked",
    "document_id",
    "file_kind",
    "file_source",
    "from_llamaindex",
    "load_bytes",
    "may_hold_files",
    "read_bytes",
    "read_file",
    "survey",
    "unpack",
]
