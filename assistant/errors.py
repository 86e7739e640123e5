"""The error tree. Every message says what happened, to what, and what to do.

AssistantError
├── SettingsError          a setting is unknown, malformed or not available in this version
├── QuestionError          a question is empty or too long, or its history malformed
├── ReadingError           a file cannot be read; the message is one line
├── DocumentNotFoundError  no document with this id is indexed
├── PathNotFoundError      a path to be indexed does not exist
├── ClusterError           a Ray cluster cannot be reached or used, or was lost
├── WeightsError           a bundled model file is missing or damaged
├── EmbeddingError         the configured embedder failed or returned nonsense
├── ModelError             the language model cannot be reached or loaded, or returned nonsense
│   └── StoppedError       its answer was stopped on request, or nobody waits for it any more
├── PullError              a local model cannot be downloaded or stored, or is not the right file
├── PromptError            a prompt's file is missing or malformed, or its variables are not the expected ones
├── RecordError            a saved answer cannot be read
├── ArchiveError           an archive cannot be written or opened, or is malformed
├── StoreError             the index cannot be opened, read or written
│   ├── LockedError        another process holds the index
│   └── MismatchError      the index was made with another embedder or splitter
├── AccessError            a caller is not let in, or lacks the permission
│   ├── LoginError         the name, password or token is wrong or missing
│   └── UsersError         the file of users can't be read, or a user can't be added or removed
├── LimitError             too many requests, or too large a one
│   ├── BusyError          the most answers that are allowed at a time are under way
│   └── SizeError          a request, a file or a number of files is too large
├── CasesError             an evaluation case or data set is malformed
├── CalibrationError       the outcomes of calibration questions can't be read
└── ResourceError          a data folder (corpus, prompts, evals) is missing
"""


class AssistantError(Exception):
    """The base of every error that this package raises on purpose; its message is written for people."""

    @classmethod
    def type_name(cls) -> str:
        """The error's name for programs, as HTTP responses give it: ``document_not_found``."""
        name = cls.__name__.removesuffix("Error")
        return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def class_named(type_name: str) -> type[AssistantError]:
    """The error class with this `AssistantError.type_name`; `AssistantError` itself where there is none."""
    classes = [AssistantError]
    for error_class in classes:  # grows while it is walked: the whole tree, breadth first
        classes += error_class.__subclasses__()
    return next((error_class for error_class in classes if error_class.type_name() == type_name), AssistantError)


class SettingsError(AssistantError):
    """A setting is unknown, malformed or not available in this version."""


class QuestionError(AssistantError):
    """A question is empty or too long, or its history is malformed."""


class ReadingError(AssistantError):
    """A file cannot be read; the message is the reason in one line, without the file's name."""


class DocumentNotFoundError(AssistantError):
    """No document with this id is indexed."""


class PathNotFoundError(AssistantError):
    """A path to be indexed does not exist."""


class ClusterError(AssistantError):
    """A Ray cluster cannot be reached or used, or was lost; the message names its address."""


class WeightsError(AssistantError):
    """A bundled model file is missing or damaged."""


class EmbeddingError(AssistantError):
    """The configured embedder failed, or returned nonsense."""


class ModelError(AssistantError):
    """The language model cannot be reached or loaded, or returned nonsense; the message names it."""


class StoppedError(ModelError):
    """A language model's answer was stopped on request, or because nobody waits for it any more."""


class PullError(AssistantError):
    """A local model cannot be downloaded or stored, or is not the right file."""


class PromptError(AssistantError):
    """A prompt's file is missing or malformed, or its variables are not the expected ones."""


class RecordError(AssistantError):
    """A saved answer cannot be read."""


class ArchiveError(AssistantError):
    """An archive of an index cannot be written or opened, or is malformed; the message names it."""


class StoreError(AssistantError):
    """The index cannot be opened, read or written."""


class LockedError(StoreError):
    """Another process holds the index; the message names it."""


class MismatchError(StoreError):
    """The index was made with another embedder, dimension or splitter."""


class AccessError(AssistantError):
    """A caller is not let in or lacks the permission; or the server's settings would let everybody in."""


class LoginError(AccessError):
    """The name, password or token is wrong or missing."""


class UsersError(AccessError):
    """The file of users cannot be read, or a user cannot be added or removed."""


class LimitError(AssistantError):
    """Too many requests, or too large a one; the message says what to do.

    Args:
        text: the message.
        wait: seconds after which to try again; 0 where trying again won't help.
    """

    def __init__(self, text: str, wait: int = 1) -> None:
        super().__init__(text)
        self.wait = wait


class BusyError(LimitError):
    """The most answers that are allowed at a time are under way."""


class SizeError(LimitError):
    """A request, a file or a number of files is too large."""


class CasesError(AssistantError):
    """An evaluation case or data set is malformed; the message names file, place and field."""


class CalibrationError(AssistantError):
    """The outcomes of calibration questions can't be read; the message names the file."""


class ResourceError(AssistantError):
    """A data folder (corpus, prompts, evals) is missing."""
